"""Project Gutenberg's plain texts: the licence around the book and what it says of the book."""

from __future__ import annotations

import re
from typing import NamedTuple

from rehearsal_server.scripts.model import Notice
from rehearsal_server.scripts.source import numbered

_MARK = re.compile(
    r"\s*\*\*\*\s*(?P<edge>START|END) OF (?:THE|THIS) PROJECT GUTENBERG E-?(?:BOOK|TEXT).*",
    re.IGNORECASE,
)
_ENTRY = re.compile(r"(?P<key>Title|Author):\s*(?P<value>\S.*)")
_MESSAGE = "Project Gutenberg's note on the book and its licence; the script does not keep it."


class Book(NamedTuple):
    """A text without its licence; every line keeps its number."""

    text: str
    title: str = ""
    author: str = ""
    notices: tuple[Notice, ...] = ()


def open_book(text: str) -> Book:
    """Blank what stands outside Project Gutenberg's marks, if the text has them."""
    lines = numbered(text)
    marks = [
        (row, m["edge"].upper()) for row, line in enumerate(lines) if (m := _MARK.match(line.text))
    ]
    start = next((row for row, edge in marks if edge == "START"), -1)
    end = next((row for row, edge in marks if edge == "END" and row > start), len(lines))
    if not marks:
        return Book(text)
    header, footer = lines[: start + 1], lines[end:]
    entries = {m["key"]: m["value"] for line in header if (m := _ENTRY.match(line.text))}
    kept = [line.text if start < row < end else "" for row, line in enumerate(lines)]
    notices = tuple(
        Notice(
            source_line=block[0].number,
            code="licence",
            message=_MESSAGE,
            text="\n".join(line.text for line in block).strip(),
        )
        for block in (header, footer)
        if block
    )
    return Book("\n".join(kept), entries.get("Title", ""), entries.get("Author", ""), notices)
