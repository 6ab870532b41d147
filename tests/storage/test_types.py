from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import StatementError

from storage.database import Database
from storage.tables import users


def row(created_at: datetime) -> dict[str, object]:
    return {
        "id": "0" * 32,
        "email": "ann@example.org",
        "display_name": "Ånn 🎭",
        "password_hash": "x",
        "created_at": created_at,
    }


async def test_a_moment_comes_back_in_utc_to_the_microsecond(database: Database) -> None:
    moment = datetime(2026, 3, 1, 1, 2, 3, 456789, tzinfo=timezone(timedelta(hours=5)))
    async with database.write() as connection:
        await connection.execute(insert(users).values(row(moment)))
    async with database.read() as connection:
        found = (await connection.execute(select(users))).one()
    assert found.created_at == moment
    assert found.created_at.tzinfo is UTC
    assert found.display_name == "Ånn 🎭"


async def test_a_moment_without_a_time_zone_is_refused(database: Database) -> None:
    naive = row(datetime(2026, 3, 1))
    async with database.write() as connection:
        with pytest.raises(StatementError, match="needs a time zone"):
            await connection.execute(insert(users).values(naive))
