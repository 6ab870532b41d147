"""What a printed play has before it begins: title, author, contents, list of characters."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rehearsal_server.scripts.builder import ScriptBuilder
from rehearsal_server.scripts.cues import Cue
from rehearsal_server.scripts.headings import ACT_LEVEL, Heading, is_cast_label
from rehearsal_server.scripts.parts import Part, paragraphs
from rehearsal_server.scripts.source import SourceLine, joined

_BY = re.compile(r"(?:(?:written|a play)\s+)?by\s+(?P<author>\S.*)", re.IGNORECASE)
_LONGEST_TITLE = 100


def take_cast_list(builder: ScriptBuilder, lines: Sequence[SourceLine]) -> tuple[SourceLine, ...]:
    """Take out the list of characters, whose entries look like cues (``ANNA: a cook``).

    The list is the paragraph that its title begins, or the next one if the title stands alone.
    """
    listed: set[int] = set()
    title_alone = False
    for paragraph in paragraphs(lines):
        begins_list = is_cast_label(paragraph[0].stripped)
        if begins_list or title_alone:
            text = "\n".join(line.stripped for line in paragraph)
            _notice(builder, paragraph[0].number, "cast_list", "The list of characters", text)
            listed.update(line.number for line in paragraph)
        title_alone = begins_list and len(paragraph) == 1
    return tuple(line._replace(text="") if line.number in listed else line for line in lines)


def take_front_matter(builder: ScriptBuilder, parts: Sequence[Part]) -> Sequence[Part]:
    """Take out what stands before the first act; it may give title and author."""
    begin = _begin_of_play(parts)
    for part in parts[:begin]:
        text = joined(part.lines)
        if author := _BY.fullmatch(text):
            builder.author = builder.author or author["author"]
        elif part.start is None and not builder.title and len(text) <= _LONGEST_TITLE:
            builder.title = text
        else:
            _notice(builder, part.source_line, "front_matter", "This stands before the play", text)
    return parts[begin:]


def _begin_of_play(parts: Sequence[Part]) -> int:
    """Find the heading under which the first speech stands; 0 if there is none.

    A table of contents has the same headings, which is why it is the last one before a speech.
    """
    first_speech = next((i for i, part in enumerate(parts) if isinstance(part.start, Cue)), 0)
    headings = [i for i in range(first_speech) if isinstance(parts[i].start, Heading)]
    if not headings:
        return 0
    *_, before, last = (-1, *headings)
    belongs_to_act = before >= 0 and _level(parts[last]) > ACT_LEVEL == _level(parts[before])
    return before if belongs_to_act else last


def _level(part: Part) -> int:
    return part.start.level if isinstance(part.start, Heading) else 0


def _notice(builder: ScriptBuilder, source_line: int, code: str, what: str, text: str) -> None:
    builder.add_notice(source_line, code, f"{what}; the script does not keep it.", text)
