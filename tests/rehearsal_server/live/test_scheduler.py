"""The step scheduler on a real bank: order, fairness, faults."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import msgspec
import numpy as np
import pytest

from dsp.bank import StreamBank
from rehearsal_server.live.checkpoint import Checkpoint, ChunkEnd, fits
from rehearsal_server.live.scheduler import Analysed, Chunk, StepScheduler
from rehearsal_server.protocol.fields import AudioFormat

FORMAT = AudioFormat(sample_rate=16_000)
NOISE = np.random.default_rng(7).integers(-3000, 3000, 16_000).astype("<i2").tobytes()


class Listener:
    """Collects what a stream is found to be, and lets a test wait for it."""

    def __init__(self) -> None:
        self.results: list[Analysed] = []
        self._event = asyncio.Event()

    def __call__(self, result: Analysed) -> None:
        self.results.append(result)
        self._event.set()

    @property
    def end_ms(self) -> list[int]:
        return [hop.end_ms for result in self.results for hop in result.hops]

    def described(self) -> list[str]:
        """Every hop in full, so that not-a-number equals itself."""
        return [str(hop) for result in self.results for hop in result.hops]

    async def hops(self, count: int) -> list[int]:
        while len(self.end_ms) < count:
            self._event.clear()
            await self._event.wait()
        return self.end_ms


@pytest.fixture
async def scheduler() -> AsyncIterator[StepScheduler]:
    scheduler = StepScheduler(StreamBank(4))
    scheduler.start()
    yield scheduler
    await scheduler.stop()


async def test_audio_comes_back_as_hops(scheduler: StepScheduler) -> None:
    listener = Listener()
    stream = scheduler.open(FORMAT, listener)
    scheduler.feed(stream, Chunk(NOISE[:1280], 1.5))
    assert await listener.hops(2) == [20, 40]
    assert listener.results[-1].received_s == 1.5


async def test_streams_are_stepped_together_and_kept_apart(scheduler: StepScheduler) -> None:
    listeners = [Listener() for _ in range(9)]
    streams = [scheduler.open(FORMAT, listener) for listener in listeners]
    for stream in streams:
        scheduler.feed(stream, Chunk(NOISE[:3200], 0))
    for listener in listeners:
        assert await listener.hops(5) == [20, 40, 60, 80, 100]


async def test_an_action_waits_for_the_audio_before_it(scheduler: StepScheduler) -> None:
    listener = Listener()
    stream = scheduler.open(FORMAT, listener)
    seen: list[list[int]] = []
    scheduler.feed(stream, Chunk(NOISE[:1280], 0))
    scheduler.after_audio(stream, lambda: seen.append(list(listener.end_ms)))
    scheduler.feed(stream, Chunk(NOISE[1280:1920], 0))
    await listener.hops(3)
    assert seen == [[20, 40]]


async def test_an_action_on_a_quiet_stream_is_done_at_once(scheduler: StepScheduler) -> None:
    stream = scheduler.open(FORMAT, Listener())
    seen: list[str] = []
    scheduler.after_audio(stream, lambda: seen.append("done"))
    assert seen == ["done"]


async def test_a_stream_that_catches_up_leaves_room_for_others(scheduler: StepScheduler) -> None:
    greedy, modest = Listener(), Listener()
    first = scheduler.open(FORMAT, greedy)
    for start in range(0, len(NOISE), 640):
        scheduler.feed(first, Chunk(NOISE[start : start + 640], 0))
    scheduler.feed(scheduler.open(FORMAT, modest), Chunk(NOISE[:640], 0))
    await modest.hops(1)
    assert len(greedy.end_ms) <= 20
    await greedy.hops(50)


async def test_audio_that_cannot_be_read_is_told_to_its_stream_only(
    scheduler: StepScheduler,
) -> None:
    good, bad = Listener(), Listener()
    float_format = AudioFormat(sample_rate=16_000, encoding="f32le")
    nan = np.full(320, np.nan, "<f4").tobytes()
    scheduler.feed(scheduler.open(float_format, bad), Chunk(nan, 0))
    scheduler.feed(scheduler.open(FORMAT, good), Chunk(NOISE[:640], 0))
    await good.hops(1)
    assert [str(result.fault) for result in bad.results] == [
        "float samples hold NaN or infinity; send finite samples"
    ]


async def test_a_slot_is_given_back(scheduler: StepScheduler) -> None:
    for _ in range(10):
        listener = Listener()
        stream = scheduler.open(FORMAT, listener)
        scheduler.feed(stream, Chunk(NOISE[:640], 0))
        assert await listener.hops(1) == [20]
        scheduler.close(stream)
    assert scheduler.capacity == 4


async def test_reading_waits_while_too_much_audio_waits(scheduler: StepScheduler) -> None:
    listener = Listener()
    stream = scheduler.open(FORMAT, listener)
    for start in range(0, len(NOISE), 640):
        scheduler.feed(stream, Chunk(NOISE[start : start + 640], 0))
    await stream.wait_until_below(6400)
    assert stream.waiting_bytes <= 6400


@pytest.mark.parametrize("sample_rate", [16_000, 44_100])
async def test_a_stream_goes_on_from_a_checkpoint(
    scheduler: StepScheduler, sample_rate: int
) -> None:
    audio = AudioFormat(sample_rate=sample_rate)
    chunks = [NOISE[start : start + 1_000] for start in range(0, len(NOISE), 1_000)] * 20
    whole = Listener()
    stream = scheduler.open(audio, whole)
    for seq, payload in enumerate(chunks):
        scheduler.feed(stream, Chunk(payload, 0, ChunkEnd(seq + 1, 500 * (seq + 1))))
    await whole.hops(50 * 500 * len(chunks) // sample_rate - 1)
    checkpoint = next(r.checkpoint for r in reversed(whole.results) if r.checkpoint)
    stored = msgspec.msgpack.decode(msgspec.msgpack.encode(checkpoint), type=Checkpoint)
    assert fits(stored, audio)
    rest = Listener()
    again = scheduler.open(audio, rest, stored)
    for payload in chunks[stored.next_seq :]:
        scheduler.feed(again, Chunk(payload, 0))
    assert stored.next_position == 500 * stored.next_seq
    missing = whole.described()[stored.heard_ms // 20 :]
    await rest.hops(len(missing))
    assert rest.described() == missing


def test_a_checkpoint_of_another_version_does_not_fit() -> None:
    empty = Checkpoint(1, 320, 20, {}, {})
    assert not fits(empty, FORMAT)
