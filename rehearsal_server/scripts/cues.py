"""How the layouts of a play name who speaks: ``Name: line``, ``NAME.  line``, ``NAME`` alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from rehearsal_server.scripts.emphasis import without_emphasis
from rehearsal_server.scripts.headings import is_entrance, is_label
from rehearsal_server.scripts.names import SMALL_WORDS, name_key, split_cue
from rehearsal_server.scripts.source import SourceLine

_DIRECTIONS = r"(?:\s*(?:\([^()\n]{0,400}\)|\[[^\[\]\n]{0,400}\]))*"
_COLON = re.compile(rf"(?P<cue>[^:：()\[\]]{{1,60}}{_DIRECTIONS})\s*[:：](?!//)\s*(?P<rest>.*)")
# "DR. CHASUBLE.  Yes." is called Dr. Chasuble, not Dr.
_TITLE = r"(?:MRS?|MS|DR|ST|SR|JR|REV|PROF|CAPT|SGT|LT|COL|GEN|HON|MME|MLLE|M)\."
_BARE_TITLE = re.compile(_TITLE.replace(r"\.", r"\.?"))
_CAPITALS = r"[^\W\d_a-z][^\s.:()\[\]]*"
_WORD = rf"(?:{_TITLE}|{_CAPITALS}|\d+(?:ST|ND|RD|TH)?|&)"
_NAME = rf"{_WORD}(?:\s(?:and\s)?{_WORD}){{0,5}}"
_PERIOD = re.compile(rf"(?P<cue>{_NAME}{_DIRECTIONS})\s*\.(?:[—–]\s*|\s+|$)(?P<rest>.*)")
_SMALL_LETTERS = re.compile(
    rf"(?P<cue>(?:{_TITLE}\s)?[^\W\d_][^.:()\[\]]{{0,40}}{_DIRECTIONS})\s*\.(?:[—–]\s*|\s+)(?P<rest>\S.*)",
    re.IGNORECASE,
)
_DIRECTION_ONLY = re.compile(rf"(?P<cue>{_NAME}(?=\s*[(\[]){_DIRECTIONS})\s+(?P<rest>[^\s(\[].*)")
_OPEN_DIRECTION = re.compile(
    rf"(?P<cue>{_NAME})\s+(?P<rest>[(\[][^)\]]+)"
)  # closed on a later line
_SENTENCE_MARKS = re.compile(r"[!?;,…\"“”<>=*\\|{}]|\.\.")
_LONGEST_NAME = 40
_LONGEST_CUE = 250  # with directions in it
_MOST_WORDS = 6
_OFTEN = 3
_SHARE_OF_PARAGRAPHS = 1 / 3


class Cue(NamedTuple):
    """The start of a speech."""

    name: str  # with the directions in it, "ALGERNON (languidly)"
    speech: str  # what follows on the same line, perhaps nothing


# Given a paragraph and a row of it: the cue that stands there, if one does.
CueMatcher = Callable[[Sequence[SourceLine], int], Cue | None]


def colon_cue(line: str) -> Cue | None:
    """Recognise ``Lady Bracknell (icily): A handbag?``."""
    match = _COLON.fullmatch(line.strip())
    if not match or not _is_name(split_cue(match["cue"])[0]):
        return None
    return Cue(match["cue"].strip(), match["rest"])


def period_cue(line: str) -> Cue | None:
    """Recognise ``LADY BRACKNELL.  A handbag?`` and ``LADY BRACKNELL [Icily.]  A handbag?``."""
    for form in (_PERIOD, _DIRECTION_ONLY, _OPEN_DIRECTION):
        match = form.fullmatch(line.strip())
        if match and _is_capital_name(split_cue(match["cue"])[0]):
            return Cue(match["cue"].strip(), match["rest"])
    return None


def own_line_cue(line: str) -> Cue | None:
    """Recognise a name in capitals that has a line to itself, ``LADY BRACKNELL``."""
    stripped = line.strip()
    if len(stripped) > _LONGEST_CUE or stripped.startswith(("(", "[")):
        return None
    return Cue(stripped, "") if _is_capital_name(split_cue(stripped)[0]) else None


def name_colon_matcher(_lines: Sequence[SourceLine]) -> CueMatcher:
    """Make the matcher of ``Name: line`` texts."""

    def match(paragraph: Sequence[SourceLine], row: int) -> Cue | None:
        return colon_cue(paragraph[row].text)

    return match


def stage_matcher(lines: Sequence[SourceLine]) -> CueMatcher:
    """Make the matcher of stage editions.

    A line in capitals inside a paragraph can be somebody shouting; it is a cue only if the same
    name stands on a line of its own elsewhere too. ``Nora.  Yes.`` is a cue only in a text that is
    laid out so throughout.
    """
    in_small_letters = small_letter_names(lines)
    alone = Counter(_key(cue) for line in lines if (cue := own_line_cue(line.text)))

    def match(paragraph: Sequence[SourceLine], row: int) -> Cue | None:
        line = paragraph[row].text
        if cue := period_cue(line) or _capital_colon_cue(line):
            return cue
        if row == 0 and (small := _small_letter_cue(line)) and _key(small) in in_small_letters:
            return small
        cue = own_line_cue(line) if row + 1 < len(paragraph) else None
        if cue and (row == 0 or alone[_key(cue)] > 1):
            return cue
        return None

    return match


def small_letter_names(lines: Sequence[SourceLine]) -> frozenset[str]:
    """Find the names of a text that is laid out as ``Nora.  Yes.``, as keys; none in any other.

    One such paragraph can be a sentence, ``Never. He left.``. Names come back: those that begin
    three paragraphs or more must begin a third of them all.
    """
    starts = [
        line.text
        for row, line in enumerate(lines)
        if not line.is_blank and (row == 0 or lines[row - 1].is_blank)
    ]
    counts = Counter(_key(cue) for text in starts if (cue := _small_letter_cue(text)))
    by_names = sum(count for count in counts.values() if count >= _OFTEN)
    if by_names < len(starts) * _SHARE_OF_PARAGRAPHS:
        return frozenset()
    return frozenset(key for key, count in counts.items() if count > 1)


def _small_letter_cue(line: str) -> Cue | None:
    match = _SMALL_LETTERS.fullmatch(without_emphasis(line.strip()))
    if not match or is_entrance(line) or not _is_name(split_cue(match["cue"])[0]):
        return None
    return Cue(match["cue"].strip(), match["rest"])


def _key(cue: Cue) -> str:
    return name_key(split_cue(cue.name)[0])


def _capital_colon_cue(line: str) -> Cue | None:
    """Recognise ``LADY BRACKNELL: A handbag?``."""
    cue = colon_cue(line)
    return cue if cue and _is_capital_name(split_cue(cue.name)[0]) else None


def _is_capital_name(name: str) -> bool:
    letters = sum(c.isalpha() for c in name)
    in_capitals = name.replace(" and ", " ") == name.replace(" and ", " ").upper()
    is_title_only = _BARE_TITLE.fullmatch(name) is not None
    return in_capitals and letters > 1 and not is_title_only and _is_name(name)


def _is_name(name: str) -> bool:
    """Whether a text can be what a person is called: a few capitalised words."""
    words = name.split()
    return (
        0 < len(words) <= _MOST_WORDS
        and len(name) <= _LONGEST_NAME
        and any(c.isalpha() for c in name)
        and not _SENTENCE_MARKS.search(name)
        and not is_label(name)
        and not words[0][0].islower()
        and not any(word[0].islower() and word not in SMALL_WORDS for word in words)
    )
