"""Where in the line the actor is, by its words or, where these can't be followed, by pace."""

from __future__ import annotations

from dataclasses import dataclass

from rehearsal_server.scripts.durations import expected_phonation_ms
from rehearsal_server.scripts.syllables import syllables
from rehearsal_server.scripts.words import words
from rehearsal_server.session.intervals import Span, total_ms


@dataclass(frozen=True)
class HeardEnd:
    """The last word of the line was heard, and nothing since."""

    silent_ms: int
    # How well the last word fits (nats a frame, re any speech), and whether the one before it
    # was heard too.
    fit: float
    is_joined: bool


@dataclass(frozen=True)
class Position:
    """How much of a line is said."""

    words_said: int
    words: int
    # Share of the line, finer than whole words; may pass 1 for a slow speaker.
    fraction: float
    confidence: float
    # By the words: how the line's end was heard. None where words are left, or not followed.
    end: HeardEnd | None = None
    # By the words: share of the line's words that were heard. None where they are not followed.
    heard_share: float | None = None


class PaceFollower:
    """Estimates the position from speaking time and the actor's own pace.

    The pace is the actor's speaking time over the expected one, learned from complete lines by
    exponential smoothing and bounded, so that one odd line cannot spoil the next.
    """

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
