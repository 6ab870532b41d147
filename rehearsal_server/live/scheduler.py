"""The step: all waiting audio of all sessions through the analysis in one go.

Whatever has arrived is taken at once; nothing waits to fill a batch. While a step runs on the
analysis thread, more audio collects, so batches grow by themselves under load and the cost per
session falls. The event loop never computes, and the hop to the thread is paid once per step.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from dsp.bank import HopFeatures, StreamBank
from dsp.clock import HOP_SAMPLES
from rehearsal_server.live.analysis import Hops, MicrophoneIntake, to_hops
from rehearsal_server.live.checkpoint import (
    BEFORE_THE_FIRST,
    Checkpoint,
    ChunkEnd,
    make_checkpoint,
)
from rehearsal_server.live.microphone import BadAudio
from rehearsal_server.protocol.fields import AudioFormat
from rehearsal_server.session.hop import Hop

# A step takes this many hops of a stream at most, so that one that catches up delays no other.
MAX_HOPS_PER_STEP = 10
# Five seconds from one checkpoint to the next: what is heard again, at least, after a crash.
HOPS_PER_CHECKPOINT = 250

NO_HOPS: Hops = np.zeros((0, HOP_SAMPLES), np.float32)

# What a model reads of one hop of each stream, float32 of shape (n_streams, width).
DescribeHops = Callable[[HopFeatures], Hops]


@dataclass(frozen=True)
class Chunk:
    """Audio as it came, with the time of its receipt for latency figures."""

    payload: bytes | memoryview
    received_s: float
    end: ChunkEnd = BEFORE_THE_FIRST


@dataclass(frozen=True)
class Analysed:
    """What a step found in one stream."""

    stream: AnalysedStream
    hops: list[Hop]
    # Their audio at the analysis rate, float32 of shape (n_hops, HOP_SAMPLES).
    audio: Hops
    # Receipt of the newest chunk in it.
    received_s: float
    # What the models read of each hop, float32 of shape (n_hops, width); None without a model.
    described: Hops | None = None
    # The audio could not be read or analysed; the stream goes no further.
    fault: Exception | None = None
    # The state after this step, every now and then.
    checkpoint: Checkpoint | None = None


@dataclass(frozen=True)
class _Work:
    stream: AnalysedStream
    chunks: list[Chunk]

    @property
    def newest_s(self) -> float:
        """When its newest chunk came."""
        return self.chunks[-1].received_s


@dataclass
class _Found:
    """What a step finds in one stream, hop by hop."""

    hops: list[Hop] = field(default_factory=list)
    # Rows of the batch until the step ends; then they are copied out of it.
    described: list[Hops] = field(default_factory=list)


class AnalysedStream:
    """One microphone's place in the queue. Chunks and callbacks keep their order."""

    def __init__(
        self,
        audio: AudioFormat,
        deliver: Callable[[Analysed], None],
        checkpoint: Checkpoint | None = None,
    ) -> None:
        self.intake = MicrophoneIntake(audio)
        if checkpoint is not None:
            self.intake.restore(checkpoint.intake_state)
        # Until the first step: where the stream goes on from.
        self.checkpoint = checkpoint
        self.hops_since_checkpoint = 0
        self.heard_ms = checkpoint.heard_ms if checkpoint else 0
        self.deliver = deliver
        # A slot of the bank once its first audio is analysed; touched on the analysis thread only.
        self.slot: int | None = None
        self.waiting: deque[Chunk | Callable[[], None]] = deque()
        self.in_step = False
        self.waiting_bytes = 0
        self._taken = asyncio.Event()
        self._step_bytes = (
            MAX_HOPS_PER_STEP * audio.sample_rate * audio.frame_bytes // 50  # 20 ms a hop
        )

    def drop(self) -> None:
        """Forget what waits."""
        self.waiting.clear()
        self.waiting_bytes = 0
        self._taken.set()

    def take(self) -> list[Chunk]:
        """The next chunks in order, up to a callback and to `MAX_HOPS_PER_STEP`; at least one."""
        chunks: list[Chunk] = []
        size = 0
        while self.waiting and isinstance(head := self.waiting[0], Chunk):
            if chunks and size + len(head.payload) > self._step_bytes:
                break
            self.waiting.popleft()
            chunks.append(head)
            size += len(head.payload)
        self.waiting_bytes -= size
        self._taken.set()
        return chunks

    async def wait_until_below(self, limit_bytes: int) -> None:
        """Return once no more than `limit_bytes` of audio wait."""
        while self.waiting_bytes > limit_bytes:
            self._taken.clear()
            await self._taken.wait()


