"""Databases to run the storage contract on: SQLite always, real servers where there are some."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import create_async_engine

# Where each server is asked for a database of our own, made for the run and dropped after it.
SERVERS = {
    "postgresql": os.environ.get(
        "REHEARSAL_TEST_POSTGRESQL", "postgresql+asyncpg://postgres@127.0.0.1:5432/postgres"
    ),
    "mysql": os.environ.get("REHEARSAL_TEST_MYSQL", "mysql+asyncmy://root@127.0.0.1:3306/mysql"),
}
BACKENDS = ("sqlite", *SERVERS)


@contextmanager
def fresh_database(backend: str, directory: Path) -> Iterator[str]:
    """Give the URL of an empty database; skips the test where the server is absent."""
    name = f"rehearsal_test_{secrets.token_hex(6)}"
    if backend == "sqlite":
        yield f"sqlite+aiosqlite:///{directory / name}.db"
        return
    server = make_url(SERVERS[backend])
    driver = server.get_driver_name()
    if importlib.util.find_spec(driver) is None:
        pytest.skip(f"no driver for {backend}: pip install {driver}")
    try:
        asyncio.run(_execute(server, f"CREATE DATABASE {name}"))
    except (OSError, OperationalError) as error:
        pytest.skip(f"no {backend} server at {server}: {error}")
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        asyncio.run(_execute(server, f"DROP DATABASE {name}"))


async def _execute(server: URL, statement: str) -> None:
    engine = create_async_engine(server, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            await connection.execute(text(statement))
    finally:
        await engine.dispose()
