from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

import pytest
import pytest_asyncio

from rehearsal_server.voices.cache import CachedUtterance, MemoryVoiceCache, VoiceCacheError
from rehearsal_server.voices.engine import (
    Chunk,
    SynthesisError,
    VoiceError,
    VoiceSpec,
    VoiceUnavailableError,
)
from rehearsal_server.voices.rendering import CHUNK_MS
from rehearsal_server.voices.speaker import MAX_LINE_CHARS, Speaker
from tests.rehearsal_server.voices.fake_engine import SAMPLE_RATE, SPEC, WORD_PCM, FakeEngine

LINE = "one two three"


class BrokenCache:
    async def get(self, key: str) -> CachedUtterance | None:
        raise VoiceCacheError("the database is away")

    async def put(self, key: str, utterance: CachedUtterance) -> None:
        raise VoiceCacheError("the database is away")


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def cache() -> MemoryVoiceCache:
    return MemoryVoiceCache(capacity_bytes=1_000_000)


@pytest_asyncio.fixture
async def speaker(engine: FakeEngine, cache: MemoryVoiceCache) -> AsyncIterator[Speaker]:
    speaker = Speaker([engine], cache)
    yield speaker
    await speaker.aclose()


async def collect(chunks: AsyncGenerator[Chunk, None]) -> tuple[bytes, list[str]]:
    async with aclosing(chunks):
        got = [chunk async for chunk in chunks]
    return b"".join(c.pcm for c in got), [word.text for c in got for word in c.words]


WHOLE = (3 * WORD_PCM, ["one", "two", "three"])


