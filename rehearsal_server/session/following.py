"""Where in the line the actor is: the seam for a script follower.

Until a recogniser listens to the words, the position is estimated from how long the actor has
spoken, at their own pace. Its confidence says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from rehearsal_server.scripts.durations import expected_phonation_ms
from rehearsal_server.scripts.syllables import syllables
from rehearsal_server.scripts.words import words
from rehearsal_server.session.intervals import Span, total_ms


@dataclass(frozen=True)
class Position:
    """How much of a line is said."""

    words_said: int
    words: int
    # Share of the line, finer than whole words; may pass 1 for a slow speaker.
    fraction: float
    confidence: float


class Follower(Protocol):
    """Follows one actor through the lines of a scene."""

    engine: str

    def begin_line(self, text: str) -> None:
        """The actor is about to say `text`."""

    def position(self, speech: list[Span]) -> Position:
        """Where in the line the actor is, having spoken during `speech`."""

    def end_line(self, speech: list[Span], *, complete: bool) -> None:
        """The line is over; `complete` if all of it was said without help."""


class PaceFollower:
    """Estimates the position from speaking time and the actor's own pace.

    The pace is the actor's speaking time over the expected one, learned from complete lines by
    exponential smoothing and bounded, so that one odd line cannot spoil the next.
    """

    engine = "pace"
    _SMOOTHING = 0.4
    _SLOWEST, _FASTEST = 2.0, 0.5
    # A position from timing alone never deserves more.
    _CONFIDENCE = 0.4

    def __init__(self) -> None:
        self._pace = 1.0
        self._expected_ms = 1
        self._words = 0

    def begin_line(self, text: str) -> None:
        """The actor is about to say `text`."""
        self._expected_ms = max(1, expected_phonation_ms(syllables(text)))
        self._words = len(words(text))

    def position(self, speech: list[Span]) -> Position:
        """Where in the line the actor is, having spoken during `speech`."""
        fraction = total_ms(speech) / (self._expected_ms * self._pace)
        said = min(self._words, round(fraction * self._words))
        return Position(said, self._words, fraction, self._CONFIDENCE if speech else 1.0)

    def end_line(self, speech: list[Span], *, complete: bool) -> None:
        """Learn the pace from a complete line."""
        if not complete:
            return
        measured = total_ms(speech) / self._expected_ms
        bounded = min(self._SLOWEST, max(self._FASTEST, measured))
        self._pace += self._SMOOTHING * (bounded - self._pace)
