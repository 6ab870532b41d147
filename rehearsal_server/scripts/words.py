"""The spoken words of a line and where they stand in it."""

from __future__ import annotations

import re
from typing import NamedTuple

_LETTERS = r"(?:[^\W\d_][\u0300-\u036f]*)+"  # a letter may carry combining accents
# A leading apostrophe belongs to these words; before any other it is an opening quote.
_ELIDED = (
    r"(?<!\w)['’](?:tis|twas|twere|twill|twould|em|cause|til|till|bout|round|neath|gainst|n)\b"
)
_WORD = re.compile(
    rf"""
      (?:[^\W\d_]\.){{2,}}                           # initials: J.P.
    | \d+(?:[.,:]\d+)*(?:{_LETTERS}|%)?             # 1895, 7.15, 1,000, 21st, 50%
    | {_ELIDED}
    | {_LETTERS}(?:['’]{_LETTERS})*                  # don't, o'clock; a hyphen parts words
    | &
    """,
    re.VERBOSE | re.IGNORECASE,
)


class Word(NamedTuple):
    """A word that is spoken."""

    text: str  # as written, without punctuation
    start: int  # offset of its first character
    end: int  # offset after its last


def words(text: str) -> tuple[Word, ...]:
    """Find the spoken words of a line.

    Hyphens and dashes part words (``old-fashioned`` is spoken as two), apostrophes do not
    (``don't``, ``’tis``). Numbers are one word each, whatever they are read as. Punctuation and
    ellipses belong to no word.
    """
    return tuple(Word(match[0], *match.span()) for match in _WORD.finditer(text))
