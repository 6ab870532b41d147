from __future__ import annotations

import asyncio

import pytest

from storage.database import Database
from storage.users import Credentials, User, UserRepository
from tests.storage.samples import NOW, fill_every_table, rows_per_table


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


@pytest.mark.check(41)
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
