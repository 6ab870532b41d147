from __future__ import annotations

import asyncio
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import func, insert, select

from storage.database import Database
from storage.ids import new_id
from storage.logins import LoginRepository
from storage.scripts import CastMember, ScriptContent, ScriptRepository
from storage.sessions import NewSession, SessionRepository
from storage.tables import metadata, recordings
from storage.tickets import TicketRepository
from storage.tts_cache import TtsCacheRepository
from storage.users import Credentials, User, UserRepository
from tests.storage.conftest import NOW
from tests.storage.test_sessions import RESULTS
from tests.storage.test_tts_cache import VOICE


@pytest.fixture
def repository(database: Database) -> UserRepository:
    return UserRepository(database)


async def test_what_was_created_is_found(repository: UserRepository, ann: User) -> None:
    assert await repository.get(ann.id) == ann
    found = await repository.credentials("ann@example.org")
    assert found == Credentials(id=ann.id, password_hash="$argon2id$v=19$")


async def test_nobody_is_found_where_nobody_is(repository: UserRepository) -> None:
    assert await repository.get("0" * 32) is None
    assert await repository.credentials("ann@example.org") is None


async def test_addresses_are_compared_letter_by_letter(
    repository: UserRepository, ann: User
) -> None:
    assert await repository.credentials("Ann@example.org") is None


async def test_an_address_has_one_account_however_many_ask_at_once(
    repository: UserRepository,
) -> None:
    made = await asyncio.gather(
        *(
            repository.create(email="a@b.org", display_name="", password_hash=str(n), now=NOW)
            for n in range(6)
        )
    )
    assert sum(user is not None for user in made) == 1


async def test_a_hash_can_be_replaced(repository: UserRepository, ann: User) -> None:
    await repository.set_password_hash(ann.id, "better")
    assert await repository.credentials(ann.email) == Credentials(id=ann.id, password_hash="better")


async def test_erasing_a_user_leaves_nothing_of_theirs(
    database: Database, repository: UserRepository, ann: User, bob: User
) -> None:
    for user in (ann, bob):
        await fill_every_table(database, user)
    before = await rows_per_table(database)
    assert min(before.values()) >= 2, before
    assert await repository.erase(ann.id)
    assert not await repository.erase(ann.id)
    assert await rows_per_table(database) == {name: n // 2 for name, n in before.items()}
    assert await repository.get(bob.id) == bob
    assert await repository.erase(bob.id)
    assert set((await rows_per_table(database)).values()) == {0}


async def fill_every_table(database: Database, user: User) -> None:
    later = NOW + timedelta(days=1)
    login = await LoginRepository(database).begin(
        user_id=user.id, refresh_hash=new_id(), now=NOW, expires_at=later
    )
    await TicketRepository(database).add(
        ticket_hash=new_id(),
        login_id=login.id,
        now=NOW,
        expires_at=later,
        access_expires_at=later,
    )
    cast = (CastMember(name="ALGERNON", line_count=1),)
    content = ScriptContent(title="", author="", format="stage", document="{}", cast=cast)
    script = await ScriptRepository(database).create(user.id, content, NOW)
    sessions = SessionRepository(database)
    session = await sessions.begin(
        NewSession(user_id=user.id, practice="scene", script_id=script.id, started_at=NOW)
    )
    await sessions.save(session.id, RESULTS)
    recording = {
        "id": new_id(),
        "session_id": session.id,
        "object_key": new_id(),
        "sample_rate_hz": 16_000,
        "samples": 2**40,
        "sha256": "0" * 64,
        "retention": "keep",
        "created_at": NOW,
    }
    async with database.write() as connection:
        await connection.execute(insert(recordings).values(recording))
    voice = msgspec.structs.replace(VOICE, key=new_id(), user_id=user.id)
    await TtsCacheRepository(database, capacity_bytes=1000).put(voice, NOW)


async def rows_per_table(database: Database) -> dict[str, int]:
    async with database.read() as connection:
        return {
            table.name: (
                await connection.execute(select(func.count()).select_from(table))
            ).scalar_one()
            for table in metadata.sorted_tables
        }
