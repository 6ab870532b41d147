"""A passage as espeak-ng takes it: plain, or SSML where words are emphasised."""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

from rehearsal_server.voices.spoken import Span, SpokenText

_OPEN = '<emphasis level="strong">'
_CLOSE = "</emphasis>"


class Markup(NamedTuple):
    """Text for the library, and the way back to the text that was spoken of."""

    text: str
    is_ssml: bool
    # Where each stretch of plain characters begins here and in `SpokenText.text`.
    stretches: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, spoken: SpokenText, passage: Span) -> Markup:
        """Mark up the emphasised words of a passage.

        Prepared text holds no ``<`` and no ``&``, so nothing needs to be escaped.
        """
        start, end = passage
        emphasised = [w for w in spoken.emphasised if start <= w[0] and w[1] <= end]
        text, position = "", start
        stretches = []
        for word_start, word_end in emphasised:
            stretches.append((len(text), position))
            text += spoken.text[position:word_start] + _OPEN
            stretches.append((len(text), word_start))
            text += spoken.text[word_start:word_end] + _CLOSE
            position = word_end
        stretches.append((len(text), position))
        return cls(text + spoken.text[position:end], bool(emphasised), tuple(stretches))

    def in_text(self, char: int) -> int:
        """Where in ``SpokenText.text`` the character stands that is at `char` here."""
        here, there = self.stretches[max(0, bisect_right(self.stretches, (char, 1 << 62)) - 1)]
        return there + char - here
