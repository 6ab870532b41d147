"""Rehearsals and what came out of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec
from sqlalchemy import Select, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from storage.database import Database
from storage.ids import new_id
from storage.paging import Order, Page, Place, make_page, select_page
from storage.results import Feedback, Performance, SessionResults, put_results
from storage.rows import to_record, to_records
from storage.tables import feedback, performances, sessions

# "open" was begun without a socket, for recordings that are brought to it.
SessionState = Literal["live", "open", "completed", "abandoned"]

ORDERS = {
    order.name: order
    for order in (
        Order(name="newest", column=sessions.c.started_at),
        Order(name="oldest", column=sessions.c.started_at, descending=False),
        Order(name="longest", column=sessions.c.duration_ms),
    )
}


class NewSession(msgspec.Struct, frozen=True, kw_only=True):
    """A rehearsal that begins."""

    user_id: str
    practice: str  # "scene", "interview", "shadowing", "instrument" or "characters"
    script_id: str | None = None  # None where the client brought its script along
    scene_id: str | None = None
    role: str | None = None  # the character whom the actor plays
    options: dict[str, Any] = {}
    started_at: datetime


class Session(NewSession, frozen=True, kw_only=True):
    """A rehearsal, going on or over."""

    id: str
    state: SessionState
    ended_at: datetime | None = None
    duration_ms: int | None = None
    summary: dict[str, Any] | None = None


class SessionFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which rehearsals are meant; what is None does not matter."""

    state: SessionState | None = None
    practice: str | None = None
    script_id: str | None = None
    role: str | None = None


class Practised(msgspec.Struct, frozen=True, kw_only=True):
    """What statistics need of a rehearsal."""

    started_at: datetime
    duration_ms: int | None


class SessionRepository:
    """Rehearsals in a database; to anybody but their user they are absent."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(
        self,
        new: NewSession,
        state: Literal["live", "open"] = "live",
        session_id: str | None = None,
    ) -> Session:
        """Record that a rehearsal began, under an id of `new_id` that it may have already."""
        session = Session(id=session_id or new_id(), state=state, **msgspec.structs.asdict(new))
        async with self._database.write() as connection:
            await connection.execute(insert(sessions).values(msgspec.structs.asdict(session)))
        return session

    async def begin_once(self, new: NewSession, session_id: str) -> Session | None:
        """Begin an open rehearsal under an id that follows from the request to begin it.

        The request sent again finds what the first one began; None if it asks for something else.
        """
        try:
            return await self.begin(new, "open", session_id)
        except IntegrityError:
            begun = await self.get(new.user_id, session_id)
        if begun is None:
            return None
        asked = (new.practice, new.script_id, new.scene_id, new.role)
        return (
            begun
            if (begun.practice, begun.script_id, begun.scene_id, begun.role) == asked
            else None
        )

    async def save(self, session_id: str, results: SessionResults) -> tuple[Performance, ...]:
        """Save everything that a rehearsal brought, in one transaction.

        Saving again changes nothing if the results are the same, and replaces what was saved if
        they are not: a line's take keeps its performance id.

        Raises
        ------
        LookupError
            There is no such session (any more): its user may have been erased.
        """
        async with self._database.write() as connection:
            await put_results(connection, session_id, results)
            rows = await connection.execute(_performances_of(session_id))
            return to_records(rows, Performance)

    async def get(self, user_id: str, session_id: str) -> Session | None:
        """Look a rehearsal up."""
        query = select(sessions).where(sessions.c.id == session_id, sessions.c.user_id == user_id)
        async with self._database.read() as connection:
            return to_record((await connection.execute(query)).one_or_none(), Session)

    async def list(
        self,
        user_id: str,
        *,
        after: Place | None,
        limit: int,
        which: SessionFilter = SessionFilter(),  # noqa: B008 - it cannot change
        order: Order = ORDERS["newest"],
    ) -> Page[Session]:
        """List a user's rehearsals."""
        given = msgspec.structs.asdict(which).items()
        conditions = [sessions.c[name] == value for name, value in given if value is not None]
        query = select_page(
            select(sessions).where(sessions.c.user_id == user_id, *conditions),
            order,
            sessions.c.id,
            after=after,
            limit=limit,
        )
        async with self._database.read() as connection:
            found = to_records(await connection.execute(query), Session)
        return make_page(
            found, limit, lambda one: Place(key=getattr(one, order.column.name), id=one.id)
        )

    async def practised(self, user_id: str) -> tuple[Practised, ...]:
        """When a user rehearsed and for how long, in order; what is going on counts too."""
        query = (
            select(sessions.c.started_at, sessions.c.duration_ms)
            .where(sessions.c.user_id == user_id)
            .order_by(sessions.c.started_at)
        )
        async with self._database.read() as connection:
            return to_records(await connection.execute(query), Practised)

    async def complete(self, user_id: str, session_id: str, now: datetime) -> bool:
        """End a rehearsal that was begun without a socket; False if there is none that is open."""
        change = (
            update(sessions)
            .where(sessions.c.id == session_id, sessions.c.user_id == user_id)
            .where(sessions.c.state == "open")
            .values(state="completed", ended_at=now)
        )
        async with self._database.write() as connection:
            return (await connection.execute(change)).rowcount == 1

    async def delete(self, user_id: str, session_id: str) -> bool:
        """Delete a rehearsal that is not going on, with all that came out of it."""
        which = (sessions.c.id == session_id, sessions.c.user_id == user_id)
        over = sessions.c.state != "live"
        async with self._database.write() as connection:
            return (await connection.execute(delete(sessions).where(*which, over))).rowcount == 1

    async def performances(self, user_id: str, session_id: str) -> tuple[Performance, ...]:
        """List the takes of a rehearsal, in the order in which they were played."""
        query = _owned(_performances_of(session_id), performances, user_id)
        async with self._database.read() as connection:
            return to_records(await connection.execute(query), Performance)

    async def performance(self, user_id: str, performance_id: str) -> Performance | None:
        """Look one take up."""
        which = select(performances).where(performances.c.id == performance_id)
        query = _owned(which, performances, user_id)
        async with self._database.read() as connection:
            return to_record((await connection.execute(query)).one_or_none(), Performance)

    async def feedback(self, user_id: str, session_id: str) -> tuple[Feedback, ...]:
        """List everything that was said about a rehearsal, in order."""
        which = select(feedback).where(feedback.c.session_id == session_id)
        query = _owned(which, feedback, user_id).order_by(feedback.c.position)
        async with self._database.read() as connection:
            return to_records(await connection.execute(query), Feedback)

    async def performance_feedback(self, user_id: str, performance_id: str) -> tuple[Feedback, ...]:
        """List what was said about one take, in order."""
        which = select(feedback).where(feedback.c.performance_id == performance_id)
        query = _owned(which, feedback, user_id).order_by(feedback.c.position)
        async with self._database.read() as connection:
            return to_records(await connection.execute(query), Feedback)


def _performances_of(session_id: str) -> Select[*tuple[Any, ...]]:
    order = (performances.c.started_ms, performances.c.take)
    return select(performances).where(performances.c.session_id == session_id).order_by(*order)


def _owned(query: Select[*tuple[Any, ...]], table: Any, user_id: str) -> Select[*tuple[Any, ...]]:
    """Narrow rows of a session's table to those of one user."""
    return query.join(sessions, sessions.c.id == table.c.session_id).where(
        sessions.c.user_id == user_id
    )
