"""Run a recorded session again, without a network, and compare what comes out with what did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from models.card import ModelAbsent
from rehearsal_server.audio_files import read_frames
from rehearsal_server.following.offline import OfflineListener, prepare_listener
from rehearsal_server.offline import OfflineSession
from rehearsal_server.protocol.client_messages import ClientMessage, Start
from rehearsal_server.protocol.codec import JSON
from rehearsal_server.protocol.server_messages import (
    Event,
    Feedback,
    Following,
    Pronunciation,
    Saved,
    ServerMessage,
    Transcript,
    Voice,
)
from rehearsal_server.scripts.model import Script
from rehearsal_server.session import delivery_coaching
from rehearsal_server.session.requests import Speak
from rehearsal_server.session.session import Session, SessionPlan

_CHUNK_MS = 20


class RecordingError(ValueError):
    """The folder does not hold a whole recording; the message says what is missing."""


class _Sent(msgspec.Struct, frozen=True):
    position: int
    message: msgspec.Raw


@dataclass(frozen=True)
class Recording:
    """A session as its client kept it; see `rehearsal_server.client.recording`."""

    start: Start
    plan: SessionPlan
    microphone: bytes
    sent: tuple[tuple[int, ClientMessage], ...]
    events: tuple[ServerMessage, ...]
    voices: tuple[Voice, ...]

    def inputs(self) -> Iterator[bytes | ClientMessage]:
        """Audio and messages, in the order in which they were sent."""
        frame_bytes = self.start.audio.frame_bytes
        step = self.start.audio.sample_rate * _CHUNK_MS // 1000
        end = len(self.microphone) // frame_bytes
        stops = sorted({*range(step, end, step), end, *(position for position, _ in self.sent)})
        pending, position = list(self.sent), 0
        for stop in stops:
            yield self.microphone[position * frame_bytes : stop * frame_bytes]
            position = stop
            while pending and pending[0][0] == stop:
                yield pending.pop(0)[1]

    def voice_length_ms(self, request: Speak) -> int | None:
        """How long an utterance was; 0 if it failed, None if it was cut off before its end."""
        for voice in self.voices:
            if voice.utterance == request.utterance and voice.state == "complete":
                return voice.duration_ms
            if voice.utterance == request.utterance and voice.state == "failed":
                return 0
        return None


def read_recording(folder: Path) -> Recording:
    """Read a recording.

    Raises
    ------
    RecordingError
        A file is missing or is not what it should be.
    """
    try:
        start = msgspec.json.decode((folder / "start.json").read_bytes(), type=Start)
        script = msgspec.json.decode((folder / "script.json").read_bytes(), type=Script)
        sent = [msgspec.json.decode(line, type=_Sent) for line in _lines(folder / "messages.jsonl")]
        return Recording(
            start=start,
            plan=_plan(start, script),
            microphone=read_frames(folder / "microphone.wav", start.audio),
            sent=tuple((s.position, JSON.decode_client(bytes(s.message))) for s in sent),
            events=tuple(JSON.decode_server(line) for line in _lines(folder / "events.jsonl")),
            voices=tuple(_voices(folder / "voices.jsonl")),
        )
    except (OSError, ValueError) as error:
        raise RecordingError(f"{folder} is not a whole recording: {error}") from None


def replay(recording: Recording) -> list[Event]:
    """The final events that the recorded audio and messages give now; `saved` is the server's.

    Raises
    ------
    RecordingError
        The words of the lines were followed, and that can't be done here; the message says why.
    """
    listener = _listener(recording)
    plan = replace(recording.plan, followed_lines=listener.followed_lines if listener else ())
    offline = OfflineSession(
        Session(plan),
        recording.start.audio,
        recording.voice_length_ms,
        tuple(e for e in recording.events if isinstance(e, Event) and _came_beside(e)),
        listener,
        {e.at_ms: e.reason for e in recording.events if isinstance(e, Following) and e.reason},
    )
    return [m for m in offline.run(recording.inputs()) if isinstance(m, Event)]


def _listener(recording: Recording) -> OfflineListener | None:
    """What follows the words, if they were followed then."""
    if not any(isinstance(e, Following) and e.state == "words" for e in recording.events):
        return None
    plan = recording.plan
    try:
        return prepare_listener(plan.scene, plan.role, plan.options.language)
    except ModelAbsent as absence:
        raise RecordingError(f"its words were followed: {absence}") from None


def differences(recording: Recording, replayed: list[Event]) -> list[str]:
    """What came out otherwise than it was recorded, processing times aside; empty if nothing."""
    then = [_comparable(m) for m in recording.events if not isinstance(m, Saved)]
    now = [_comparable(m) for m in replayed]
    changed = [f"was {a}\nnow {b}" for a, b in zip(then, now, strict=False) if a != b]
    missing = [f"was {event}, now missing" for event in then[len(now) :]]
    added = [f"now {event}, was not there" for event in now[len(then) :]]
    return changed + missing + added


def _comparable(message: ServerMessage) -> str:
    assert isinstance(message, Event), "only events are recorded"
    return JSON.encode(msgspec.structs.replace(message, proc_ms=0.0)).decode()


def _came_beside(event: Event) -> bool:
    """Whether another engine decided it, in its own time: no samples give it again."""
    is_judgement = isinstance(event, Feedback) and event.code in delivery_coaching.CODES
    return is_judgement or isinstance(event, Transcript | Pronunciation)


def _plan(start: Start, script: Script) -> SessionPlan:
    scene = next(s for s in script.scenes if s.id == start.scene or (not start.scene and s.lines))
    return SessionPlan(scene=scene, role=start.role, options=start.options)


def _voices(path: Path) -> Iterator[Voice]:
    for line in _lines(path):
        message = JSON.decode_server(line)
        if isinstance(message, Voice):
            yield message


def _lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines()