async def settle() -> None:
    """Let every task run until it waits for something else."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_line_streams_while_it_is_synthesised(speaker: Speaker, engine: FakeEngine) -> None:
    async with aclosing(speaker.speak(LINE, SPEC)) as chunks:
        engine.release(1)
        assert (await anext(chunks)).words[0].text == "one"
        assert engine.ended == []


async def test_a_line_is_synthesised_once_and_then_cached(
    speaker: Speaker, engine: FakeEngine
) -> None:
    engine.release()
    assert await collect(speaker.speak(LINE, SPEC)) == WHOLE
    assert await collect(speaker.speak(LINE, SPEC)) == WHOLE
    assert engine.begun == [LINE]


async def test_two_requests_at_once_share_one_synthesis(
    speaker: Speaker, engine: FakeEngine
) -> None:
    first = asyncio.create_task(collect(speaker.speak(LINE, SPEC)))
    engine.release(1)
    await settle()
    second = asyncio.create_task(collect(speaker.speak(LINE, SPEC)))
    await settle()
    engine.release()
    assert [await first, await second] == [WHOLE, WHOLE]
    assert engine.begun == [LINE]


async def test_a_slow_listener_holds_nobody_up(speaker: Speaker, engine: FakeEngine) -> None:
    engine.release()
    async with aclosing(speaker.speak(LINE, SPEC)) as slow:
        await anext(slow)
        await settle()
        assert engine.ended == [LINE]
        assert await collect(speaker.speak(LINE, SPEC)) == WHOLE


async def test_stopping_stops_the_engine_and_keeps_nothing(
    speaker: Speaker, engine: FakeEngine, cache: MemoryVoiceCache
) -> None:
    chunks = speaker.speak(LINE, SPEC)
    engine.release(2)
    await anext(chunks)
    await chunks.aclose()
    assert engine.ended == [LINE]
    assert cache.size_bytes == 0
    engine.release()
    assert await collect(speaker.speak(LINE, SPEC)) == WHOLE
    assert engine.begun == [LINE, LINE]


async def test_a_cancelled_listener_stops_the_engine(speaker: Speaker, engine: FakeEngine) -> None:
    task = asyncio.create_task(collect(speaker.speak(LINE, SPEC)))
    await settle()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert engine.ended == [LINE]


async def test_one_listener_leaving_does_not_silence_the_other(
    speaker: Speaker, engine: FakeEngine, cache: MemoryVoiceCache
) -> None:
    leaving, staying = speaker.speak(LINE, SPEC), speaker.speak(LINE, SPEC)
    engine.release(1)
    await anext(leaving)
    await anext(staying)
    await leaving.aclose()
    engine.release()
    assert [word.text async for chunk in staying for word in chunk.words] == ["two", "three"]
    await settle()
    assert cache.size_bytes == len(WHOLE[0])


async def test_leaving_after_the_last_sound_keeps_the_line(
    speaker: Speaker, engine: FakeEngine, cache: MemoryVoiceCache
) -> None:
    engine.release()
    chunks = speaker.speak(LINE, SPEC)
    for _ in LINE.split():
        await anext(chunks)
    await settle()
    await chunks.aclose()
    assert cache.size_bytes == len(WHOLE[0])


async def test_an_error_reaches_every_listener_and_is_not_kept(
    speaker: Speaker, engine: FakeEngine, cache: MemoryVoiceCache
) -> None:
    tasks = [asyncio.create_task(collect(speaker.speak("will fail", SPEC))) for _ in range(2)]
    await settle()
    engine.release()
    for task in tasks:
        with pytest.raises(SynthesisError, match="the fake failed"):
            await task
    assert engine.begun == ["will fail"]
    assert cache.size_bytes == 0
    with pytest.raises(SynthesisError, match="the fake failed"):
        await collect(speaker.speak("will fail", SPEC))


async def test_a_prefetched_line_is_there_when_it_is_due(
    speaker: Speaker, engine: FakeEngine
) -> None:
    engine.release(3)
    speaker.prefetch(LINE, SPEC)
    await settle()
    assert engine.ended == [LINE]
    assert await collect(speaker.speak(LINE, SPEC)) == WHOLE
    assert engine.begun == [LINE]


async def test_lines_are_prefetched_one_after_the_other(
    speaker: Speaker, engine: FakeEngine
) -> None:
    for line in ("a", "will fail", "c"):
        speaker.prefetch(line, SPEC)
    await settle()
    assert engine.begun == ["a"]
    engine.release()
    await settle()
    assert engine.ended == ["a", "will fail", "c"]


async def test_a_line_that_is_due_does_not_wait_for_the_wishes_before_it(
    speaker: Speaker, engine: FakeEngine
) -> None:
    speaker.prefetch("a", SPEC)
    speaker.prefetch("b", SPEC)
    await settle()
    due = asyncio.create_task(collect(speaker.speak("b", SPEC)))
    await settle()
    assert engine.begun == ["a", "b"]
    engine.release()
    assert (await due)[1] == ["b"]


async def test_chunks_are_short_enough_to_send(speaker: Speaker, engine: FakeEngine) -> None:
    engine.release()
    line = "one two three four five six seven"
    await collect(speaker.speak(line, SPEC))
    async with aclosing(speaker.speak(line, SPEC)) as chunks:
        cached = [chunk async for chunk in chunks]
    most_bytes = 2 * SAMPLE_RATE * CHUNK_MS // 1000
    assert [len(chunk.pcm) for chunk in cached] == [most_bytes] * 3 + [most_bytes // 2]
    assert [len(chunk.words) for chunk in cached] == [7, 0, 0, 0]


async def test_nothing_to_say_is_nothing(speaker: Speaker) -> None:
    assert await collect(speaker.speak("...", SPEC)) == (b"", [])


async def test_a_broken_cache_does_not_silence_the_voice(
    engine: FakeEngine, caplog: pytest.LogCaptureFixture
) -> None:
    speaker = Speaker([engine], BrokenCache())
    engine.release()
    assert await collect(speaker.speak(LINE, SPEC)) == WHOLE
    await settle()
    assert [record.message for record in caplog.records] == [
        "the voice cache cannot be read; synthesising",
        "the voice cache cannot be written",
    ]
    await speaker.aclose()


async def test_what_cannot_be_spoken_says_why(speaker: Speaker) -> None:
    with pytest.raises(VoiceError, match=f"{MAX_LINE_CHARS} can be spoken"):
        await collect(speaker.speak("a" * (MAX_LINE_CHARS + 1), SPEC))
    with pytest.raises(VoiceUnavailableError, match="no voice engine 'none'"):
        await collect(speaker.speak(LINE, VoiceSpec(engine="none", voice="x")))


async def test_an_absent_engine_is_named() -> None:
    speaker = Speaker([FakeEngine(absence="not today")], MemoryVoiceCache(capacity_bytes=1))
    assert (await speaker.engines())[0].absence == "not today"
    with pytest.raises(VoiceUnavailableError, match="fake is absent: not today"):
        await collect(speaker.speak(LINE, SPEC))
    with pytest.raises(VoiceUnavailableError, match="fake: not today"):
        await speaker.cast(["Lane"], ["Lane"])


async def test_a_cast_comes_from_the_chosen_engine(speaker: Speaker) -> None:
    cast = await speaker.cast(["Lane", "Jack"], ["Jack"], partner_voice="fake:en-us")
    assert cast.voice_of("Jack") == SPEC


async def test_closing_stops_all_that_is_spoken(speaker: Speaker, engine: FakeEngine) -> None:
    listening = asyncio.create_task(collect(speaker.speak(LINE, SPEC)))
    speaker.prefetch("next", SPEC)
    await settle()
    await speaker.aclose()
    assert sorted(engine.ended) == ["next", LINE]
    assert engine.is_closed
    with pytest.raises(VoiceError, match="stopped"):
        await listening
