"""`Script` -> Fountain that `parse_fountain` reads as the same script.

Everything is forced (``@name``, ``!action``, ``.heading``) so that no name and no direction can be
taken for something else. Fountain has no place for the times of subtitles, for notices, and for the
line numbers of the upload; JSON keeps these.
"""

from __future__ import annotations

from collections.abc import Iterator

from rehearsal_server.scripts.fountain_escapes import escaped
from rehearsal_server.scripts.model import Element, Line, Script
from rehearsal_server.scripts.speech import is_cut_off

_EMPHASIS = "*_"
_BRACKETS = "()[]"


def script_to_fountain(script: Script) -> str:
    """Write a script as Fountain.

    Returns
    -------
    str
        Parsed again it equals `script` but for `format`, `notices`, source lines and times, if
        `script` came out of one of our parsers (ids in order, white space collapsed).
    """
    return "\n\n".join(_blocks(script)) + "\n"


def _blocks(script: Script) -> Iterator[str]:
    page = [f"{key}: {_plain(value)}" for key, value in _title_page(script) if value]
    if page:
        yield "\n".join(page)
    for scene in script.scenes:
        if scene.heading:
            yield f".{escaped(scene.heading, _EMPHASIS + '[]#' + _leading(scene.heading, '.'))}"
        yield from map(_element, scene.elements)


def _title_page(script: Script) -> tuple[tuple[str, str], ...]:
    return (("Title", script.title), ("Author", script.author))


def _element(element: Element) -> str:
    if not isinstance(element, Line):
        return f"!{_plain(element.text)}"
    together = " ^" if element.simultaneous else ""
    name = escaped(element.character, _EMPHASIS + _BRACKETS + "^" + _trailing(element.character))
    return f"@{name}{together}\n{_speech(element)}"


def _speech(line: Line) -> str:
    """Put the directions back where they stand in the line."""
    pieces: list[str] = []
    position = 0
    for parenthetical in line.parentheticals:
        pieces.append(_spoken(line.text[position : parenthetical.offset]))
        pieces.append(f"({escaped(parenthetical.text, _EMPHASIS + _BRACKETS)})")
        position = parenthetical.offset
    pieces.append(_spoken(line.text[position:]))
    if line.interrupted and not is_cut_off(line.text):
        pieces.append("//")
    return " ".join(piece for piece in pieces if piece)


def _spoken(text: str) -> str:
    return escaped(text.strip(), _EMPHASIS + _BRACKETS + _leading(text, "~"))


def _plain(text: str) -> str:
    """Escape a text that has no directions in it, in which brackets mean nothing but notes."""
    return escaped(text, _EMPHASIS + "[]")


def _leading(text: str, mark: str) -> str:
    return mark if text.startswith(mark) else ""


def _trailing(name: str) -> str:
    """Give the mark at the end of a name that would count as the end of its cue."""
    return name[-1] if name.endswith((".", ",", ":")) else ""
