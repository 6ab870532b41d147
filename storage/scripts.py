"""Scripts as their owners uploaded them, parsed."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.ids import new_id
from storage.paging import Page, Place, make_page, select_page
from storage.rows import to_record, to_records
from storage.tables import characters, scripts


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

    async def create(self, user_id: str, content: ScriptContent, now: datetime) -> StoredScript:
        """Keep a new script."""
        script = StoredScript(
            id=new_id(), revision=1, created_at=now, updated_at=now, **_columns(content)
        )
        async with self._database.write() as connection:
            row = {**msgspec.structs.asdict(script), "user_id": user_id}
            await connection.execute(insert(scripts).values(row))
            await _put_cast(connection, script.id, content.cast)
        return script

    async def get(self, user_id: str, script_id: str) -> StoredScript | None:
        """Look a script up."""
        query = select(scripts).where(scripts.c.id == script_id, scripts.c.user_id == user_id)
        async with self._database.read() as connection:
            return to_record((await connection.execute(query)).one_or_none(), StoredScript)

    async def list(self, user_id: str, *, after: Place | None, limit: int) -> Page[ScriptEntry]:
        """List a user's scripts, newest first."""
        shown = [scripts.c[name] for name in ScriptEntry.__struct_fields__]
        query = select_page(
            select(*shown).where(scripts.c.user_id == user_id),
            scripts.c.created_at,
            scripts.c.id,
            after=after,
            limit=limit,
        )
        async with self._database.read() as connection:
            entries = to_records(await connection.execute(query), ScriptEntry)
        return make_page(entries, limit, lambda entry: Place(moment=entry.created_at, id=entry.id))

    async def replace(
        self, user_id: str, script_id: str, content: ScriptContent, now: datetime
    ) -> StoredScript | None:
        """Put new content in a script's place; None if there is no such script."""
        change = (
            update(scripts)
            .where(scripts.c.id == script_id, scripts.c.user_id == user_id)
            .values(revision=scripts.c.revision + 1, updated_at=now, **_columns(content))
        )
        async with self._database.write() as connection:
            if (await connection.execute(change)).rowcount == 0:
                return None
            await connection.execute(delete(characters).where(characters.c.script_id == script_id))
            await _put_cast(connection, script_id, content.cast)
        return await self.get(user_id, script_id)

    async def delete(self, user_id: str, script_id: str) -> bool:
        """Delete a script; False if there is none."""
        which = (scripts.c.id == script_id, scripts.c.user_id == user_id)
        async with self._database.write() as connection:
            deleted = await connection.execute(delete(scripts).where(*which))
        return deleted.rowcount == 1


def _columns(content: ScriptContent) -> dict[str, str]:
    return {
        "title": content.title,
        "author": content.author,
        "format": content.format,
        "document": content.document,
    }


async def _put_cast(
    connection: AsyncConnection, script_id: str, cast: tuple[CastMember, ...]
) -> None:
    rows = [
        {"script_id": script_id, "position": position, **msgspec.structs.asdict(member)}
        for position, member in enumerate(cast)
    ]
    if rows:
        await connection.execute(insert(characters), rows)
