from __future__ import annotations

import asyncio
from datetime import timedelta

import msgspec
import pytest

from storage.database import Database
from storage.speakers import SpeakerRepository
from storage.users import User, UserRepository
from tests.storage.samples import NOW, SPEAKER


@pytest.fixture
def repository(database: Database) -> SpeakerRepository:
    return SpeakerRepository(database)


async def test_a_speaker_is_read_as_they_were_kept(
    repository: SpeakerRepository, ann: User, bob: User
) -> None:
    assert await repository.put(ann.id, SPEAKER)
    assert await repository.get(ann.id) == SPEAKER
    assert await repository.get(bob.id) is None


async def test_what_is_learnt_later_takes_the_place_of_the_former(
    repository: SpeakerRepository, ann: User
) -> None:
    await repository.put(ann.id, SPEAKER)
    later = msgspec.structs.replace(
        SPEAKER, usual=None, calibrated_at=None, updated_at=NOW + timedelta(hours=1)
    )
    assert await repository.put(ann.id, later)
    assert await repository.get(ann.id) == later


async def test_of_many_at_once_one_is_kept(repository: SpeakerRepository, ann: User) -> None:
    kept = [
        msgspec.structs.replace(SPEAKER, updated_at=NOW + timedelta(hours=hour))
        for hour in range(5)
    ]
    assert all(await asyncio.gather(*(repository.put(ann.id, speaker) for speaker in kept)))
    assert await repository.get(ann.id) in kept


async def test_a_forgotten_speaker_is_unknown(
    repository: SpeakerRepository, ann: User, bob: User
) -> None:
    for user in (ann, bob):
        await repository.put(user.id, SPEAKER)
    assert await repository.forget(ann.id)
    assert await repository.get(ann.id) is None
    assert not await repository.forget(ann.id)
    assert await repository.get(bob.id) == SPEAKER


async def test_an_erased_user_takes_their_voice_along(
    database: Database, repository: SpeakerRepository, ann: User
) -> None:
    await repository.put(ann.id, SPEAKER)
    await UserRepository(database).erase(ann.id)
    assert await repository.get(ann.id) is None
    assert not await repository.put(ann.id, SPEAKER)
