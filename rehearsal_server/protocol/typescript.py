"""The messages as TypeScript declarations, for whoever writes a client with an editor that helps.

Made from the types whenever they are asked for, so they cannot be stale.
"""

from __future__ import annotations

import inspect
import json
import types
import typing
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from rehearsal_server.protocol.codec import CLIENT_MESSAGES, SERVER_MESSAGES

_PLAIN = {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}


def render() -> str:
    """Declare every message, the structures in them, and two maps from `type` to message."""
    tags = {kind: tag for tag, kind in (*CLIENT_MESSAGES.items(), *SERVER_MESSAGES.items())}
    sent = frozenset(_reachable(CLIENT_MESSAGES.values()))
    parts = [
        "// Messages of the socket; docs/protocol.md says what they mean.",
        *(_interface(kind, tags.get(kind), is_sent=kind in sent) for kind in _reachable(tags)),
        _map("ClientMessages", CLIENT_MESSAGES),
        _map("ServerMessages", SERVER_MESSAGES),
    ]
    return "\n\n".join(parts) + "\n"


def _interface(kind: type[Struct], tag: str | None, *, is_sent: bool) -> str:
    hints = typing.get_type_hints(kind, include_extras=True)
    lines = [] if tag is None else [f"  type: {json.dumps(tag)};"]
    for field in msgspec.structs.fields(kind):
        if meaning := _meaning(hints[field.name]):
            lines.append(f"  /** {meaning} */")
        # A server always says everything; a client may leave out what has a default.
        optional = "?" if is_sent and not field.required else ""
        lines.append(f"  {field.name}{optional}: {_type(hints[field.name])};")
    summary = (inspect.getdoc(kind) or "").partition("\n")[0].replace("*/", "")
    return "\n".join([f"/** {summary} */", f"export interface {kind.__name__} {{", *lines, "}"])


def _map(name: str, messages: dict[str, type[Struct]]) -> str:
    lines = [f"  {json.dumps(tag)}: {kind.__name__};" for tag, kind in messages.items()]
    return "\n".join([f"export interface {name} {{", *lines, "}"])


def _meaning(annotation: Any) -> str:
    metas = typing.get_args(annotation)[1:] if typing.get_origin(annotation) is Annotated else ()
    told = (one.description for one in metas if isinstance(one, Meta) and one.description)
    return next(told, "").replace("*/", "")


def _type(annotation: Any) -> str:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Annotated:
        return _type(arguments[0])
    if origin in (typing.Union, types.UnionType):
        return " | ".join(dict.fromkeys(map(_type, arguments)))
    if origin is Literal:
        return " | ".join(json.dumps(value) for value in arguments)
    if origin is tuple:
        return f"({_type(arguments[0])})[]"
    if origin is dict:
        return f"Record<string, {_type(arguments[1])}>"
    return _PLAIN.get(annotation) or str(annotation.__name__)


def _reachable(kinds: Iterable[type[Struct]]) -> Iterator[type[Struct]]:
    """Every structure that a message is made of, each once, in the order in which they are met."""
    seen: dict[type[Struct], None] = {}
    waiting = list(kinds)
    while waiting:
        kind = waiting.pop(0)
        if kind not in seen:
            seen[kind] = None
            hints = typing.get_type_hints(kind, include_extras=True).values()
            waiting += [inner for hint in hints for inner in _structs_in(hint)]
    return iter(seen)


def _structs_in(annotation: Any) -> Iterator[type[Struct]]:
    if isinstance(annotation, type) and issubclass(annotation, Struct):
        yield annotation
    for argument in typing.get_args(annotation):
        yield from _structs_in(argument)
