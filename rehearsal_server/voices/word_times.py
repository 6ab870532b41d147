"""What an engine tells of its timing -> when each word sounds.

Engines speak of their own text: an event in the middle of "42", none at all for the second word
of "of the". `WordTimer` turns such marks into one complete `Word` per word of the line.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from rehearsal_server.voices.engine import Word
from rehearsal_server.voices.spoken import Span, SpokenText


def timed_word(
    spoken: SpokenText, span: Span, start_ms: float, end_ms: float, *, estimated: bool = False
) -> Word:
    """Describe the word at `span` of ``spoken.text`` by how it is written in the line."""
    char_start, char_end = spoken.in_source(span)
    return Word(
        text=spoken.source[char_start:char_end],
        start_ms=round(start_ms),
        end_ms=round(end_ms),
        char_start=char_start,
        char_end=char_end,
        estimated=estimated,
    )


def shared_out(
    spoken: SpokenText,
    spans: Sequence[Span],
    start_ms: float,
    end_ms: float,
    weights: Sequence[float] | None = None,
) -> list[Word]:
    """Share a stretch of speech among its words, by their length in letters or by `weights`."""
    shares = [b - a for a, b in spans] if weights is None else weights
    ms_per_share = (end_ms - start_ms) / sum(shares) if spans else 0.0
    words = []
    for span, share in zip(spans, shares, strict=True):
        word_end_ms = start_ms + share * ms_per_share
        words.append(timed_word(spoken, span, start_ms, word_end_ms, estimated=True))
        start_ms = word_end_ms
    return words


class WordTimer:
    """Follows an engine through one passage and gives out words as they are complete.

    Parameters
    ----------
    spoken : SpokenText
    passage : (int, int)
        The span of ``spoken.text`` that the engine was given.
    begin_ms : float
        When the passage begins in the utterance; added to all that the engine says.
    """

    def __init__(self, spoken: SpokenText, passage: Span, begin_ms: float) -> None:
        self._spoken = spoken
        self._begin_ms = begin_ms
        self._spans = [w for w in spoken.words if passage[0] <= w[0] and w[1] <= passage[1]]
        self._starts = [a for a, _ in self._spans]
        # The word that the last mark was in, and when it began; -1 before the first mark.
        self._open = -1
        self._open_since_ms = begin_ms
        # Where the voice paused after that mark, if it did.
        self._paused_ms: float | None = None

    def word_begins(self, char: int, at_ms: float) -> list[Word]:
        """The engine begins what stands at `char` of ``spoken.text``; returns complete words."""
        index = self._word_at(char)
        if index == len(self._spans):
            return []
        completed = self._complete(index, at_ms) if index > self._open else []
        self._paused_ms = None
        return completed

    def pause_begins(self, at_ms: float) -> None:
        """The engine is silent from here to the next mark."""
        if self._paused_ms is None:
            self._paused_ms = self._begin_ms + at_ms

    def finish(self, at_ms: float) -> list[Word]:
        """The passage is over; returns the words that were still open."""
        return self._complete(len(self._spans), at_ms)

    def _word_at(self, char: int) -> int:
        index = bisect_right(self._starts, char) - 1
        is_past_it = index >= 0 and char >= self._spans[index][1]
        return max(index, 0) + is_past_it

    def _complete(self, index: int, at_ms: float) -> list[Word]:
        """Close all words before `index` and open that one."""
        now_ms = self._begin_ms + at_ms
        begin_ms, end_ms = self._open_since_ms, self._paused_ms or now_ms
        spans = self._spans[max(self._open, 0) : index]
        is_told = len(spans) == 1 and self._open >= 0
        self._open, self._open_since_ms = index, now_ms
        if is_told:
            return [timed_word(self._spoken, spans[0], begin_ms, end_ms)]
        return shared_out(self._spoken, spans, begin_ms, end_ms)
