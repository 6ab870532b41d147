from __future__ import annotations

import asyncio
import time

import numpy as np

from dsp.clock import HOP_SAMPLES
from models.following.bank import FollowingBank
from models.following.heard import Heard
from models.following.line_graph import build_line_graph
from rehearsal_server.live.following import MAX_WAIT_S, FollowedStream, FollowingScheduler
from tests.models.acoustic.samples import acoustic_model, dictionary

GRAPH = build_line_graph(acoustic_model(), [dictionary().pronunciations("hello")])
QUIET = np.zeros((5, HOP_SAMPLES), np.float32)


class Ear:
    """Collects what is told of one stream."""

    def __init__(self) -> None:
        self.heard: list[tuple[int, Heard]] = []
        self.lost: list[str] = []
        self.told = asyncio.Event()
        self.stream = FollowedStream(self._deliver, self.lost.append)

    def _deliver(self, number: int, heard: tuple[Heard, ...]) -> None:
        self.heard += [(number, one) for one in heard]
        self.told.set()


async def drain(scheduler: FollowingScheduler, ear: Ear, hops: int) -> None:
    async with asyncio.timeout(20):
        while len(ear.heard) < hops:
            ear.told.clear()
            await ear.told.wait()


async def test_every_hop_of_an_armed_stream_is_answered_in_order() -> None:
    scheduler, ears = FollowingScheduler(FollowingBank(acoustic_model())), [Ear(), Ear()]
    scheduler.start()
    for number, ear in enumerate(ears, start=1):
        scheduler.arm(ear.stream, GRAPH, 0, number)
        for _ in range(4):
            scheduler.feed(ear.stream, QUIET, time.perf_counter())
    for ear in ears:
        await drain(scheduler, ear, 20)
    await scheduler.stop()
    for number, ear in enumerate(ears, start=1):
        assert [(told, heard.end_ms) for told, heard in ear.heard] == [
            (number, 20 * hop) for hop in range(1, 21)
        ]


async def test_a_stream_that_is_late_is_let_go() -> None:
    scheduler, ear = FollowingScheduler(FollowingBank(acoustic_model())), Ear()
    long_ago_s = time.perf_counter() - 2 * MAX_WAIT_S
    scheduler.feed(ear.stream, QUIET, long_ago_s)
    scheduler.feed(ear.stream, QUIET, time.perf_counter())
    assert ear.lost == ["overload"]
    await scheduler.stop()


async def test_audio_that_was_kept_and_comes_at_once_is_not_late() -> None:
    scheduler, ear = FollowingScheduler(FollowingBank(acoustic_model())), Ear()
    came_s = time.perf_counter() - 2 * MAX_WAIT_S
    seconds = np.zeros((250, HOP_SAMPLES), np.float32)
    scheduler.feed(ear.stream, seconds, came_s)
    ear.stream.take()
    scheduler.feed(ear.stream, QUIET, came_s)
    scheduler.feed(ear.stream, QUIET, time.perf_counter())
    assert ear.lost == []
    await scheduler.stop()
