from __future__ import annotations

import asyncio
from datetime import timedelta

import msgspec
import pytest

from storage.database import Database
from storage.tts_cache import CachedVoice, TtsCacheRepository
from tests.storage.samples import NOW, VOICE

DAY = timedelta(days=1)


def voice(key: str, size: int = 100) -> CachedVoice:
    return msgspec.structs.replace(VOICE, key=key, pcm=bytes(size))


@pytest.fixture
def repository(database: Database) -> TtsCacheRepository:
    return TtsCacheRepository(database, capacity_bytes=300)


async def test_what_was_put_is_got(repository: TtsCacheRepository) -> None:
    assert await repository.get(VOICE.key, NOW) is None
    await repository.put(VOICE, NOW)
    assert await repository.get(VOICE.key, NOW) == VOICE


async def test_putting_again_replaces(repository: TtsCacheRepository) -> None:
    await repository.put(VOICE, NOW)
    other = msgspec.structs.replace(VOICE, pcm=b"\x01\x00")
    await repository.put(other, NOW)
    assert await repository.get(VOICE.key, NOW) == other


async def test_putting_the_same_at_once_keeps_one(repository: TtsCacheRepository) -> None:
    await asyncio.gather(*(repository.put(VOICE, NOW) for _ in range(6)))
    assert await repository.get(VOICE.key, NOW) == VOICE


async def test_the_longest_unused_goes_first(repository: TtsCacheRepository) -> None:
    for day, key in enumerate("abc"):
        await repository.put(voice(key), NOW + day * DAY)
    assert await repository.get("a", NOW + 3 * DAY) is not None  # so now "b" is the oldest
    await repository.put(voice("d"), NOW + 4 * DAY)
    kept = {key for key in "abcd" if await repository.get(key, NOW + 4 * DAY) is not None}
    assert kept == {"a", "c", "d"}


async def test_as_many_go_as_the_new_one_needs(repository: TtsCacheRepository) -> None:
    for day, key in enumerate("abc"):
        await repository.put(voice(key), NOW + day * DAY)
    await repository.put(voice("d", size=150), NOW + 4 * DAY)
    kept = {key for key in "abcd" if await repository.get(key, NOW + 4 * DAY) is not None}
    assert kept == {"c", "d"}


async def test_what_is_larger_than_the_cache_is_not_kept(repository: TtsCacheRepository) -> None:
    await repository.put(VOICE, NOW)
    await repository.put(voice("huge", size=301), NOW)
    assert await repository.get("huge", NOW) is None
    assert await repository.get(VOICE.key, NOW) == VOICE
