"""From what the acoustic follower heard of a line to the position that is told and acted upon."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Collection

from models.acoustic.front_end import LATENCY_MS
from models.following.heard import NO_WORD, WordHeard
from rehearsal_server.session.following import HeardEnd, Position
from rehearsal_server.session.words_heard import WordsHeard

# A position that moves by more words than this, or back, is believed once two of three readings
# agree. They are taken this many hops apart, so that one sound cannot make them agree.
LARGE_JUMP_WORDS = 3
_READING_HOPS = 3
_READINGS = 3
_AGREEING = 2
# A word that fits worse than the first (nats a frame, re any speech) was not clearly said, worse
# than the other not surely. The words of learners fit at 0.2 in the median, of those with the
# strongest accent at -1.5.
_CLEAR_FIT = -1.5
SURE_FIT = -2.5
# Words by which the confidence is judged.
_CONFIDENCE_WORDS = 3


class WordPosition:
    """The position of one actor in one line."""

    def __init__(self, words: int) -> None:
        self._count = words
        self._heard: WordsHeard | None = None
        # The words on the best path.
        self.words: tuple[WordHeard, ...] = ()
        self._readings: deque[int] = deque(maxlen=(_READINGS - 1) * _READING_HOPS + 1)
        self._said = 0

    @property
    def words_said(self) -> int:
        """How many words are behind."""
        return self._said

    def hear(self, heard: WordsHeard) -> None:
        """Take in what was heard by the end of a hop."""
        if not self.words and not heard.words and heard.word == NO_WORD:
            return  # nothing yet
        self._heard = heard
        if heard.words or heard.kept < len(self.words):
            self.words = (*self.words[: heard.kept], *heard.words)
        reading = self._reading(heard)
        self._readings.append(reading)
        is_step = 0 <= reading - self._said <= LARGE_JUMP_WORDS
        if is_step or self._agree_on(reading):
            self._said = reading

    def position(self) -> Position:
        """Where the actor is."""
        sure = self._fitting(_CLEAR_FIT)
        return Position(
            words_said=self._said,
            words=self._count,
            fraction=self._said / self._count,
            confidence=self._confidence(),
            end=self._end(),
            heard_share=len(sure) / self._count,
        )

    def first_missed(self, given: Collection[int]) -> int | None:
        """The first word behind the actor that was not surely said, nor `given` to them."""
        known = self._fitting(SURE_FIT).union(given)
        return next((word for word in range(self._said) if word not in known), None)

    def _fitting(self, least_fit: float) -> set[int]:
        return {word.word for word in self.words if word.fit > least_fit}

    def _reading(self, heard: WordsHeard) -> int:
        """How many words are behind, as heard by this hop alone."""
        if heard.word != NO_WORD:
            return heard.word + int(heard.is_late)
        return self.words[-1].word + 1 if self.words else 0

    def _end(self) -> HeardEnd | None:
        heard = self._heard
        if heard is None or not self.words or self._said < self._count:
            return None
        if heard.boundary != self._count or self.words[-1].word != self._count - 1:
            return None
        last = self.words[-1]
        silent_ms = max(0, heard.end_ms - LATENCY_MS - last.end_ms) if heard.is_silent else 0
        before_last = (word.word for word in self.words if word.fit > SURE_FIT)
        is_joined = self._count == 1 or self._count - 2 in before_last
        return HeardEnd(silent_ms, last.fit, is_joined)

    def _confidence(self) -> float:
        last = self.words[-_CONFIDENCE_WORDS:]
        if not last:
            return 1.0 if self._said == 0 else 0.5
        return sum(1 / (1 + math.exp(_CLEAR_FIT - word.fit)) for word in last) / len(last)

    def _agree_on(self, reading: int) -> bool:
        """Whether enough of the last readings, apart from each other, say the same."""
        apart = list(self._readings)[::-1][::_READING_HOPS]
        return sum(abs(other - reading) <= 1 for other in apart) >= _AGREEING
