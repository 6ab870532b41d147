from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from storage.database import Database
from storage.logins import LoginRepository
from storage.resets import ResetRepository
from storage.users import User, UserRepository
from tests.storage.samples import NOW

EXPIRY = NOW + timedelta(minutes=30)


@pytest.fixture
def repository(database: Database) -> ResetRepository:
    return ResetRepository(database)


async def add(repository: ResetRepository, user: User, token_hash: str) -> None:
    await repository.add(token_hash=token_hash, user_id=user.id, now=NOW, expires_at=EXPIRY)


async def hash_of(database: Database, user: User) -> str:
    found = await UserRepository(database).credentials(user.email)
    assert found is not None
    return found.password_hash


async def test_a_reset_sets_the_password_once(
    database: Database, repository: ResetRepository, ann: User
) -> None:
    await add(repository, ann, "t")
    assert await repository.complete("t", "new hash", NOW) == ann.id
    assert await hash_of(database, ann) == "new hash"
    assert await repository.complete("t", "newer hash", NOW) is None
    assert await hash_of(database, ann) == "new hash"


async def test_of_many_at_once_one_is_done(repository: ResetRepository, ann: User) -> None:
    await add(repository, ann, "t")
    outcomes = await asyncio.gather(*(repository.complete("t", f"hash {n}", NOW) for n in range(5)))
    assert sorted(outcome or "" for outcome in outcomes) == ["", "", "", "", ann.id]


async def test_a_reset_ends_every_login_of_its_user(
    database: Database, repository: ResetRepository, ann: User, bob: User
) -> None:
    logins = LoginRepository(database)
    begun = [
        await logins.begin(user_id=user.id, refresh_hash=user.id, now=NOW, expires_at=EXPIRY)
        for user in (ann, bob)
    ]
    await add(repository, ann, "t")
    await repository.complete("t", "new hash", NOW)
    assert [await logins.active(login.id, NOW) for login in begun] == [None, begun[1]]


async def test_a_late_or_unknown_reset_changes_nothing(
    database: Database, repository: ResetRepository, ann: User
) -> None:
    await add(repository, ann, "t")
    before = await hash_of(database, ann)
    assert await repository.complete("unknown", "new hash", NOW) is None
    assert await repository.complete("t", "new hash", EXPIRY) is None
    assert await hash_of(database, ann) == before


async def test_a_new_reset_takes_the_place_of_the_former(
    repository: ResetRepository, ann: User
) -> None:
    await add(repository, ann, "first")
    await add(repository, ann, "second")
    assert await repository.complete("first", "new hash", NOW) is None
    assert await repository.complete("second", "new hash", NOW) == ann.id
