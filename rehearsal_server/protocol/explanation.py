"""Say what was wrong with a control message, and what would be right.

msgspec names the path of the fault, ``... - at `$.audio.encoding` ``, but not the values it would
have taken; they are added from the message types.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from msgspec import Struct

from rehearsal_server.protocol.reflection import choices_at

# What the sender wrote is quoted back, but not at any length.
_MAX_FAULT = 160
_MAX_FIELD = 64


class Explanation(NamedTuple):
    """A fault in words, and the field it is in, if it is in one."""

    message: str
    field: str | None


def explain(fault: str, tag: str | None, messages: Mapping[str, type[Struct]]) -> Explanation:
    """Turn msgspec's words for a fault into ours.

    Parameters
    ----------
    fault : str
        Text of a ``msgspec.ValidationError``.
    tag : str or None
        The message's ``type``, if it could be read.
    messages : mapping
        The messages that may be sent, by ``type``.
    """
    what, _, path = fault.partition(" - at ")
    field = _field(path)
    if named := re.search(r"(?:unknown|missing required) field `(.*)`", what, re.DOTALL):
        field = f"{field}.{named[1]}" if field else named[1]
    allowed = _allowed(what, field, tag, messages)
    what = _clip(what, _MAX_FAULT)
    if allowed:
        what = f"{what}; allowed: {', '.join(map(str, allowed))}"
    return Explanation(what, _clip(field, _MAX_FIELD) if field else None)


def _field(path: str) -> str | None:
    """``$.audio.sample_rate`` without its root; None for the message itself or a field's name."""
    inner = re.fullmatch(r"`\$\.?(.*)`", path, re.DOTALL)
    return (inner[1] if inner else None) or None


def _allowed(
    what: str, field: str | None, tag: str | None, messages: Mapping[str, type[Struct]]
) -> tuple[str | int, ...]:
    if not field or not what.startswith("Invalid"):
        return ()
    if field == "type":
        return tuple(messages)
    if tag is None or tag not in messages:
        return ()
    return choices_at(messages[tag], field)


def _clip(text: str, max_characters: int) -> str:
    return text if len(text) <= max_characters else text[: max_characters - 1] + "…"
