"""What an engine tells of its timing -> when each word sounds.

Engines speak of their own text: an event in the middle of "42", none at all for the second word
of "of the". `WordTimer` turns such marks into one complete `Word` per word of the line.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise

from rehearsal_server.voices.engine import Word
from rehearsal_server.voices.spoken import Span, SpokenText, SpokenWord


def timed_word(
    spoken: SpokenText,
    word: SpokenWord,
    start_ms: float,
    end_ms: float,
    *,
    estimated: bool = False,
) -> Word:
    """Describe a word as it is written in the line."""
    return Word(
        text=spoken.source[word.char_start : word.char_end],
        start_ms=round(start_ms),
        end_ms=round(end_ms),
        char_start=word.char_start,
        char_end=word.char_end,
        estimated=estimated,
    )


def shared_out(
    spoken: SpokenText, words: Sequence[SpokenWord], start_ms: float, end_ms: float
) -> list[Word]:
    """Share a stretch of speech among its words, by their length in letters."""
    letters = [word.end - word.start for word in words]
    ms_per_letter = (end_ms - start_ms) / sum(letters) if words else 0.0
    borders_ms = [start_ms + count * ms_per_letter for count in accumulate(letters, initial=0)]
    return [
        timed_word(spoken, word, word_start_ms, word_end_ms, estimated=True)
        for word, (word_start_ms, word_end_ms) in zip(words, pairwise(borders_ms), strict=True)
    ]


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
        self._words = spoken.words_in(passage)
        self._starts = [word.start for word in self._words]
        # The word that the last mark was in, and when it began; -1 before the first mark.
        self._open = -1
        self._open_since_ms = begin_ms
        # Where the voice paused after that mark, if it did.
        self._paused_ms: float | None = None

    def word_begins(self, char: int, at_ms: float) -> list[Word]:
        """The engine begins what stands at `char` of ``spoken.text``; returns complete words."""
        index = self._word_at(char)
        if index == len(self._words):
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
        return self._complete(len(self._words), at_ms)

    def _word_at(self, char: int) -> int:
        index = bisect_right(self._starts, char) - 1
        is_past_it = index >= 0 and char >= self._words[index].end
        return max(index, 0) + is_past_it

    def _complete(self, index: int, at_ms: float) -> list[Word]:
        """Close all words before `index` and open that one."""
        now_ms = self._begin_ms + at_ms
        begin_ms, end_ms = self._open_since_ms, self._paused_ms or now_ms
        words = self._words[max(self._open, 0) : index]
        is_told = len(words) == 1 and self._open >= 0
        self._open, self._open_since_ms = index, now_ms
        if is_told:
            return [timed_word(self._spoken, words[0], begin_ms, end_ms)]
        return shared_out(self._spoken, words, begin_ms, end_ms)
