"""What every voice cache promises, and what each of ours does besides."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from rehearsal_server.voices.cache import (
    CachedUtterance,
    LayeredVoiceCache,
    MemoryVoiceCache,
    VoiceCache,
    cache_key,
)
from rehearsal_server.voices.engine import VoiceSpec, Word
from rehearsal_server.voices.stored import StoredVoiceCache
from storage.database import Database
from storage.tts_cache import TtsCacheRepository

SPEC = VoiceSpec(engine="espeak-ng", voice="en-us")
WORD = Word(text="Hi", start_ms=0, end_ms=200, char_start=1, char_end=3, estimated=True)
UTTERANCE = CachedUtterance(sample_rate=22_050, pcm=bytes(range(200)), words=(WORD,), spec=SPEC)


def utterance(size_bytes: int) -> CachedUtterance:
    return msgspec.structs.replace(UTTERANCE, pcm=bytes(size_bytes))


@pytest.fixture(params=["memory", "layered", "stored"])
async def cache(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[VoiceCache]:
    memory = MemoryVoiceCache(capacity_bytes=1000)
    if request.param == "memory":
        yield memory
    elif request.param == "layered":
        yield LayeredVoiceCache(memory, MemoryVoiceCache(capacity_bytes=1000))
    else:
        database = Database(f"sqlite+aiosqlite:///{tmp_path / 'voices.db'}")
        await database.migrate()
        yield StoredVoiceCache(TtsCacheRepository(database, capacity_bytes=1000))
        await database.close()


async def test_nothing_is_there_before_it_is_put(cache: VoiceCache) -> None:
    assert await cache.get("a") is None


async def test_what_was_put_comes_back_whole(cache: VoiceCache) -> None:
    await cache.put("a", UTTERANCE)
    await cache.put("b", utterance(10))
    assert await cache.get("a") == UTTERANCE
    assert await cache.get("b") == utterance(10)


async def test_putting_it_again_changes_nothing(cache: VoiceCache) -> None:
    await cache.put("a", UTTERANCE)
    await cache.put("a", UTTERANCE)
    assert await cache.get("a") == UTTERANCE


async def test_an_utterance_that_never_fits_is_not_kept(cache: VoiceCache) -> None:
    await cache.put("a", UTTERANCE)
    await cache.put("b", utterance(1002))
    assert await cache.get("b") is None
    assert await cache.get("a") == UTTERANCE


async def test_memory_forgets_the_least_recently_used() -> None:
    cache = MemoryVoiceCache(capacity_bytes=1000)
    for key in "abc":
        await cache.put(key, utterance(400) if key == "c" else utterance(300))
    await cache.get("a")
    await cache.put("d", utterance(300))
    assert [key for key in "abcd" if await cache.get(key)] == ["a", "c", "d"]
    assert cache.size_bytes == 1000


async def test_memory_counts_a_replaced_utterance_once() -> None:
    cache = MemoryVoiceCache(capacity_bytes=1000)
    await cache.put("a", utterance(800))
    await cache.put("a", utterance(600))
    assert cache.size_bytes == 600


async def test_what_is_found_afar_is_near_from_then_on() -> None:
    near, far = MemoryVoiceCache(capacity_bytes=1000), MemoryVoiceCache(capacity_bytes=1000)
    await far.put("a", UTTERANCE)
    assert await LayeredVoiceCache(near, far).get("a") == UTTERANCE
    assert await near.get("a") == UTTERANCE


def test_the_key_is_one_of_all_that_changes_the_sound() -> None:
    keys = {
        cache_key(spec, engine_version=version, text=text)
        for spec in (
            SPEC,
            msgspec.structs.replace(SPEC, engine="flite"),
            msgspec.structs.replace(SPEC, voice="en-us+f2"),
            msgspec.structs.replace(SPEC, pitch_semitones=1.0),
            msgspec.structs.replace(SPEC, rate=1.1),
        )
        for version in ("1.52.0", "1.53.0")
        for text in ("Hello.", "hello.")
    }
    assert len(keys) == 20
    assert all(len(key) == 64 for key in keys)


def test_the_key_is_the_same_in_every_process() -> None:
    # Stored in databases: if this changes, SYNTHESIS_VERSION should have.
    assert cache_key(SPEC, engine_version="1.52.0", text="Hello.").startswith("2337c8360690b9cb")
