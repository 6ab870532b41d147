"""The database itself: migrations, transactions, durability."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, insert, inspect, select, text
from sqlalchemy.exc import IntegrityError

from storage.database import Database
from storage.tables import characters, metadata, users
from storage.users import User
from tests.storage.databases import BACKENDS, fresh_database
from tests.storage.samples import fill_every_table, make_user, rows_per_table


def table_names(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


def drift(connection: Connection) -> list[object]:
    options = {"compare_type": True, "compare_server_default": True}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


@pytest.mark.parametrize("backend", BACKENDS)
def test_migrations_lead_to_the_declared_tables_and_back(backend: str, tmp_path: Path) -> None:
    async def up_and_down(url: str) -> None:
        database = Database(url)
        await database.migrate()
        await database.migrate()  # a second start finds nothing to do
        async with database.read() as connection:
            assert await connection.run_sync(drift) == []
        await database.roll_back("base")
        async with database.read() as connection:
            assert await connection.run_sync(table_names) == {"alembic_version"}
        await database.migrate()
        await database.close()

    with fresh_database(backend, tmp_path) as url:
        asyncio.run(up_and_down(url))


@pytest.mark.parametrize("backend", BACKENDS)
def test_rows_survive_a_migration_that_alters_their_table(backend: str, tmp_path: Path) -> None:
    """SQLite alters a table by dropping it; what refers to it must not go with it."""

    async def alter(url: str) -> None:
        database = Database(url)
        await database.migrate()
        user = await make_user(database, "ann@example.org")
        await fill_every_table(database, user)
        before = await rows_per_table(database)
        await database.roll_back("0001")
        await database.migrate()
        made_anew = {"password_resets": 0, "speaker_baselines": 0}
        assert await rows_per_table(database) == {**before, **made_anew}
        await database.close()

    with fresh_database(backend, tmp_path) as url:
        asyncio.run(alter(url))


@pytest.mark.parametrize("backend", BACKENDS)
def test_servers_that_start_at_once_make_the_tables_once(backend: str, tmp_path: Path) -> None:
    async def start_three(url: str) -> None:
        databases = [Database(url) for _ in range(3)]
        await asyncio.gather(*(database.migrate() for database in databases))
        async with databases[0].read() as connection:
            assert await connection.run_sync(drift) == []
        await asyncio.gather(*(database.close() for database in databases))

    with fresh_database(backend, tmp_path) as url:
        asyncio.run(start_three(url))


async def test_owners_table_names(database: Database) -> None:
    async with database.read() as connection:
        names = await connection.run_sync(table_names)
    assert {
        "users",
        "scripts",
        "characters",
        "sessions",
        "performances",
        "recordings",
        "feedback",
        "tts_cache",
    } <= names


async def test_ping_answers(database: Database) -> None:
    await database.ping()


async def test_a_failed_transaction_leaves_nothing(database: Database, ann: User) -> None:
    async def fail_midway() -> None:
        async with database.write() as connection:
            await connection.execute(text("DELETE FROM users"))
            raise RuntimeError("midway")

    with pytest.raises(RuntimeError, match="midway"):
        await fail_midway()
    async with database.read() as connection:
        assert (await connection.execute(select(users.c.id))).scalar_one() == ann.id


async def test_references_are_enforced(database: Database) -> None:
    orphan = {"script_id": "0" * 32, "position": 0, "name": "NOBODY", "line_count": 0}
    async with database.write() as connection:
        with pytest.raises(IntegrityError):
            await connection.execute(insert(characters).values(orphan))


async def test_errors_hide_what_was_stored(database: Database) -> None:
    orphan = {"script_id": "0" * 32, "position": 0, "name": "SECRET LOVER", "line_count": 0}
    async with database.write() as connection:
        with pytest.raises(IntegrityError) as caught:
            await connection.execute(insert(characters).values(orphan))
    assert "SECRET LOVER" not in str(caught.value)


async def test_writers_take_turns(database: Database, ann: User) -> None:
    """Each reads and then writes; none may work on what another has changed since."""
    count = select(users.c.display_name).where(users.c.id == ann.id).with_for_update()

    async def add_one() -> None:
        async with database.write() as connection:
            seen = (await connection.execute(count)).scalar_one()
            change = users.update().values(display_name=str(int(seen or "0") + 1))
            await connection.execute(change)

    await asyncio.gather(*(add_one() for _ in range(8)))
    async with database.read() as connection:
        assert (await connection.execute(select(users.c.display_name))).scalar_one() == "8"
