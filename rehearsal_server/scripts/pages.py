"""Printed pages -> one flowing text: no page numbers, no running heads, no broken speeches."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

_PAGE_NUMBER = re.compile(r"\W*(?:page\s+)?\d{1,4}\W*(?:of\s+\d{1,4}\W*)?", re.IGNORECASE)
_MORE = re.compile(r"\(?\s*more\s*\)?", re.IGNORECASE)
_CONTINUED = re.compile(r"\(?\s*continued\s*\)?:?", re.IGNORECASE)
_CONTINUED_CUE = re.compile(r".{1,60}\(\s*cont(?:[’']?d|inued)\.?\s*\)", re.IGNORECASE)
_OPEN_END = re.compile(r"[^.!?…:)\]\"”’—–-]\s*$")
_SMALL_START = re.compile(r"\s*[a-zà-ÿ]")
_MOST_PAPER_LINES = 3  # at each end of a page
_RUNNING_HEAD_SHARE = 0.5
_FEWEST_PAGES_FOR_HEAD = 3
_FEWEST_LINES_FOR_SPACING = 20
_DOUBLE_SPACED_SHARE = 0.05


class Flow(NamedTuple):
    """The text of a book without what belongs to its paper."""

    text: str
    left_out: tuple[str, ...]  # the lines that belong to the paper


def flowing_text(pages: Sequence[str]) -> Flow:
    """Join pages into one text.

    A page number, a line that heads or ends most pages, ``(MORE)`` and ``(CONTINUED)`` are left
    out: they belong to the paper. A speech that goes on over the page is put together again.
    """
    trimmed = [_trimmed(page.split("\n")) for page in pages]
    running = _running_heads(trimmed)
    text: list[str] = []
    left_out: list[str] = []
    speech_goes_on = False
    for lines in trimmed:
        body, paper = _without_paper(lines, running)
        if speech_goes_on and body and _CONTINUED_CUE.fullmatch(body[0].strip()):
            paper.append(body.pop(0))
        if text and body and not speech_goes_on and not _paragraph_goes_on(text[-1], body[0]):
            text.append("")
        text += body
        left_out += paper
        speech_goes_on = any(_MORE.fullmatch(line.strip()) for line in paper)
    return Flow("\n".join(_single_spaced(text)), tuple(line.strip() for line in left_out))


def _paragraph_goes_on(last: str, first: str) -> bool:
    return bool(_OPEN_END.search(last) and _SMALL_START.match(first))


def _trimmed(lines: Sequence[str]) -> list[str]:
    """Take the blank lines off both ends."""
    filled = [row for row, line in enumerate(lines) if line.strip()]
    return list(lines[filled[0] : filled[-1] + 1]) if filled else []


def _running_heads(pages: Sequence[list[str]]) -> frozenset[str]:
    """Find what stands first or last on most pages, page numbers aside."""
    edges = Counter(
        head
        for lines in pages
        if lines
        for head in {_without_number(lines[0]), _without_number(lines[-1])}
        if head
    )
    fewest = max(_FEWEST_PAGES_FOR_HEAD, _RUNNING_HEAD_SHARE * len(pages))
    return frozenset(head for head, count in edges.items() if count >= fewest)


def _without_number(line: str) -> str:
    return " ".join(re.sub(r"\d+", " ", line).split())


def _without_paper(lines: list[str], running: frozenset[str]) -> tuple[list[str], list[str]]:
    """Take what belongs to the paper off both ends of a page."""
    paper: list[str] = []
    for end in (0, -1):
        for _ in range(_MOST_PAPER_LINES):
            if not lines or not _belongs_to_paper(lines[end], running):
                break
            paper.append(lines[end])
            lines = _trimmed(lines[1:] if end == 0 else lines[:-1])
    return lines, paper


def _belongs_to_paper(line: str, running: frozenset[str]) -> bool:
    text = line.strip()
    marks = (_PAGE_NUMBER, _MORE, _CONTINUED)
    return _without_number(text) in running or any(mark.fullmatch(text) for mark in marks)


def _single_spaced(lines: list[str]) -> list[str]:
    """Take one blank line out of each gap of a text that is typed with double spacing."""
    filled = sum(bool(line.strip()) for line in lines)
    adjacent = sum(bool(a.strip() and b.strip()) for a, b in itertools.pairwise(lines))
    if filled < _FEWEST_LINES_FOR_SPACING or adjacent >= _DOUBLE_SPACED_SHARE * filled:
        return lines
    return [
        line
        for row, line in enumerate(lines)
        if line.strip() or row == 0 or not lines[row - 1].strip()
    ]
