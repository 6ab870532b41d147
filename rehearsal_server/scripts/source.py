"""The uploaded text as numbered lines."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

# Only what an editor counts as a line end. `str.splitlines` also splits at form feeds and the
# Unicode separators, and the line numbers in our notices would no longer match the editor's.
_LINE_END = re.compile(r"\r\n|\r|\n")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029\ufeff]")


class SourceLine(NamedTuple):
    """One line of the uploaded text."""

    number: int  # 1-based
    text: str  # without its line end; trailing blanks kept, Fountain gives them a meaning

    @property
    def stripped(self) -> str:
        """The text without the white space around it."""
        return self.text.strip()

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to see on the line."""
        return not self.stripped


def numbered(text: str) -> tuple[SourceLine, ...]:
    """Split a text into lines; control characters (a form feed, say) become spaces."""
    return tuple(
        SourceLine(number, _CONTROL.sub(" ", line))
        for number, line in enumerate(_LINE_END.split(text), start=1)
    )


def joined(lines: Iterable[SourceLine]) -> str:
    """Put lines back together as one paragraph, white space collapsed."""
    return " ".join(" ".join(line.text for line in lines).split())
