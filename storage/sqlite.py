"""SQLite made durable: the journal mode that this build can be trusted with."""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import Connection, Engine, event

BUSY_TIMEOUT_MS = 10_000


def wal_is_safe(version: tuple[int, int, int]) -> bool:
    """Tell whether this SQLite keeps a write-ahead log whole under several connections.

    Builds before 3.51.3 can corrupt the database when two connections write and checkpoint at
    once, except those with the fix carried back, 3.50.7 and 3.44.6 (sqlite.org/wal.html, "The
    WAL-Reset Bug").
    """
    fixed_in_branch = {(3, 44): 6, (3, 50): 7, (3, 51): 3}
    branch, patch = version[:2], version[2]
    if branch in fixed_in_branch:
        return patch >= fixed_in_branch[branch]
    return branch > (3, 51)


def durable_pragmas(version: tuple[int, int, int], *, foreign_keys: bool) -> tuple[str, ...]:
    """List the settings of a new connection, in order.

    WAL with synchronous=NORMAL loses acknowledged commits on power loss and FULL does not; with a
    rollback journal EXTRA also syncs the directory after the journal is deleted.
    """
    journal = ("WAL", "FULL") if wal_is_safe(version) else ("DELETE", "EXTRA")
    return (
        f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}",
        f"PRAGMA journal_mode={journal[0]}",
        f"PRAGMA synchronous={journal[1]}",
        f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}",
    )


def configure_sqlite(engine: Engine, *, foreign_keys: bool) -> None:
    """Set up each connection of `engine`, and begin its transactions ourselves.

    Python's driver begins a transaction only at its first write, so one that reads first could
    find the database changed and fail; BEGIN IMMEDIATE waits for its turn instead.
    """
    pragmas = durable_pragmas(sqlite3.sqlite_version_info, foreign_keys=foreign_keys)

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
