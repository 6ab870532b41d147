"""The ``Key: value`` block with which a Fountain text, or any other, may begin."""

from __future__ import annotations

import re
from typing import NamedTuple

from rehearsal_server.scripts.builder import ScriptBuilder
from rehearsal_server.scripts.source import SourceLine

# A block counts as a title page only if it begins with one of these: "CUT TO:" and "Romeo: hi"
# have the same form.
_KNOWN_KEYS = frozenset(
    """title author authors credit source notes date contact copyright revision
    draft format language subtitle""".split()
) | {"draft date", "written by", "adapted by", "based on"}
_AUTHOR_KEYS = ("author", "authors", "written by")
_ENTRY = re.compile(r"(?P<key>[^\W\d_][\w ]{0,30}?)\s*:(?!//)\s*(?P<value>.*)")


class TitleEntry(NamedTuple):
    """One entry of a title page."""

    key: str  # as written
    value: str
    source_line: int


def read_title_page(
    lines: tuple[SourceLine, ...], *, only_known_keys: bool = False
) -> tuple[list[TitleEntry], tuple[SourceLine, ...]]:
    """Split a text into its title page, which may be empty, and the rest."""
    first = next((row for row, line in enumerate(lines) if not line.is_blank), len(lines))
    entries: list[TitleEntry] = []
    for row in range(first, len(lines)):
        line = lines[row]
        entry = _entry(line)
        if entry and (entry.key.lower() in _KNOWN_KEYS or (entries and not only_known_keys)):
            entries.append(entry)
        elif entries and not line.is_blank and line.text[0].isspace():
            value = f"{entries[-1].value} {line.stripped}".strip()
            entries[-1] = entries[-1]._replace(value=value)
        else:
            return entries, lines[row:]
    return entries, ()


def keep_title_page(builder: ScriptBuilder, entries: list[TitleEntry]) -> None:
    """Take title and author from a title page; the rest of it becomes notices."""
    for entry in entries:
        key = entry.key.lower()
        if key == "title":
            builder.title = f"{builder.title} {entry.value}".strip()
        elif key in _AUTHOR_KEYS:
            builder.author = f"{builder.author} {entry.value}".strip()
        else:
            builder.add_notice(
                entry.source_line,
                "title_page",
                "The title page says more than title and author; the script does not keep it.",
                f"{entry.key}: {entry.value}",
            )


def _entry(line: SourceLine) -> TitleEntry | None:
    if line.text[:1].isspace():
        return None
    match = _ENTRY.fullmatch(line.stripped)
    return TitleEntry(match["key"], match["value"], line.number) if match else None
