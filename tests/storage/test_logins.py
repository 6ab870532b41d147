from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from storage.database import Database
from storage.logins import Login, LoginRepository, RotationRefused
from storage.users import User
from tests.storage.samples import NOW

A_MONTH = NOW + timedelta(days=30)
SECOND = timedelta(seconds=1)


@pytest.fixture
def repository(database: Database) -> LoginRepository:
    return LoginRepository(database)


@pytest.fixture
async def login(repository: LoginRepository, ann: User) -> Login:
    return await begin(repository, ann, "first")


async def begin(repository: LoginRepository, user: User, refresh_hash: str) -> Login:
    return await repository.begin(
        user_id=user.id, refresh_hash=refresh_hash, now=NOW, expires_at=A_MONTH
    )


async def rotate(
    repository: LoginRepository, presented: str, successor: str, at: datetime
) -> Login | RotationRefused:
    return await repository.rotate(presented, successor, arrived_at=at, clock=lambda: at)


async def test_a_login_is_active_until_it_ends_or_expires(
    repository: LoginRepository, login: Login
) -> None:
    assert await repository.active(login.id, NOW) == login
    assert await repository.active(login.id, A_MONTH) is None
    await repository.end(login.id, NOW)
    assert await repository.active(login.id, NOW) is None


async def test_each_token_has_a_successor_of_the_same_login(
    repository: LoginRepository, login: Login
) -> None:
    assert await rotate(repository, "first", "second", NOW) == login
    assert await rotate(repository, "second", "third", NOW + SECOND) == login


@pytest.mark.check(35)
async def test_refreshing_does_not_prolong_a_login(
    repository: LoginRepository, login: Login
) -> None:
    assert await rotate(repository, "first", "second", A_MONTH - SECOND) == login
    assert await rotate(repository, "second", "third", A_MONTH) is RotationRefused.UNKNOWN


@pytest.mark.check(33)
async def test_reuse_ends_the_login_and_all_its_tokens(
    repository: LoginRepository, login: Login
) -> None:
    await rotate(repository, "first", "second", NOW)
    assert await rotate(repository, "first", "stolen", NOW + SECOND) is RotationRefused.REUSED
    assert await repository.active(login.id, NOW + SECOND) is None
    assert await rotate(repository, "second", "third", NOW + SECOND) is RotationRefused.UNKNOWN
    assert await rotate(repository, "stolen", "third", NOW + SECOND) is RotationRefused.UNKNOWN


async def test_reuse_leaves_other_logins_alone(
    repository: LoginRepository, login: Login, ann: User
) -> None:
    other = await begin(repository, ann, "elsewhere")
    await rotate(repository, "first", "second", NOW)
    await rotate(repository, "first", "stolen", NOW + SECOND)
    assert await repository.active(other.id, NOW + SECOND) == other


@pytest.mark.check(34)
async def test_parallel_refreshes_give_one_successor_that_works(
    repository: LoginRepository, login: Login
) -> None:
    outcomes = await asyncio.gather(
        *(
            repository.rotate("first", f"successor {n}", arrived_at=NOW, clock=lambda: NOW + SECOND)
            for n in range(8)
        )
    )
    winners = [n for n, outcome in enumerate(outcomes) if outcome == login]
    assert len(winners) == 1
    assert outcomes.count(RotationRefused.PARALLEL) == 7
    successor = f"successor {winners[0]}"
    assert await rotate(repository, successor, "next", NOW + 2 * SECOND) == login


async def test_an_unknown_token_gives_nothing(repository: LoginRepository, login: Login) -> None:
    assert await rotate(repository, "never seen", "second", NOW) is RotationRefused.UNKNOWN


async def test_expired_logins_are_forgotten_at_the_next(
    repository: LoginRepository, login: Login, bob: User
) -> None:
    later = A_MONTH + SECOND
    await repository.begin(user_id=bob.id, refresh_hash="new", now=later, expires_at=later + SECOND)
    assert await repository.active(login.id, NOW) is None


async def test_all_logins_of_a_user_can_be_ended(
    repository: LoginRepository, login: Login, ann: User, bob: User
) -> None:
    other, bobs = await begin(repository, ann, "other"), await begin(repository, bob, "bobs")
    await repository.end_all(ann.id, NOW, sparing=other.id)
    assert await repository.active(login.id, NOW) is None
    assert await repository.active(other.id, NOW) == other
    await repository.end_all(ann.id, NOW)
    assert await repository.active(other.id, NOW) is None
    assert await repository.active(bobs.id, NOW) == bobs
