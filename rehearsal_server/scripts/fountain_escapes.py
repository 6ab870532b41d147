r"""Backslashes in Fountain: a mark that is escaped is a character like any other.

Fountain 1.1 lets a backslash escape the marks of emphasis. We extend this, as Markdown does, to
every mark that would change what a text means, so that any script can be written as Fountain and
read again.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from rehearsal_server.scripts.model import Script
from rehearsal_server.scripts.source import SourceLine

_ESCAPABLE = "\\*_()[]~#.,:^"
# While a text is parsed, control characters stand for what was escaped: `numbered` leaves none in
# a text, and nothing matches them. Those that count as white space are passed over.
_STAND_INS = (*range(0x01, 0x09), *range(0x0E, 0x1C))
_TO_STAND_IN = dict(zip(_ESCAPABLE, map(chr, _STAND_INS), strict=False))
_FROM_STAND_IN = str.maketrans({stand_in: char for char, stand_in in _TO_STAND_IN.items()})
_ESCAPED = re.compile(rf"\\([{re.escape(_ESCAPABLE)}])")


def protected(lines: tuple[SourceLine, ...]) -> tuple[SourceLine, ...]:
    """Replace escaped characters so that they are no marks."""
    return tuple(
        line._replace(text=_ESCAPED.sub(lambda match: _TO_STAND_IN[match[1]], line.text))
        for line in lines
    )


def restored(script: Script) -> Script:
    """Put the escaped characters back into everything that was parsed."""
    return msgspec.convert(_restored(msgspec.to_builtins(script)), Script)


def escaped(text: str, marks: str) -> str:
    """Put a backslash before every one of the marks, and before every backslash."""
    return re.sub(f"[{re.escape(marks)}\\\\]", r"\\\g<0>", text)


def _restored(value: Any) -> Any:
    if isinstance(value, str):
        return value.translate(_FROM_STAND_IN)
    if isinstance(value, list | tuple):
        return [_restored(item) for item in value]
    if isinstance(value, dict):
        return {key: _restored(item) for key, item in value.items()}
    return value
