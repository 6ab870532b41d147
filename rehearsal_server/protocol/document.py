"""Write `docs/protocol.md` from the message types.

Run ``python -m rehearsal_server.protocol.document`` after changing one. Nothing about a message is
said twice: its meaning is the docstring, its fields are the annotations, and a test fails when the
page no longer agrees.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from rehearsal_server.protocol import audio, prose
from rehearsal_server.protocol.client_messages import ClientMessage
from rehearsal_server.protocol.close_codes import CloseCode
from rehearsal_server.protocol.codec import CLIENT_MESSAGES, SERVER_MESSAGES
from rehearsal_server.protocol.error_codes import ERROR_MEANINGS
from rehearsal_server.protocol.reflection import FieldFacts, fields_of
from rehearsal_server.protocol.server_messages import Event
from rehearsal_server.session.states import ACCEPTED, State

PATH = Path(__file__).parents[1] / "docs" / "protocol.md"
# Every final message carries these; they are told once.
_EVENT_FIELDS = frozenset(field.name for field in fields_of(Event))


def render() -> str:
    """Return the whole page as Markdown."""
    final = {tag: kind for tag, kind in SERVER_MESSAGES.items() if issubclass(kind, Event)}
    passing = {tag: kind for tag, kind in SERVER_MESSAGES.items() if tag not in final}
    sections = [
        prose.OPENING,
        *_audio_header(),
        "## From the client",
        prose.FROM_THE_CLIENT,
        *_messages(CLIENT_MESSAGES),
        "## From the server: events",
        prose.EVENTS,
        _field_table(fields_of(Event)),
        *_messages(final),
        "## From the server: passing messages",
        prose.PASSING,
        *_messages(passing),
        "## Structures inside messages",
        *_structures(),
        "## What is accepted when",
        prose.STATES,
        _accepted(),
        "## Errors",
        prose.ERRORS,
        _errors(),
        "## Close codes",
        _close_codes(),
    ]
    return "\n\n".join(section.strip() for section in sections) + "\n"


def undocumented() -> list[str]:
    """Name whatever lacks a meaning: messages, structures and their fields."""
    kinds = {**CLIENT_MESSAGES, **SERVER_MESSAGES}
    structs = [*kinds.values(), *_inner_structs()]
    # A class without a docstring of its own would show that of its base.
    missing = [struct.__name__ for struct in structs if not struct.__dict__.get("__doc__")]
    missing += [
        f"{struct.__name__}.{field.name}"
        for struct in structs
        for field in fields_of(struct)
        if not field.type.description
    ]
    return missing


def _messages(kinds: Mapping[str, type[Struct]]) -> Iterator[str]:
    for tag, kind in kinds.items():
        yield f"### `{tag}`"
        yield _meaning(kind)
        own = [
            field
            for field in fields_of(kind)
            if not (issubclass(kind, Event) and field.name in _EVENT_FIELDS)
        ]
        if own:
            yield _field_table(own)


def _structures() -> Iterator[str]:
    for struct in _inner_structs():
        yield f"### {struct.__name__}"
        yield _meaning(struct)
        yield _field_table(fields_of(struct))


def _inner_structs() -> list[type[Struct]]:
    found: dict[type[Struct], None] = {}

    def visit(struct: type[Struct]) -> None:
        for field in fields_of(struct):
            for inner in field.type.structs:
                found.setdefault(inner)
                visit(inner)

    for kind in (*CLIENT_MESSAGES.values(), *SERVER_MESSAGES.values()):
        visit(kind)
    return list(found)


def _field_table(fields: Iterable[FieldFacts]) -> str:
    return _table(["Field", "Type", "Meaning"], map(_field_row, fields))


def _field_row(field: FieldFacts) -> list[str]:
    kind = field.type.name
    for struct in field.type.structs:
        kind = kind.replace(struct.__name__, f"[{struct.__name__}](#{struct.__name__.lower()})")
    if field.type.choices:
        kind = kind.replace("one of", _choices(field.type.choices))
    if field.type.bounds:
        kind = f"{kind}, {field.type.bounds}"
    if not field.required:
        kind = f"{kind}; default {_default(field.default)}"
    return [f"`{field.name}`", kind, " ".join(field.type.description.split())]


def _choices(values: tuple[str | int, ...]) -> str:
    listed = ", ".join(f"`{value}`" for value in values)
    return listed if len(values) == 1 else f"one of {listed}"


def _default(value: object) -> str:
    if isinstance(value, Struct):
        return "as below"
    return f"`{json.dumps(msgspec.to_builtins(value), ensure_ascii=False)}`"


def _audio_header() -> Iterator[str]:
    yield "## Audio messages"
    yield prose.AUDIO
    yield _table(["Bytes", "Type", "Field", "Meaning"], prose.HEADER_FIELDS)
    yield f"The header has {audio.HEADER_BYTES} bytes; the samples follow it."


def _accepted() -> str:
    rows = [
        [f"`{tag}`", _states(ACCEPTED[kind])]
        for tag, kind in CLIENT_MESSAGES.items()
        if issubclass(kind, ClientMessage) and kind in ACCEPTED
    ]
    return _table(["Message", "Accepted while"], rows)


def _states(states: frozenset[State]) -> str:
    if states == frozenset(State):
        return "always"
    return ", ".join(state.value for state in State if state in states)


def _errors() -> str:
    rows = [
        [f"`{code}`", meaning.meaning, str(int(meaning.close)) if meaning.close else "never fatal"]
        for code, meaning in ERROR_MEANINGS.items()
    ]
    return _table(["Code", "Meaning", "Closes with, if fatal"], rows)


def _close_codes() -> str:
    rows = [[str(int(code)), code.meaning, "yes" if code.reconnect else "no"] for code in CloseCode]
    return _table(["Code", "Meaning", "Worth connecting again"], rows)


def _table(head: list[str], rows: Iterable[list[str]]) -> str:
    # A bar inside a cell would end it.
    lines = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *lines])


def _meaning(kind: type[Struct]) -> str:
    return inspect.cleandoc(kind.__doc__ or "")


if __name__ == "__main__":
    PATH.write_text(render(), encoding="utf-8")
