"""Listening to the words of all sessions' lines: one step on a thread of its own for everybody.

As the analysis (`scheduler`), it takes whatever has come, and batches grow by themselves under
load. A stream that falls too far behind is let go: its session goes on by pace, and says so,
before any cue is late.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from dsp.clock import ANALYSIS_RATE_HZ, HOP_S, HOP_SAMPLES
from models.following.bank import FollowingBank
from models.following.heard import Heard
from models.following.line_graph import LineGraph
from rehearsal_server.live.analysis import Hops

log = logging.getLogger("rehearsal_server.live")

# A hop that is due for longer than this is one too many: its cue would be late.
MAX_WAIT_S = 0.3
# A step takes this many hops of a stream at most, so that one that catches up delays no other.
MAX_HOPS_PER_STEP = 10

# Why a stream is no longer listened to, as it is told to the client.
OVERLOAD, FAILED = "overload", "failed"


@dataclass(frozen=True)
class _Audio:
    hops: Hops
    # When it would have come in real time, if its client sent what it had kept.
    due_s: float


@dataclass(frozen=True)
class _Arm:
    graph: LineGraph
    from_ms: int
    number: int


@dataclass(frozen=True)
class _Disarm:
    at_ms: int


_Order = _Arm | _Disarm


class FollowedStream:
    """One microphone's place in the queue.

    Parameters
    ----------
    deliver : callable
        Takes the number of the line and what was heard of it, hop by hop; on the event loop.
    lost : callable
        Told why the stream's line is no longer listened to.
    begins_ms : int
        Where the audio begins.
    """

    def __init__(
        self,
        deliver: Callable[[int, tuple[Heard, ...]], None],
        lost: Callable[[str], None],
        begins_ms: int = 0,
    ) -> None:
        self.deliver = deliver
        self.lost = lost
        # Orders are obeyed before the audio that waits: they say where in it they hold.
        self.orders: deque[_Order] = deque()
        self.audio: deque[_Audio] = deque()
        # End of the last hop that was fed, and where what is listened to begins.
        self.position = begins_ms * ANALYSIS_RATE_HZ // 1000
        self.begins_at = self.position
        self._due_s = 0.0
        # Touched on the following thread only.
        self.slot: int | None = None
        self.number = 0

    @property
    def is_waiting(self) -> bool:
        """Whether there is something to do."""
        return bool(self.orders or self.audio)

    def put(self, hops: Hops, received_s: float) -> None:
        """Queue audio."""
        due_s = max(received_s, self._due_s)
        self._due_s = due_s + len(hops) * HOP_S
        self.position += len(hops) * HOP_SAMPLES
        self.audio.append(_Audio(hops, due_s))

    def take(self) -> _Work:
        """What waits, in order, up to `MAX_HOPS_PER_STEP`."""
        orders = list(self.orders)
        self.orders.clear()
        hops: list[Hops] = []
        while self.audio and sum(map(len, hops)) < MAX_HOPS_PER_STEP:
            hops.append(self.audio.popleft().hops)
        return _Work(self, orders, hops)


@dataclass(frozen=True)
class _Work:
    stream: FollowedStream
    orders: list[_Order]
    hops: list[Hops]


@dataclass(frozen=True)
class _Result:
    stream: FollowedStream
    number: int
    heard: tuple[Heard, ...]


class FollowingScheduler:
    """Runs steps as long as there is audio. All methods are for the event loop's thread."""

    def __init__(self, bank: FollowingBank) -> None:
        self._bank = bank
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="following")
        self._ready: dict[FollowedStream, None] = {}
        self._closed: list[FollowedStream] = []
        self._wake = asyncio.Event()
        self._runner: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to run steps."""
        self._runner = asyncio.create_task(self._run(), name="following")

    async def stop(self) -> None:
        """End after the step that is running."""
        if self._runner is not None:
            self._runner.cancel()
            await asyncio.gather(self._runner, return_exceptions=True)
        self._thread.shutdown()

    def feed(self, stream: FollowedStream, hops: Hops, received_s: float) -> None:
        """Queue a stream's next hops; if it has fallen too far behind, it is let go instead."""
        if stream.audio and time.perf_counter() - stream.audio[0].due_s > MAX_WAIT_S:
            self._drop(stream, OVERLOAD)
        stream.put(hops, received_s)
        self._serve(stream)

    def arm(self, stream: FollowedStream, graph: LineGraph, from_ms: int, number: int) -> None:
        """Listen to a line from a moment on, which may have passed."""
        stream.orders.append(_Arm(graph, from_ms, number))
        self._serve(stream)

    def disarm(self, stream: FollowedStream, at_ms: int) -> None:
        """Listen to no line from a moment on."""
        stream.orders.append(_Disarm(at_ms))
        self._serve(stream)

    def close(self, stream: FollowedStream) -> None:
        """End a stream; what is queued is dropped."""
        stream.orders.clear()
        stream.audio.clear()
        self._ready.pop(stream, None)
        self._closed.append(stream)
        self._wake.set()

    def _serve(self, stream: FollowedStream) -> None:
        self._ready[stream] = None
        self._wake.set()

    def _drop(self, stream: FollowedStream, reason: str) -> None:
        """Let a stream go: it begins anew with its next hop."""
        self.close(stream)
        stream.begins_at = stream.position
        stream.lost(reason)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._wake.wait()
            self._wake.clear()
            work = [stream.take() for stream in self._ready]
            self._ready.clear()
            closed, self._closed = self._closed, []
            try:
                results = await loop.run_in_executor(self._thread, self._step, work, closed)
            except Exception:
                log.exception("a following step failed; its lines go on by pace")
                for item in work:
                    self._drop(item.stream, FAILED)
                continue
            for result in results:
                result.stream.deliver(result.number, result.heard)
            self._ready |= {item.stream: None for item in work if item.stream.is_waiting}
            if self._ready:
                self._wake.set()

    # -- on the following thread -------------------------------------------------------------

    def _step(self, work: list[_Work], closed: list[FollowedStream]) -> list[_Result]:
        for stream in closed:
            if stream.slot is not None:
                self._bank.release(stream.slot)
                stream.slot = None
        for item in work:
            self._obey(item.stream, item.orders)
        audio = [(item.stream, np.concatenate(item.hops)) for item in work if item.hops]
        heard: dict[FollowedStream, list[Heard]] = {stream: [] for stream, _ in audio}
        for index in range(max((len(hops) for _, hops in audio), default=0)):
            due = [(stream, hops[index]) for stream, hops in audio if index < len(hops)]
            slots = np.array([stream.slot for stream, _ in due], np.intp)
            found = self._bank.step(slots, np.stack([hop for _, hop in due]))
            for (stream, _), new in zip(due, found, strict=True):
                heard[stream] += new
        return [
            _Result(stream, stream.number, tuple(hops)) for stream, hops in heard.items() if hops
        ]

    def _obey(self, stream: FollowedStream, orders: list[_Order]) -> None:
        if stream.slot is None:
            stream.slot = self._bank.acquire(stream.begins_at)
        for order in orders:
            match order:
                case _Arm(graph, from_ms, number):
                    stream.number = number
                    self._bank.arm(stream.slot, graph, _position(from_ms))
                case _Disarm(at_ms):
                    self._bank.disarm(stream.slot, _position(at_ms))


def _position(time_ms: int) -> int:
    return time_ms * ANALYSIS_RATE_HZ // 1000
