"""What a server should have said, and which sample decided it.

The same session core runs offline on the same audio with the same playback marks. That gives the
exact number of events to expect, so that a server cannot look fast by saying less, and for each the
end of the chunk that decided it, from which its latency counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np

from benchmarks.paced_clients import AUDIO, OPTIONS, ClientLog
from benchmarks.speech_loop import READER, SAMPLE_RATE, Phase
from dsp.bank import StreamBank
from dsp.clock import HOP_SAMPLES
from rehearsal_server.client.microphone import BufferSource
from rehearsal_server.following.offline import OfflineListener, prepare_listener
from rehearsal_server.live.analysis import Hops, to_hops
from rehearsal_server.offline import OfflineSession
from rehearsal_server.protocol.server_messages import (
    AnyServerMessage,
    Emotion,
    Event,
    Pronunciation,
    Saved,
    ServerMessage,
    Voice,
)
from rehearsal_server.scripts.parse import parse_script
from rehearsal_server.session.hop import Hop
from rehearsal_server.session.requests import JudgeWindow, Request, Speak
from rehearsal_server.session.session import Session, SessionPlan


@dataclass(frozen=True)
class Expected:
    """A message and the end of the chunk whose last sample decided it."""

    message: ServerMessage
    decided_at: int


def expected_messages(
    phases: Sequence[Phase], logs: Sequence[ClientLog], seconds: float
) -> list[list[Expected]]:
    """Say what each client should have received by its audio's first `seconds`."""
    heard = _hear_phases(phases, seconds)
    plans = [_plan(phase) for phase in phases]
    listeners = [prepare_listener(plan.scene, plan.role, OPTIONS.language) for plan in plans]
    return [
        list(_replay(plans[log.phase], listeners[log.phase].again(), heard[log.phase], log))
        for log in logs
    ]


def final_key(message: ServerMessage) -> bytes:
    """Say what a final message says, without its number and its time in the server."""
    assert isinstance(message, Event)
    return msgspec.json.encode(msgspec.structs.replace(message, event=0, proc_ms=0.0))


def is_final(message: ServerMessage) -> bool:
    """Whether a message is an event of the session itself, decided by its samples.

    Pronunciation is not: a model answers it when it is ready, anywhere between the others.
    """
    return isinstance(message, Event) and not isinstance(message, Saved | Pronunciation)


def _hear_phases(phases: Sequence[Phase], seconds: float) -> list[list[tuple[Hop, Hops]]]:
    """Analyse one stream of each phase, all at once."""
    bank = StreamBank(len(phases))
    slots = np.array([bank.acquire() for _ in phases])
    sources = [BufferSource(AUDIO, phase.pcm, loop=True) for phase in phases]
    heard: list[list[tuple[Hop, Hops]]] = [[] for _ in phases]
    for _ in range(int(seconds * SAMPLE_RATE) // HOP_SAMPLES):
        pcm = np.stack([np.frombuffer(source.read(HOP_SAMPLES), "<i2") for source in sources])
        samples = pcm.astype(np.float32) / np.float32(32768)
        hops = to_hops(bank.step(slots, samples))
        for stream, hop, audio in zip(heard, hops, samples, strict=True):
            stream.append((hop, audio))
    return heard


def _plan(phase: Phase) -> SessionPlan:
    return SessionPlan(scene=parse_script(phase.script).scenes[0], role=READER, options=OPTIONS)


def _replay(
    plan: SessionPlan,
    listener: OfflineListener,
    hops: Sequence[tuple[Hop, Hops]],
    log: ClientLog,
) -> Iterator[Expected]:
    lengths_ms = dict(_voice_lengths(received.message for received in log.received))

    def voice_length_ms(request: Speak) -> int | None:
        return lengths_ms.get(request.utterance)

    asked: list[Request] = []
    offline = OfflineSession(
        Session(replace(plan, followed_lines=listener.followed_lines)),
        AUDIO,
        voice_length_ms,
        listener=listener,
        asked=asked.append,
    )
    yield from (Expected(message, 0) for message in offline.begin())
    marks = list(log.marks)
    for number, (hop, samples) in enumerate(hops, start=1):
        chunk_end = number * HOP_SAMPLES
        while marks and marks[0][0] <= chunk_end:
            _, mark = marks.pop(0)
            yield from (Expected(message, chunk_end) for message in offline.receive(mark))
        yield from (Expected(message, chunk_end) for message in offline.hear(hop, samples))
        yield from (Expected(_unjudged(r), chunk_end) for r in asked if isinstance(r, JudgeWindow))
        asked.clear()


def _unjudged(request: JudgeWindow) -> Emotion:
    """A window that is to be judged; how, the model alone knows."""
    return Emotion(
        at_ms=request.end_ms,
        window_ms=request.end_ms - request.start_ms,
        line_id=request.line_id,
        arousal=None,
        valence=None,
        label=None,
        confidence=0.0,
        baseline="none",
    )


def _voice_lengths(messages: Iterable[AnyServerMessage]) -> Iterator[tuple[int, int]]:
    for message in messages:
        if isinstance(message, Voice) and message.duration_ms is not None:
            yield message.utterance, message.duration_ms
