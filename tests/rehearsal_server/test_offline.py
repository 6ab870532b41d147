"""However the audio was cut, the same events: principle 1 of the design."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from itertools import cycle

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from rehearsal_server.audio_files import resample
from rehearsal_server.offline import OfflineSession
from rehearsal_server.protocol.client_messages import ClientMessage, Playback, Stop
from rehearsal_server.protocol.fields import AudioFormat, Options
from rehearsal_server.protocol.server_messages import (
    Event,
    Feedback,
    LineResult,
    ServerMessage,
    Timing,
)
from rehearsal_server.scripts.parse import parse_script
from rehearsal_server.session.requests import Speak
from rehearsal_server.session.session import Session, SessionPlan
from rehearsal_server.voices.engine import VoiceSpec
from rehearsal_server.voices.espeak.engine import EspeakEngine
from rehearsal_server.voices.spoken import spoken_text
from tests.shared_data import shared_data

RATE_HZ = 16_000
VOICE_MS = 900
SCENE = """\
Anna: Was he a good man?
Ben: He was not an ill disposed young man.
Anna: And his sister?
Ben: He was not an ill disposed young man.
"""
Pcm = npt.NDArray[np.int16]


async def synthesise(text: str) -> Pcm:
    """A line spoken by espeak-ng, at the microphone's rate."""
    engine = EspeakEngine()
    try:
        await engine.status()
        spec = VoiceSpec(engine=engine.name, voice="en-us")
        chunks = [chunk async for chunk in engine.synthesize(spoken_text(text), spec)]
    finally:
        await engine.aclose()
    pcm = np.frombuffer(b"".join(chunk.pcm for chunk in chunks), "<i2")
    samples = resample(pcm.astype(np.float32), chunks[0].sample_rate, RATE_HZ)
    return np.asarray(samples, np.int16)


def room(seconds: float) -> Pcm:
    noise = np.random.default_rng(11).normal(0, 12, round(seconds * RATE_HZ))
    return np.asarray(noise, np.int16)


def take(line: Pcm) -> Pcm:
    """A whole microphone stream: two cues listened to, two lines spoken."""
    return np.concatenate([room(1.2), line, room(2.6), line, room(1.5)])


def marks(line: Pcm) -> list[tuple[int, ClientMessage]]:
    """What the client says, and after how many samples: both cue lines end 200 ms before speech."""
    first_end, second_end = 1000, round(1200 + 1000 * len(line) / RATE_HZ + 2400)
    heard = [
        mark
        for utterance, end_ms in ((1, first_end), (2, second_end))
        for mark in (
            Playback(utterance=utterance, state="started", at_ms=end_ms - VOICE_MS),
            Playback(utterance=utterance, state="ended", at_ms=end_ms),
        )
    ]
    return [(mark.at_ms * RATE_HZ // 1000 + 160, mark) for mark in heard]


def cut(
    audio: Pcm, messages: list[tuple[int, ClientMessage]], sizes: Iterable[int]
) -> Iterator[bytes | ClientMessage]:
    """The stream in chunks of `sizes` samples, broken where a message stands."""
    position, pending = 0, list(messages)
    for size in sizes:
        end = min(position + size, len(audio))
        while pending and pending[0][0] <= end:
            at, message = pending.pop(0)
            yield audio[position:at].tobytes()
            yield message
            position = at
        yield audio[position:end].tobytes()
        position = end
        if position == len(audio):
            break
    yield Stop()


def run(line: Pcm, sizes: Iterable[int], beside: tuple[Event, ...] = ()) -> list[ServerMessage]:
    plan = SessionPlan(
        scene=parse_script(SCENE, format="name_colon").scenes[0],
        role="Ben",
        options=Options(headphones=True),
    )
    audio = AudioFormat(sample_rate=RATE_HZ)
    offline = OfflineSession(Session(plan), audio, _voice_length_ms, beside)
    return [
        message
        for message in offline.run(cut(take(line), marks(line), sizes))
        if isinstance(message, Event)
    ]


def _voice_length_ms(_: Speak) -> int:
    return VOICE_MS


def check_the_scene_was_played(events: list[ServerMessage]) -> None:
    assert [e.outcome for e in events if isinstance(e, LineResult)] == ["spoken", "spoken"]
    pickups = [e.pickup_ms for e in events if isinstance(e, Timing)]
    assert all(p is not None and 100 <= p <= 500 for p in pickups), pickups


LINE = asyncio.run(synthesise("He was not an ill disposed young man."))
REFERENCE = run(LINE, cycle([320]))


def test_the_reference_take_is_a_whole_scene() -> None:
    check_the_scene_was_played(REFERENCE)


@pytest.mark.parametrize("chunk_ms", [10, 37, 200])
def test_chunk_length_changes_no_event(chunk_ms: int) -> None:
    assert run(LINE, cycle([chunk_ms * RATE_HZ // 1000])) == REFERENCE


def test_a_remark_that_another_engine_gave_is_told_where_its_number_is_due() -> None:
    said = Feedback(
        event=4, line_id="L2", code="direction_missed", severity="notice", text="", evidence=()
    )
    events = run(LINE, cycle([320]), beside=(said,))
    assert events[3] == said
    assert [e.event for e in events if isinstance(e, Event)] == list(range(1, len(REFERENCE) + 2))
    others = [e for e in events if e != said]
    assert [type(e) for e in others] == [type(e) for e in REFERENCE]


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(1, 4000), min_size=1, max_size=20))
def test_any_cutting_gives_the_same_events(sizes: list[int]) -> None:
    assert run(LINE, cycle(sizes)) == REFERENCE


def test_real_speech_in_any_chunks_gives_the_same_events() -> None:
    line, rate_hz = soundfile.read(shared_data("austen/0880.flac"), dtype="int16")
    assert rate_hz == RATE_HZ
    by_chunk = [run(line, cycle([ms * RATE_HZ // 1000])) for ms in (10, 20, 37, 200)]
    check_the_scene_was_played(by_chunk[0])
    assert all(events == by_chunk[0] for events in by_chunk[1:])
