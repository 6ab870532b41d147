"""A database per kind and run, emptied after each test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from storage.database import Database
from storage.tables import metadata
from storage.users import User
from tests.storage.databases import BACKENDS, fresh_database
from tests.storage.samples import make_user


@pytest.fixture(scope="session", params=BACKENDS)
def database_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    with fresh_database(request.param, tmp_path_factory.mktemp("database")) as url:
        asyncio.run(_make_tables(url))
        yield url


async def _make_tables(url: str) -> None:
    database = Database(url)
    await database.migrate()
    await database.close()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    yield database
    async with database.write() as connection:
        for table in reversed(metadata.sorted_tables):
            await connection.execute(table.delete())
    await database.close()


@pytest.fixture
async def ann(database: Database) -> User:
    return await make_user(database, "ann@example.org")


@pytest.fixture
async def bob(database: Database) -> User:
    return await make_user(database, "bob@example.org")
