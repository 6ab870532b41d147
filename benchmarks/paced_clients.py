"""Many clients in one process, each on its own absolute schedule.

A client that falls behind sends at once until it has caught up, and latency counts from when it
should have sent (no coordinated omission). How late the generator really was is part of the result:
a figure is worth nothing if the load came late.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from benchmarks.speech_loop import READER, SAMPLE_RATE, Phase
from rehearsal_server.client import LiveSession, Received, RehearsalClient
from rehearsal_server.client.microphone import BufferSource
from rehearsal_server.client.pace import Pace
from rehearsal_server.client.speakerphone import Utterance
from rehearsal_server.protocol.client_messages import Playback, Start
from rehearsal_server.protocol.codec import MSGPACK
from rehearsal_server.protocol.fields import AudioFormat, Options
from rehearsal_server.protocol.server_messages import Saved

CHUNK_MS = 20
AUDIO = AudioFormat(sample_rate=SAMPLE_RATE)
OPTIONS = Options(headphones=True, prompt_after_ms=60_000)
# What was decided by the last measured sample may still be on its way.
_GRACE_S = 2.0


@dataclass
class ClientLog:
    """What one client sent and received. Positions are microphone samples."""

    phase: int
    pace: Pace
    # Each mark, with the end of the chunk that it was sent with.
    marks: list[tuple[int, Playback]] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    heard: list[Utterance] = field(default_factory=list)
    lateness_s: list[float] = field(default_factory=list)
    saved: bool = False


class _TimedSource:
    """A buffer that notes how late each chunk was asked for."""

    def __init__(self, live: LiveSession, pcm: bytes, lateness_s: list[float]) -> None:
        self._live = live
        self._buffer = BufferSource(AUDIO, pcm, loop=True)
        self._lateness_s = lateness_s

    def read(self, frames: int) -> bytes:
        """Return the next samples."""
        assert self._live.pace is not None
        due_s = self._live.pace.due_s(self._live.microphone.next_position)
        self._lateness_s.append(time.perf_counter() - due_s)
        return self._buffer.read(frames)


async def run_clients(
    client: RehearsalClient,
    phases: Sequence[Phase],
    *,
    sessions: int,
    seconds: float,
    ramp_s: float,
) -> list[ClientLog]:
    """Run sessions side by side for `seconds` each, started over `ramp_s`."""
    script_ids = [(await client.upload_script(phase.script)).id for phase in phases]

    async def one(index: int) -> ClientLog:
        await asyncio.sleep(ramp_s * index / sessions)
        phase = index % len(phases)
        start = Start(
            mode="scene", script_id=script_ids[phase], role=READER, audio=AUDIO, options=OPTIONS
        )
        return await _run_client(client, start, phase, phases[phase].pcm, seconds)

    return list(await asyncio.gather(*(one(index) for index in range(sessions))))


async def _run_client(
    client: RehearsalClient, start: Start, phase: int, pcm: bytes, seconds: float
) -> ClientLog:
    async with client.live(start, codec=MSGPACK, chunk_ms=CHUNK_MS) as live:
        log = ClientLog(phase, Pace(time.perf_counter(), SAMPLE_RATE))
        source = _TimedSource(live, pcm, log.lateness_s)
        end = (seconds + _GRACE_S) * SAMPLE_RATE

        def heard(mark: Playback) -> None:
            log.marks.append((live.microphone.next_position, mark))

        async with aclosing(live.run(source, heard)) as messages:
            async for received in messages:
                log.received.append(received)
                log.saved = log.saved or isinstance(received.message, Saved)
                if received.position >= end and not live.is_stopping:
                    await live.stop()
        assert live.pace is not None
        log.pace, log.heard = live.pace, live.speakerphone.heard
        return log
