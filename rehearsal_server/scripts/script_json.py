"""A `Script` as JSON, out and in again."""

from __future__ import annotations

import msgspec

from rehearsal_server.scripts.casting import with_counts
from rehearsal_server.scripts.errors import ScriptError
from rehearsal_server.scripts.model import Script

_DECODER = msgspec.json.Decoder(Script)


def script_to_json(script: Script) -> bytes:
    """Write a script with everything that is in it."""
    return msgspec.json.format(msgspec.json.encode(script), indent=2)


def script_from_json(text: str | bytes) -> Script:
    """Read what `script_to_json` wrote.

    Raises
    ------
    ScriptError
        The JSON is damaged, is no script, or contradicts itself.
    """
    try:
        script = _DECODER.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise ScriptError(f"This JSON is no script: {error}.") from error
    fault = _fault(script)
    if fault:
        raise ScriptError(f"This JSON contradicts itself: {fault}.")
    return script


def _fault(script: Script) -> str:
    """Name the first contradiction, or nothing."""
    ids = [line.id for line in script.lines] + [scene.id for scene in script.scenes]
    if len(set(ids)) != len(ids):
        return "two lines or scenes have the same id"
    if not all(line.text.strip() and line.character.strip() for line in script.lines):
        return "a line has no words or no character"
    if any(
        not 0 <= p.offset <= len(line.text) for line in script.lines for p in line.parentheticals
    ):
        return "a parenthetical stands outside its line"
    if with_counts(script).characters != script.characters:
        return "the characters are not those of the lines"
    return ""
