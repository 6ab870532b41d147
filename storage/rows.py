"""From rows to records: what repositories take and give is plain data, never a live row."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Row

Record = TypeVar("Record", bound=msgspec.Struct)


def to_record(row: Row[*tuple[Any, ...]] | None, kind: type[Record]) -> Record | None:
    """Read the record out of a row that holds its fields by name; None stays None."""
    return None if row is None else _read(row, kind)


def to_records(rows: Iterable[Row[*tuple[Any, ...]]], kind: type[Record]) -> tuple[Record, ...]:
    """Read the records out of rows, in their order."""
    return tuple(_read(row, kind) for row in rows)


def _read(row: Row[*tuple[Any, ...]], kind: type[Record]) -> Record:
    return kind(**{field: row._mapping[field] for field in kind.__struct_fields__})
