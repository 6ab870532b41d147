"""One database behind a URL: its engine, its two kinds of transaction, its tables."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any

import msgspec
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage.migrate import downgrade, upgrade
from storage.sqlite import configure_sqlite
from storage.types import MYSQL

# Of servers that start at once, one migrates and the others wait. SQLite has its lock from BEGIN
# IMMEDIATE; MySQL's is let go with the connection. The number is "rehearse" in ASCII.
_MYSQL_LOCK = "SELECT GET_LOCK('rehearsal migration', 600)"
_MIGRATION_LOCKS = {
    "postgresql": f"SELECT pg_advisory_xact_lock({0x7265686561727365})",
    "mysql": _MYSQL_LOCK,
    "mariadb": _MYSQL_LOCK,
}


def _to_json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _create_engine(url: str, *, foreign_keys: bool = True) -> AsyncEngine:
    backend = make_url(url).get_backend_name()
    options: dict[str, Any] = {
        "json_serializer": _to_json,
        "json_deserializer": msgspec.json.decode,
        # An error must not carry somebody's lines or password hash into a log.
        "hide_parameters": True,
    }
    if backend == "sqlite":
        engine = create_async_engine(url, **options)
        configure_sqlite(engine.sync_engine, foreign_keys=foreign_keys)
        return engine
    if backend in MYSQL:
        # MySQL's default, REPEATABLE READ, answers from a snapshot older than the locks it holds.
        options["isolation_level"] = "READ COMMITTED"
    # A server may have gone away and come back while the connection lay in the pool.
    return create_async_engine(url, pool_pre_ping=True, **options)


class Database:
    """A database, opened by `migrate` and left by `close`.

    Parameters
    ----------
    url : SQLAlchemy URL with an asyncio driver: ``sqlite+aiosqlite:///file``,
        ``postgresql+asyncpg://…``, ``mysql+asyncmy://…``.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._reader = _create_engine(url)
        self._writer = self._reader.execution_options(writes=True)
        # SQLite has one writer at a time, and who comes last may be let in first until its wait
        # times out: "database is locked". Here they stand in line, without holding connections.
        is_sqlite = self._reader.dialect.name == "sqlite"
        self._turn: AbstractAsyncContextManager[Any] = (
            asyncio.Lock() if is_sqlite else nullcontext()
        )

    def read(self) -> AsyncConnection:
        """Give a connection for looking only: ``async with database.read() as connection``."""
        return self._reader.connect()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Give one transaction: all of it is durable after the block, or nothing of it."""
        async with self._turn, self._writer.begin() as connection:
            yield connection

    async def migrate(self) -> None:
        """Make the tables, or bring those of an older version up to date."""
        await self._alter(upgrade)

    async def roll_back(self, revision: str) -> None:
        """Bring the tables back to an older version ("base": none); what is new in them is lost."""
        await self._alter(lambda connection: downgrade(connection, revision))

    async def _alter(self, change: Callable[[Connection], None]) -> None:
        # SQLite alters a table by dropping it, which would cascade to every row that refers to it.
        engine = _create_engine(self._url, foreign_keys=False)
        try:
            async with engine.execution_options(writes=True).begin() as connection:
                if (lock := _MIGRATION_LOCKS.get(engine.dialect.name)) is not None:
                    await connection.execute(text(lock))
                await connection.run_sync(change)
        finally:
            await engine.dispose()

    async def ping(self) -> None:
        """Ask the database for an answer; raises SQLAlchemyError or OSError when there is none."""
        async with self.read() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Close every connection."""
        await self._reader.dispose()
