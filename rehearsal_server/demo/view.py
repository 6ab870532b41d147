"""The demo on a terminal: who speaks, how the actor came in, and what the partner thinks of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from rehearsal_server.api.practice.sessions import SessionDetail
from rehearsal_server.protocol.codec import JSON
from rehearsal_server.protocol.server_messages import (
    Cue,
    Error,
    Event,
    Feedback,
    LineResult,
    Saved,
    ServerMessage,
    Started,
    Timing,
)
from storage.sessions import Session

Print = Callable[[str], None]


class View(Protocol):
    """Shows a rehearsal while it goes on."""

    def begin(self, title: str, started: Started) -> None:
        """Show what is rehearsed."""

    def show(self, message: ServerMessage) -> None:
        """Show what the server said."""

    def end(self, sessions: Sequence[Session], detail: SessionDetail) -> None:
        """Show what REST gives back."""


class JsonView:
    """One final event a line, as it was received."""

    def __init__(self, print_line: Print) -> None:
        self._print = print_line

    def begin(self, title: str, started: Started) -> None:
        """Print what identifies the session; its secret stays with the client."""

    def show(self, message: ServerMessage) -> None:
        """Print an event."""
        if isinstance(message, Event):
            self._print(JSON.encode(message).decode())

    def end(self, sessions: Sequence[Session], detail: SessionDetail) -> None:
        """Print the session with its performances and feedback, on a line of its own."""
        self._print(msgspec.json.encode({"type": "summary", "session": detail}).decode())


class TextView:
    """A running transcript of the rehearsal for people."""

    def __init__(self, print_line: Print) -> None:
        self._print = print_line
        self._speakers: dict[str, str] = {}
        self._width = 0

    def begin(self, title: str, started: Started) -> None:
        """Print the title and the role."""
        self._speakers = {line.line_id: line.character for line in started.lines}
        self._width = max(map(len, self._speakers.values()))
        self._print(f"{title}, scene {started.scene}; you are {started.role}\n")

    def show(self, message: ServerMessage) -> None:
        """Print what an actor would want to see; the meter and the like stay silent."""
        match message:
            case Cue(action="listen" | "speak"):
                speaker = self._speakers[message.line_id or ""]
                self._row(message.at_ms, speaker, message.text)
            case Cue(action="prompt"):
                self._row(message.at_ms, "", f"… prompt: “{message.text}”")
            case Cue(action="hold"):
                self._row(message.at_ms, "", "… holding")
            case Cue(action="scene_end"):
                self._row(message.at_ms, "", "(end of scene)")
            case Timing():
                self._row(message.end_ms, "", _timing(message))
            case LineResult(outcome="prompted" | "skipped"):
                self._row(None, "", f"line {message.outcome}")
            case Feedback():
                self._row(None, "", f"» {message.text}")
            case Error():
                self._row(None, "", f"! {message.code}: {message.message}")
            case Saved():
                self._print(f"\nsaved: {message.performances} performances")

    def end(self, sessions: Sequence[Session], detail: SessionDetail) -> None:
        """Print a table of the performances."""
        feedback = Counter(remark.performance_id for remark in detail.feedback)
        self._print(f"\nGET /v1/sessions: {len(sessions)}, this one {detail.state}")
        self._print(f"GET /v1/sessions/{detail.id}:")
        self._print(
            f"{'line':>6} {'take':>4} {'outcome':<9} {'pick-up':>8} {'length':>7}  feedback"
        )
        for one in detail.performances:
            pickup = "-" if one.pickup_ms is None else f"{one.pickup_ms} ms"
            self._print(
                f"{one.line_id:>6} {one.take:>4} {one.outcome:<9} {pickup:>8} "
                f"{one.duration_ms / 1000:>5.1f} s  {feedback[one.id]}"
            )

    def _row(self, at_ms: int | None, speaker: str, text: str) -> None:
        clock = "" if at_ms is None else f"{at_ms / 1000:.1f}s"
        self._print(f"{clock:>7}  {speaker.upper():<{self._width}}  {text}")


def _timing(timing: Timing) -> str:
    parts = [
        f"{timing.duration_ms / 1000:.1f} s",
        f"{timing.articulation_rate:.1f} syllables/s",
    ]
    if timing.pickup_ms is not None:
        estimated = ", estimated" if timing.pickup_basis == "estimated" else ""
        parts.insert(0, f"pick-up {timing.pickup_ms} ms{estimated}")
    if timing.pauses:
        lengths = ", ".join(str(p.end_ms - p.start_ms) for p in timing.pauses)
        parts.append(f"pauses of {lengths} ms")
    return "   ".join(parts)
