"""Take boneyards ``/* */`` and notes ``[[ ]]`` out of Fountain text; no line changes its number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from rehearsal_server.scripts.source import SourceLine

# Stands for a comment until the lines are split again; `numbered` leaves no NUL in a text.
_CUT = "\0"


class Comment(NamedTuple):
    """A note or a boneyard that was taken out."""

    code: str  # "note" or "boneyard"
    source_line: int
    text: str


def without_comments(
    lines: tuple[SourceLine, ...],
) -> tuple[tuple[SourceLine, ...], tuple[Comment, ...]]:
    """Separate Fountain lines from the comments in them.

    A line that held nothing but comment disappears altogether, so that it does not end a speech
    as a blank line would. A mark without its partner is no comment and stays where it is.
    """
    lines, boneyards = _cut(lines, "boneyard", _boneyard_spans)
    lines, notes = _cut(lines, "note", _note_spans)
    return lines, (*boneyards, *notes)


def _boneyard_spans(text: str) -> Iterator[tuple[int, int]]:
    end = 0
    while (start := text.find("/*", end)) >= 0 and (close := text.find("*/", start + 2)) >= 0:
        end = close + 2
        yield start, end


def _note_spans(text: str) -> Iterator[tuple[int, int]]:
    """Find the notes, which may cross line ends but no blank line (fountain.io/syntax#notes)."""
    end = 0
    while (close := text.find("]]", end)) >= 0:
        start = text.rfind("[[", end, close)
        end = close + 2
        if start >= 0 and "\n\n" not in text[start:end]:
            yield start, end


def _cut(
    lines: tuple[SourceLine, ...], code: str, find_spans: Callable[[str], Iterator[tuple[int, int]]]
) -> tuple[tuple[SourceLine, ...], list[Comment]]:
    if not lines:
        return (), []
    text = "\n".join(line.text for line in lines)
    pieces: list[str] = []
    comments: list[Comment] = []
    row = position = 0
    for start, end in find_spans(text):
        row += text.count("\n", position, start)
        comments.append(Comment(code, lines[row].number, text[start + 2 : end - 2].strip()))
        rows_crossed = text.count("\n", start, end)
        pieces += [text[position:start], "\n".join([_CUT] * (rows_crossed + 1))]
        row += rows_crossed
        position = end
    rows = "".join([*pieces, text[position:]]).split("\n")
    kept = (
        SourceLine(line.number, row_text.replace(_CUT, ""))
        for line, row_text in zip(lines, rows, strict=True)
        if _CUT not in row_text or row_text.replace(_CUT, "").strip()
    )
    return tuple(kept), comments
