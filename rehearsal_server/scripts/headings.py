"""Headings and labels of printed plays: ``ACT I``, ``Scene 2. A garden.``, ``Setting: ...``."""

from __future__ import annotations

import re
from typing import NamedTuple

_ORDINAL = "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last"
_CARDINAL = "one|two|three|four|five|six|seven|eight|nine|ten"
_NUMBER = rf"(?:\d{{1,3}}[a-z]?|[ivxl]+|{_CARDINAL}|(?:the\s+)?(?:{_ORDINAL}))"
_HEADING = re.compile(
    rf"""
    (?: (?P<act> act\s+{_NUMBER} | (?:the\s+)?(?:{_ORDINAL})\s+act | part\s+{_NUMBER}
               | (?:the\s+)?(?:prologue|epilogue|induction|interlude) )
      | (?P<scene> scene\s+{_NUMBER} | (?:the\s+)?(?:{_ORDINAL})\s+scene )
    )
    (?: \s*$ | \s*[.:,;—–-].* )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_LONGEST_HEADING = 120
ACT_LEVEL, SCENE_LEVEL = 1, 2

# Words that stand where a name would stand and speak no line.
_LABELS = frozenset(
    """act scene setting set place time note notes contents lights lighting sound
    sounds music sfx fx enter exit exeunt curtain blackout end fin finis prologue epilogue title
    author credit source contact copyright date location summary synopsis chapter""".split()
) | {
    "at rise", "the end", "end of play", "end of act", "end of scene", "fade in", "fade out",
    "lights up", "lights down", "written by", "draft date", "the scene", "stage directions",
    "cut to", "smash cut to", "dissolve to", "fade to", "fade to black", "match cut to",
    "intermission",     "the curtain falls", "the curtain rises",
}  # fmt: skip
_RUBRIC = re.compile(r"end of .*|(?:.* )?to")  # "END OF ACT ONE", "WIPE TO:"
_CAST_LABEL = re.compile(
    r"(?:the )?(?:cast|characters|persons|dramatis person(?:ae|æ)|people (?=of|in))"
    r"(?: of characters| ?(?:of|in) the play| represented)?",
    re.IGNORECASE,
)
_ENTRANCE = re.compile(
    r"(?:re-?)?(?:enters?|exits?|exeunt|curtain|blackout|lights?|manet|they exit|the curtain)\b",
    re.IGNORECASE,
)


class Heading(NamedTuple):
    """A heading and its place in the outline."""

    level: int  # acts 1, scenes 2
    text: str


def match_heading(line: str) -> Heading | None:
    """Recognise ``ACT I``, ``The Second Act``, ``SCENE 2. A garden``; otherwise None."""
    text = line.strip().lstrip("#").strip()
    match = _HEADING.fullmatch(text) if len(text) <= _LONGEST_HEADING else None
    if not match:
        return None
    return Heading(ACT_LEVEL if match["act"] else SCENE_LEVEL, text)


def is_label(name: str) -> bool:
    """Whether a word before a colon or a full stop names a rubric rather than a person."""
    bare = name.strip(" .:").lower()
    return (
        bare in _LABELS
        or match_heading(bare) is not None
        or is_cast_label(bare)
        or _RUBRIC.fullmatch(bare) is not None
    )


def is_cast_label(line: str) -> bool:
    """Whether a line is the title of a list of characters."""
    return bool(_CAST_LABEL.fullmatch(line.strip(" .:_*=")))


def is_entrance(text: str) -> bool:
    """Whether a paragraph without brackets begins as a stage direction does: ``Enter Lane``."""
    return bool(_ENTRANCE.match(text.strip()))
