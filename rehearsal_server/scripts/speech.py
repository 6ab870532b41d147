"""One speech as it is written -> what is spoken, what is direction, and where."""

from __future__ import annotations

import re
from typing import NamedTuple

from rehearsal_server.scripts.emphasis import without_emphasis
from rehearsal_server.scripts.model import Parenthetical

_PARTNER = {")": "(", "]": "["}
_CUT_OFF = re.compile(r"(?:--|[—–―]|//)[\"'”’»]*$")
_OVERLAP_MARK = re.compile(r"(?:\s*//+)+$")
# "HIGGINS [in despair]. I can't": the full stop belongs to the cue.
_LEFT_BY_CUE = re.compile(r"^[.,:;]\s+")
_NO_SPACE_BEFORE = re.compile(r"[,.;:!?”’]")


class Speech(NamedTuple):
    """A speech taken apart."""

    text: str  # the spoken words only, white space collapsed
    parentheticals: tuple[Parenthetical, ...]
    interrupted: bool


def parse_speech(written: str) -> Speech:
    """Separate what is spoken from the directions in ``(...)`` and ``[...]``.

    A bracket that is never closed is no direction: it stays in the text as written.
    """
    written = without_emphasis(written)
    spoken = _Spoken()
    parentheticals = []
    position = 0
    for start, end in bracketed_spans(written):
        spoken.append(written[position:start])
        direction = " ".join(written[start + 1 : end - 1].split())
        if direction:
            parentheticals.append((direction, spoken.length))
        position = end
    spoken.append(written[position:])
    return _finish(spoken.text, parentheticals)


def is_cut_off(spoken: str) -> bool:
    """Whether a line ends in ``--``, a dash or ``//``."""
    return bool(_CUT_OFF.search(spoken))


def bracketed_spans(text: str) -> list[tuple[int, int]]:
    """Find the outermost closed brackets, ``[start, end)``, in order."""
    open_positions: list[int] = []
    spans: list[tuple[int, int]] = []
    for position, char in enumerate(text):
        if char in "([":
            open_positions.append(position)
        elif char in ")]" and any(text[p] == _PARTNER[char] for p in open_positions[-8:]):
            while text[start := open_positions.pop()] != _PARTNER[char]:
                pass
            while spans and spans[-1][0] > start:
                spans.pop()
            spans.append((start, position + 1))
    return spans


def is_direction(text: str) -> bool:
    """Whether a text is bracketed as a whole, such as ``[Enter Lane.]``."""
    text = without_emphasis(text.strip())
    return bool(text) and bracketed_spans(text) == [(0, len(text))]


class _Spoken:
    """Spoken words that grow piece by piece, one space between them."""

    def __init__(self) -> None:
        self.length = 0
        self._pieces: list[str] = []

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    def append(self, written: str) -> None:
        """Add words; no space goes before a full stop that a direction cut off."""
        words = " ".join(written.split())
        if not self._pieces:
            words = _LEFT_BY_CUE.sub("", words)
        if words and self._pieces and not _NO_SPACE_BEFORE.match(words):
            words = f" {words}"
        if words:
            self._pieces.append(words)
            self.length += len(words)


def _finish(spoken: str, parentheticals: list[tuple[str, int]]) -> Speech:
    interrupted = is_cut_off(spoken)
    text = _OVERLAP_MARK.sub("", spoken)
    placed = tuple(
        Parenthetical(text=direction, offset=_word_start(text, offset))
        for direction, offset in parentheticals
    )
    return Speech(text, placed, interrupted)


def _word_start(text: str, offset: int) -> int:
    """Move an offset past the space, to the character before which the direction stands."""
    offset = min(offset, len(text))
    return offset + 1 if text[offset : offset + 1] == " " else offset
