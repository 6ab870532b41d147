"""Hypothesis strategies for any message, made from its type."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec import Struct

# A longer text is no harder to encode; 4 KiB control messages are.
_MAX_TEXT = 40


def messages(struct: type[Struct]) -> st.SearchStrategy[Any]:
    """Draw instances of a structure whose fields respect their bounds."""
    return _of(msgspec.inspect.type_info(struct))


def _of(kind: Any) -> st.SearchStrategy[Any]:
    match kind:
        case msgspec.inspect.Metadata():
            return _of(kind.type)
        case msgspec.inspect.StructType():
            fields = {field.name: _of(field.type) for field in kind.fields}
            return st.builds(kind.cls, **fields)
        case msgspec.inspect.LiteralType():
            return st.sampled_from(kind.values)
        case msgspec.inspect.UnionType():
            return st.one_of(*map(_of, kind.types))
        case msgspec.inspect.VarTupleType():
            return st.lists(_of(kind.item_type), max_size=3).map(tuple)
        case msgspec.inspect.DictType():
            return st.dictionaries(_of(kind.key_type), _of(kind.value_type), max_size=3)
        case _:
            return _scalar(kind)


def _scalar(kind: Any) -> st.SearchStrategy[Any]:
    match kind:
        case msgspec.inspect.IntType():
            return st.integers(kind.ge if kind.ge is not None else -(2**53), kind.le or 2**53)
        case msgspec.inspect.FloatType():
            return st.floats(kind.ge, kind.le, allow_nan=False, allow_infinity=False)
        case msgspec.inspect.StrType(pattern=str(pattern)):
            return st.from_regex(pattern, fullmatch=True)
        case msgspec.inspect.StrType():
            most = min(kind.max_length or _MAX_TEXT, _MAX_TEXT)
            # Lone surrogates are no text: no codec can write them.
            return st.text(
                st.characters(codec="utf-8"), min_size=kind.min_length or 0, max_size=most
            )
        case msgspec.inspect.BoolType():
            return st.booleans()
        case msgspec.inspect.NoneType():
            return st.none()
    raise NotImplementedError(f"no strategy for {kind}")
