"""Takes made of words, one every 300 ms."""

from __future__ import annotations

from collections.abc import Collection

from rehearsal_server.scripts.words import words
from rehearsal_server.wording.alignment import HeardWord, align
from rehearsal_server.wording.miscues import Wording, judge_wording

WORD_MS = 300


def heard(text: str) -> list[HeardWord]:
    return [
        HeardWord(word, WORD_MS * index, WORD_MS * (index + 1))
        for index, word in enumerate(text.split())
    ]


def take(text: str, said: str, prompted: Collection[int] = ()) -> Wording:
    return judge_wording(text, align(text, heard(said)), prompted)


def outcomes(wording: Wording) -> str:
    """One letter a word: said, omitted, x for substituted, prompted."""
    letters = {"said": "s", "omitted": "o", "substituted": "x", "prompted": "p"}
    return "".join(letters[word.outcome] for word in wording.words)


def plainly(text: str) -> str:
    """The words of a line as a recogniser would give them."""
    return " ".join(word.text.lower() for word in words(text))
