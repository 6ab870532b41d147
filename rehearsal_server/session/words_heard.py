"""What the session core is told of a line's words, hop by hop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from models.following.heard import Heard, WordHeard


class WordsHeard(NamedTuple):
    """What was heard of a line by the end of a hop: as `Heard`, told as a change.

    Attributes
    ----------
    end_ms : int
    kept : int
        How many of the words told before still hold.
    words : tuple of WordHeard
        Those that follow them.
    word, is_late, boundary, is_silent
        See `Heard`.
    """

    end_ms: int
    kept: int
    words: tuple[WordHeard, ...]
    word: int
    is_late: bool
    boundary: int
    is_silent: bool


def as_change(told: Sequence[WordHeard], heard: Heard) -> WordsHeard:
    """Tell what was heard to somebody who was told of some words already."""
    kept = 0
    if told is heard.words:
        kept = len(told)
    else:
        while kept < min(len(told), len(heard.words)) and told[kept] == heard.words[kept]:
            kept += 1
    return WordsHeard(
        heard.end_ms,
        kept,
        heard.words[kept:],
        heard.word,
        heard.is_late,
        heard.boundary,
        heard.is_silent,
    )
