"""Takes across rehearsals: to search, and to count."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, select

from storage.database import Database
from storage.paging import Order, Page, Place, make_page, select_page
from storage.results import Performance
from storage.rows import to_records
from storage.tables import performances, sessions

ORDERS = {
    order.name: order
    for order in (
        Order(name="newest", column=performances.c.created_at),
        Order(name="oldest", column=performances.c.created_at, descending=False),
        Order(name="slowest_pickup", column=performances.c.pickup_ms),
        Order(name="longest", column=performances.c.duration_ms),
    )
}


class PerformanceFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which takes are meant; what is None does not matter."""

    session_id: str | None = None
    script_id: str | None = None
    line_id: str | None = None
    character: str | None = None
    outcome: str | None = None


class TakeFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What statistics need of a take."""

    created_at: datetime
    outcome: str
    pickup_ms: int | None
    scores: dict[str, Any]


class PerformanceRepository:
    """Takes in a database; to anybody but their user they are absent."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(
        self,
        user_id: str,
        which: PerformanceFilter,
        order: Order,
        *,
        after: Place | None,
        limit: int,
    ) -> Page[Performance]:
        """List a user's takes."""
        query = (
            select(performances)
            .join(sessions, sessions.c.id == performances.c.session_id)
            .where(sessions.c.user_id == user_id, *_conditions(which))
        )
        query = select_page(query, order, performances.c.id, after=after, limit=limit)
        async with self._database.read() as connection:
            found = to_records(await connection.execute(query), Performance)
        return make_page(
            found, limit, lambda take: Place(key=getattr(take, order.column.name), id=take.id)
        )

    async def figures_since(self, user_id: str, moment: datetime) -> tuple[TakeFigures, ...]:
        """Collect the figures of a user's takes from a moment on, in order."""
        query = (
            select(*(performances.c[name] for name in TakeFigures.__struct_fields__))
            .join(sessions, sessions.c.id == performances.c.session_id)
            .where(sessions.c.user_id == user_id, performances.c.created_at >= moment)
            .order_by(performances.c.created_at, performances.c.started_ms)
        )
        async with self._database.read() as connection:
            return to_records(await connection.execute(query), TakeFigures)


def _conditions(which: PerformanceFilter) -> list[ColumnElement[bool]]:
    columns = {
        "session_id": performances.c.session_id,
        "script_id": sessions.c.script_id,
        "line_id": performances.c.line_id,
        "character": performances.c.character,
        "outcome": performances.c.outcome,
    }
    given = msgspec.structs.asdict(which)
    return [columns[name] == value for name, value in given.items() if value is not None]