class StepScheduler:
    """Runs steps as long as there is audio. All methods are for the event loop's thread.

    Parameters
    ----------
    bank : StreamBank
    describe : callable, optional
        Computes what the models read of each hop, on the analysis thread.
    """

    def __init__(self, bank: StreamBank, describe: DescribeHops | None = None) -> None:
        self._bank = bank
        self._describe = describe
        # One thread, since the bank's state is one; also what pins its memory to one core.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="analysis")
        self._ready: dict[AnalysedStream, None] = {}
        self._closed: list[AnalysedStream] = []
        self._wake = asyncio.Event()
        self._runner: asyncio.Task[None] | None = None

    @property
    def capacity(self) -> int:
        """Streams that the bank has room for at present."""
        return self._bank.capacity

    @property
    def is_running(self) -> bool:
        """Whether audio that is fed gets analysed."""
        return self._runner is not None and not self._runner.done()

    def start(self) -> None:
        """Begin to run steps."""
        self._runner = asyncio.create_task(self._run(), name="step scheduler")

    async def stop(self) -> None:
        """End after the step that is running."""
        if self._runner is not None:
            self._runner.cancel()
            await asyncio.gather(self._runner, return_exceptions=True)
        self._thread.shutdown()

    def open(
        self,
        audio: AudioFormat,
        deliver: Callable[[Analysed], None],
        checkpoint: Checkpoint | None = None,
    ) -> AnalysedStream:
        """Begin a stream, or go on with one from a checkpoint.

        `deliver` is called on the event loop with what each step found.
        """
        return AnalysedStream(audio, deliver, checkpoint)

    def feed(self, stream: AnalysedStream, chunk: Chunk) -> None:
        """Queue audio for the next step."""
        stream.waiting.append(chunk)
        stream.waiting_bytes += len(chunk.payload)
        self._ready[stream] = None
        self._wake.set()

    def after_audio(self, stream: AnalysedStream, action: Callable[[], None]) -> None:
        """Run `action` once all audio fed before it is analysed and delivered."""
        if stream.waiting or stream.in_step:
            stream.waiting.append(action)
        else:
            action()

    def close(self, stream: AnalysedStream) -> None:
        """End a stream and give its slot back; what is queued is dropped."""
        stream.drop()
        self._ready.pop(stream, None)
        self._closed.append(stream)
        self._wake.set()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._wake.wait()
            self._wake.clear()
            work, closed = self._take(), self._take_closed()
            try:
                results = await loop.run_in_executor(self._thread, self._step, work, closed)
            except Exception as error:
                # Ours, and told as ours; the streams of later steps are served on.
                results = [
                    Analysed(item.stream, [], NO_HOPS, item.newest_s, fault=error) for item in work
                ]
            for result in results:
                self._deliver(result)

    def _take(self) -> list[_Work]:
        taken = [_Work(stream, stream.take()) for stream in self._ready]
        work = [item for item in taken if item.chunks]
        for item in work:
            item.stream.in_step = True
        self._ready.clear()
        return work

    def _take_closed(self) -> list[AnalysedStream]:
        closed, self._closed = self._closed, []
        return closed

    def _deliver(self, result: Analysed) -> None:
        stream = result.stream
        stream.in_step = False
        stream.deliver(result)
        while stream.waiting and not isinstance(stream.waiting[0], Chunk):
            action = stream.waiting.popleft()
            assert not isinstance(action, Chunk)
            action()
        if stream.waiting:
            self._ready[stream] = None
            self._wake.set()

    # -- on the analysis thread --------------------------------------------------------------

    def _step(self, work: list[_Work], closed: list[AnalysedStream]) -> list[Analysed]:
        for stream in closed:
            if stream.slot is not None:
                self._bank.release(stream.slot)
                stream.slot = None
        audio = [(item, *self._read(item)) for item in work]
        found = {item.stream: _Found() for item in work}
        for index in range(max((len(hops) for _, hops, _ in audio), default=0)):
            self._step_once(
                [(item.stream, hops[index]) for item, hops, _ in audio if len(hops) > index], found
            )
        return [
            Analysed(
                item.stream,
                found[item.stream].hops,
                hops,
                item.newest_s,
                _stack(found[item.stream].described),
                fault,
                self._checkpoint(item, found[item.stream].hops),
            )
            for item, hops, fault in audio
        ]

    def _checkpoint(self, item: _Work, hops: list[Hop]) -> Checkpoint | None:
        """The state of a stream, if it is time to write it down."""
        stream = item.stream
        if hops:
            stream.heard_ms = hops[-1].end_ms
        stream.hops_since_checkpoint += len(hops)
        if stream.hops_since_checkpoint < HOPS_PER_CHECKPOINT or stream.slot is None:
            return None
        stream.hops_since_checkpoint = 0
        intake = stream.intake.state()
        if intake is None:
            return None
        bank = self._bank.state_of(stream.slot)
        return make_checkpoint(item.chunks[-1].end, stream.heard_ms, intake, bank)

    def _read(self, item: _Work) -> tuple[Hops, Exception | None]:
        """Hops of a stream's chunks, and what was wrong with the first that could not be read."""
        hops: list[Hops] = []
        for chunk in item.chunks:
            try:
                hops.append(item.stream.intake.push(chunk.payload))
            except ValueError as error:
                return _join(hops), BadAudio(str(error))
        return _join(hops), None

    def _step_once(
        self, hops: list[tuple[AnalysedStream, Hops]], found: dict[AnalysedStream, _Found]
    ) -> None:
        for stream, _ in hops:
            if stream.slot is None:
                stream.slot = self._bank.acquire()
                if stream.checkpoint is not None:
                    self._bank.restore(stream.slot, stream.checkpoint.bank_state)
                    stream.checkpoint = None
        slots = np.array([stream.slot for stream, _ in hops], np.intp)
        features = self._bank.step(slots, np.stack([samples for _, samples in hops]))
        for (stream, _), hop in zip(hops, to_hops(features), strict=True):
            found[stream].hops.append(hop)
        if self._describe is not None:
            for (stream, _), row in zip(hops, self._describe(features), strict=True):
                found[stream].described.append(row)


def _stack(rows: list[Hops]) -> Hops | None:
    return np.stack(rows) if rows else None


def _join(hops: list[Hops]) -> Hops:
    return np.concatenate(hops) if hops else NO_HOPS
