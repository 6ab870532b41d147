"""What the message types say about themselves: fields, bounds, choices and meaning.

The reference document and the error messages are both made from this, so neither can drift from
what the codecs accept.
"""

from __future__ import annotations

import types
import typing
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

_PLAIN_NAMES = {str: "text", int: "integer", float: "number", bool: "true or false"}


@dataclass(frozen=True)
class FieldType:
    """What may stand in a field."""

    name: str  # "integer", "text", "list of Interval"
    bounds: str = ""  # "8000 to 96000"
    description: str = ""
    choices: tuple[str | int, ...] = ()
    # The structures that a value is made of, for links and for paths into them.
    structs: tuple[type[Struct], ...] = ()


@dataclass(frozen=True)
class FieldFacts:
    """One field of a message."""

    name: str
    type: FieldType
    required: bool
    default: object  # None where `required`


def message_types(union: object) -> dict[str, type[Struct]]:
    """Members of a message union by their ``type`` tag."""
    return {
        msgspec.inspect.type_info(member).tag: member  # type: ignore[attr-defined]
        for member in typing.get_args(union)
    }


def fields_of(struct: type[Struct]) -> tuple[FieldFacts, ...]:
    """Fields of a structure in the order they are declared."""
    hints = typing.get_type_hints(struct, include_extras=True)
    return tuple(
        FieldFacts(
            name=field.name,
            type=_describe(hints[field.name]),
            required=field.required,
            default=None if field.required else _default(field),
        )
        for field in msgspec.structs.fields(struct)
    )


def choices_at(struct: type[Struct], path: str) -> tuple[str | int, ...]:
    """Return the values allowed at a dotted path such as ``audio.encoding``; empty if free."""
    name, _, rest = path.partition(".")
    for field in fields_of(struct):
        if field.name == name:
            if not rest:
                return field.type.choices
            return next((choices_at(inner, rest) for inner in field.type.structs), ())
    return ()


def _default(field: msgspec.structs.FieldInfo) -> object:
    if field.default_factory is not msgspec.NODEFAULT:
        return typing.cast(Any, field.default_factory)()
    return field.default


def _describe(annotation: Any) -> FieldType:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Annotated:
        return _with_meta(_describe(arguments[0]), arguments[1:])
    if origin in (typing.Union, types.UnionType):
        return _or_null(arguments)
    if origin is Literal:
        return FieldType("one of", choices=arguments)
    if origin is tuple:
        inner = _describe(arguments[0])
        return FieldType(f"list of {inner.name}", inner.bounds, structs=inner.structs)
    if origin is dict:
        inner = _describe(arguments[1])
        return FieldType(f"map of text to {inner.name}", inner.bounds)
    if isinstance(annotation, type) and issubclass(annotation, Struct):
        return FieldType(
            annotation.__name__, description=annotation.__doc__ or "", structs=(annotation,)
        )
    return FieldType(_PLAIN_NAMES[annotation])


def _or_null(members: tuple[Any, ...]) -> FieldType:
    described = [_describe(member) for member in members if member is not type(None)]
    first = described[0]
    name = " or ".join(dict.fromkeys(one.name for one in described))
    return replace(first, name=f"{name} or null" if type(None) in members else name)


def _with_meta(described: FieldType, metas: tuple[object, ...]) -> FieldType:
    for meta in metas:
        if isinstance(meta, Meta):
            bounds = ", ".join(filter(None, (described.bounds, _bounds(meta))))
            described = replace(
                described, bounds=bounds, description=meta.description or described.description
            )
    return described


def _bounds(meta: Meta) -> str:
    parts = [_range(meta.ge, meta.le)]
    if length := _range(meta.min_length, meta.max_length):
        parts.append(f"{length} characters")
    if meta.pattern is not None:
        parts.append(f"matching `{meta.pattern}`")
    return ", ".join(filter(None, parts))


def _range(least: float | None, most: float | None) -> str:
    if least is None:
        return "" if most is None else f"at most {most}"
    return f"at least {least}" if most is None else f"{least} to {most}"
