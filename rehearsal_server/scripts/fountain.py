"""Fountain 1.1 (fountain.io/syntax) -> `Script`.

Why no library: `screenplay-tools` 0.0.10, the best kept one, keeps no source line numbers, takes
``CUT TO:`` or ``Romeo: hi`` on the first line for a title page, knows no cue outside A-Z
(``ÉLISE``), leaves half of a boneyard's mark in the spoken text and drops what follows an unclosed
one; `screenplain` 0.12 keeps no line numbers either and ``jouvence`` is no longer kept up.

Deviations from the specification, all for plays that are spoken rather than typeset:
a scene heading needs no blank line after it; ``I./E.`` is accepted; a title page must begin with
a key that people use; transitions and centred text are stage directions.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from rehearsal_server.scripts.builder import ScriptBuilder
from rehearsal_server.scripts.fountain_comments import without_comments
from rehearsal_server.scripts.fountain_escapes import protected, restored
from rehearsal_server.scripts.model import Script
from rehearsal_server.scripts.names import split_cue
from rehearsal_server.scripts.source import SourceLine, joined, numbered
from rehearsal_server.scripts.title_page import keep_title_page, read_title_page

_SCENE_HEADING = re.compile(r"(?:INT\.?/EXT|I\.?/E|INT|EXT|EST)[.\s]\s*\S", re.IGNORECASE)
_FORCED_HEADING = re.compile(r"\.[^.\s]")
_NUMBERED_HEADING = re.compile(r"(?P<heading>.*?)\s*#(?P<number>[\w\-.]+)#")
_SECTION = re.compile(r"(?P<marks>#{1,6})\s*(?P<text>\S.*)")
_PAGE_BREAK = re.compile(r"={3,}")
_SYNOPSIS = re.compile(r"=(?!=)(?P<text>.*)")
_LYRIC = re.compile(r"^\s*~\s*")
_FORCED_DIRECTION = ("!", ">", "~")
_SCENE_LEVEL = 7  # below the six levels of sections
_LONGEST_CUE = 80


def parse_fountain(text: str) -> Script:
    """Parse Fountain text.

    Raises
    ------
    ScriptError
        There is nothing in the text, or nothing but comments.
    """
    lines, comments = without_comments(protected(numbered(text)))
    builder = ScriptBuilder("fountain")
    for comment in comments:
        builder.add_notice(
            comment.source_line,
            comment.code,
            "A comment; the script does not keep it.",
            comment.text,
        )
    title_page, body = read_title_page(lines)
    keep_title_page(builder, title_page)
    for paragraph in _paragraphs(body):
        _add_paragraph(builder, paragraph)
    return restored(builder.build())


def is_heading(line: str) -> bool:
    """Whether a line is a scene heading, ``INT. KITCHEN`` or forced ``.KITCHEN``."""
    return bool(_SCENE_HEADING.match(line) or _FORCED_HEADING.match(line))


def is_cue(line: str) -> bool:
    """Whether a line looks like a cue: a name in capitals, perhaps an extension and a caret.

    The specification asks for a blank line before it and a full line after it as well.
    """
    stripped = line.strip()
    forced = stripped.startswith("@")
    if len(stripped) > _LONGEST_CUE and not forced:
        return False
    name, _ = split_cue(stripped.removesuffix("^").removeprefix("@"))
    if forced:
        return bool(name)
    if line.endswith("  ") or stripped.endswith(":"):
        return False
    if stripped.startswith(("(", "[", *_FORCED_DIRECTION)):
        return False
    return name == name.upper() and any(c.isalpha() for c in name)


def _paragraphs(lines: tuple[SourceLine, ...]) -> Iterator[list[SourceLine]]:
    """Split at blank lines; a line of two or more spaces only does not end a speech."""
    paragraph: list[SourceLine] = []
    for line in lines:
        in_speech = bool(paragraph) and is_cue(paragraph[0].text)
        stays_open = in_speech and line.text.startswith("  ")
        begins_anew = not in_speech and line.stripped.startswith(("@", "#"))
        if paragraph and (begins_anew or (line.is_blank and not stays_open)):
            yield paragraph
            paragraph = []
        if not line.is_blank:
            paragraph.append(line)
    if paragraph:
        yield paragraph


def _add_paragraph(builder: ScriptBuilder, paragraph: list[SourceLine]) -> None:
    """Add what stands between two blank lines: headings first, then a speech or action."""
    outline = list(itertools.takewhile(lambda line: _add_outline(builder, line), paragraph))
    rest = paragraph[len(outline) :]
    if len(rest) > 1 and is_cue(rest[0].text):
        _add_speech(builder, rest[0], rest[1:])
    elif rest:
        text = joined(line._replace(text=_without_force(line.stripped)) for line in rest)
        builder.add_direction(text, rest[0].number)


def _add_outline(builder: ScriptBuilder, line: SourceLine) -> bool:
    """Add a section, scene heading, synopsis or page break; tell whether the line was one."""
    text = line.stripped
    if section := _SECTION.fullmatch(text):
        builder.add_heading(len(section["marks"]), section["text"])
    elif is_heading(text):
        builder.add_heading(_SCENE_LEVEL, _scene_heading(text.removeprefix(".")))
    elif synopsis := _SYNOPSIS.fullmatch(text):
        builder.add_notice(
            line.number, "synopsis", "A synopsis; the script does not keep it.", synopsis["text"]
        )
    elif _PAGE_BREAK.fullmatch(text):
        builder.add_notice(
            line.number, "page_break", "A page break; the script has no pages.", text
        )
    else:
        return False
    return True


def _scene_heading(text: str) -> str:
    """Put a scene number, ``INT. HOUSE #1A#``, in front, where a printed script has it."""
    numbered_heading = _NUMBERED_HEADING.fullmatch(text)
    if not numbered_heading:
        return text
    return f"{numbered_heading['number']} {numbered_heading['heading']}"


def _add_speech(builder: ScriptBuilder, cue: SourceLine, speech: list[SourceLine]) -> None:
    name = cue.stripped.removeprefix("@")
    builder.add_speech(
        name.removesuffix("^"),
        joined(line._replace(text=_LYRIC.sub("", line.text)) for line in speech),
        cue.number,
        keep_spelling=cue.stripped.startswith("@"),
        simultaneous=name.endswith("^"),
    )


def _without_force(text: str) -> str:
    """Take off what forces an action, a transition, a lyric or centred text."""
    if text.startswith(">"):
        return text[1:].removesuffix("<")
    return text[1:] if text.startswith(("!", "~")) else text
