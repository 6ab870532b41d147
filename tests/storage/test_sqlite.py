from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.database import Database
from storage.sqlite import durable_pragmas, wal_is_safe


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 0), False),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), True),
        ((4, 0, 0), True),
    ],
)
def test_wal_only_where_its_bug_is_fixed(version: tuple[int, int, int], safe: bool) -> None:
    assert wal_is_safe(version) is safe


def test_an_unsafe_build_gets_a_rollback_journal_synced_with_its_directory() -> None:
    pragmas = durable_pragmas((3, 40, 1), foreign_keys=True)
    assert "PRAGMA journal_mode=DELETE" in pragmas
    assert "PRAGMA synchronous=EXTRA" in pragmas


def test_a_safe_build_gets_a_log_synced_at_every_commit() -> None:
    pragmas = durable_pragmas((3, 51, 3), foreign_keys=True)
    assert "PRAGMA journal_mode=WAL" in pragmas
    assert "PRAGMA synchronous=FULL" in pragmas


async def test_every_connection_is_set_up(tmp_path: Path) -> None:
    safe = wal_is_safe(sqlite3.sqlite_version_info)
    expected = {
        "foreign_keys": 1,
        "busy_timeout": 10_000,
        "journal_mode": "wal" if safe else "delete",
        "synchronous": 2 if safe else 3,
    }
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'set-up.db'}")
    async with database.read() as first, database.read() as second:
        for connection in (first, second):
            found = {
                pragma: (await connection.execute(text(f"PRAGMA {pragma}"))).scalar_one()
                for pragma in expected
            }
            assert found == expected
    await database.close()


async def test_writers_stand_in_line(tmp_path: Path) -> None:
    """More at once than the pool has connections, each longer than a busy wait's last step."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'line.db'}")
    async with database.write() as connection:
        await connection.execute(text("CREATE TABLE served (number INTEGER)"))

    async def write(number: int) -> None:
        async with database.write() as connection:
            await connection.execute(text(f"INSERT INTO served VALUES ({number})"))

    await asyncio.gather(*(write(number) for number in range(60)))
    async with database.read() as connection:
        served = (await connection.execute(text("SELECT number FROM served"))).scalars().all()
    assert list(served) == list(range(60)), "in the order in which they came"
    await database.close()
