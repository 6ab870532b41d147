"""Scripts as their owners uploaded them, parsed."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.ids import new_id
from storage.paging import Order, Page, Place, make_page, select_page
from storage.rows import to_record, to_records
from storage.tables import characters, scripts

ORDERS = {
    order.name: order
    for order in (
        Order(name="newest", column=scripts.c.created_at),
        Order(name="oldest", column=scripts.c.created_at, descending=False),
        Order(name="last_changed", column=scripts.c.updated_at),
    )
}


class CastMember(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who speaks in a script."""

    name: str
    line_count: int


class ScriptContent(msgspec.Struct, frozen=True, kw_only=True):
    """A parsed script: the document is its whole JSON form, the rest is what lists show."""

    title: str
    author: str
    format: str
    document: str
    cast: tuple[CastMember, ...]


class Creation(msgspec.Struct, frozen=True, kw_only=True):
    """A request to create a script, by which a repetition of it is recognised."""

    key: str  # SHA-256 of the key that the client chose
    digest: str  # SHA-256 of what was asked for


class KeyUsedOtherwise(Exception):
    """A repeated request asks for something else than it did the first time."""


class QuotaReached(Exception):
    """The user has as many scripts as they may."""


class RevisionChanged(Exception):
    """The script is no longer as the change expects it."""


class ScriptEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A script as lists show it."""

    id: str
    title: str
    author: str
    format: str
    revision: int  # 1, and one more with each change
    created_at: datetime
    updated_at: datetime


class StoredScript(ScriptEntry, frozen=True, kw_only=True):
    """A script with its document."""

    document: str


class ScriptRepository:
    """Scripts in a database; to anybody but its owner a script is absent."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(
        self,
        user_id: str,
        content: ScriptContent,
        now: datetime,
        creation: Creation | None = None,
        *,
        at_most: int | None = None,
    ) -> StoredScript:
        """Keep a new script; a repeated creation finds the script that the first one made.

        Raises
        ------
        QuotaReached
            The user has `at_most` scripts already. Requests at the same moment may each take the
            last place, where the database lets them run at once.
        KeyUsedOtherwise
            The creation's key was used for a request with another digest.
        """
        script = StoredScript(
            id=new_id(), revision=1, created_at=now, updated_at=now, **_columns(content)
        )
        row = {**msgspec.structs.asdict(script), "user_id": user_id}
        if creation is not None:
            row |= {"creation_key": creation.key, "creation_digest": creation.digest}
        try:
            async with self._database.write() as connection:
                await connection.execute(insert(scripts).values(row))
                await _put_cast(connection, script.id, content.cast)
                if at_most is not None and await _count(connection, user_id) > at_most:
                    raise QuotaReached
        except IntegrityError:
            if creation is None:
                raise
            return await self._created_before(user_id, creation)
        return script

    async def _created_before(self, user_id: str, creation: Creation) -> StoredScript:
        query = select(scripts).where(
            scripts.c.user_id == user_id, scripts.c.creation_key == creation.key
        )
        async with self._database.read() as connection:
            row = (await connection.execute(query)).one()
        if row.creation_digest != creation.digest:
            raise KeyUsedOtherwise
        return to_records([row], StoredScript)[0]

    async def get(self, user_id: str, script_id: str) -> StoredScript | None:
        """Look a script up."""
        query = select(scripts).where(*_which(user_id, script_id))
        async with self._database.read() as connection:
            return to_record((await connection.execute(query)).one_or_none(), StoredScript)

    async def list(
        self,
        user_id: str,
        *,
        after: Place | None,
        limit: int,
        order: Order = ORDERS["newest"],
    ) -> Page[ScriptEntry]:
        """List a user's scripts."""
        shown = [scripts.c[name] for name in ScriptEntry.__struct_fields__]
        query = select_page(
            select(*shown).where(scripts.c.user_id == user_id),
            order,
            scripts.c.id,
            after=after,
            limit=limit,
        )
        async with self._database.read() as connection:
            entries = to_records(await connection.execute(query), ScriptEntry)
        return make_page(
            entries, limit, lambda entry: Place(key=getattr(entry, order.column.name), id=entry.id)
        )

    async def replace(
        self,
        user_id: str,
        script_id: str,
        content: ScriptContent,
        now: datetime,
        *,
        revision: int | None = None,
    ) -> StoredScript | None:
        """Put new content in a script's place; None if there is no such script.

        With `revision`, only in that revision's place; else raises RevisionChanged.
        """
        which = _which(user_id, script_id, revision)
        change = (
            update(scripts)
            .where(*which)
            .values(revision=scripts.c.revision + 1, updated_at=now, **_columns(content))
        )
        async with self._database.write() as connection:
            if (await connection.execute(change)).rowcount == 0:
                await _refuse_if_present(connection, user_id, script_id)
                return None
            await connection.execute(delete(characters).where(characters.c.script_id == script_id))
            await _put_cast(connection, script_id, content.cast)
        return await self.get(user_id, script_id)

    async def delete(self, user_id: str, script_id: str, *, revision: int | None = None) -> bool:
        """Delete a script; False if there is none.

        With `revision`, only that revision; else raises RevisionChanged.
        """
        which = _which(user_id, script_id, revision)
        async with self._database.write() as connection:
            if (await connection.execute(delete(scripts).where(*which))).rowcount == 0:
                await _refuse_if_present(connection, user_id, script_id)
                return False
        return True


def _which(
    user_id: str, script_id: str, revision: int | None = None
) -> tuple[ColumnElement[bool], ...]:
    which = (scripts.c.id == script_id, scripts.c.user_id == user_id)
    return which if revision is None else (*which, scripts.c.revision == revision)


async def _refuse_if_present(connection: AsyncConnection, user_id: str, script_id: str) -> None:
    """Tell a script in another revision from one that is not there at all."""
    query = select(scripts.c.id).where(*_which(user_id, script_id))
    if (await connection.execute(query)).one_or_none() is not None:
        raise RevisionChanged


def _columns(content: ScriptContent) -> dict[str, str]:
    return {
        "title": content.title,
        "author": content.author,
        "format": content.format,
        "document": content.document,
    }


async def _count(connection: AsyncConnection, user_id: str) -> int:
    query = select(func.count()).select_from(scripts).where(scripts.c.user_id == user_id)
    return int((await connection.execute(query)).scalar_one())


async def _put_cast(
    connection: AsyncConnection, script_id: str, cast: tuple[CastMember, ...]
) -> None:
    rows = [
        {"script_id": script_id, "position": position, **msgspec.structs.asdict(member)}
        for position, member in enumerate(cast)
    ]
    if rows:
        await connection.execute(insert(characters), rows)
