"""Lists that grow, a page at a time, in an order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Column, Select, and_, or_

Item = TypeVar("Item")
Key = datetime | int


@dataclass(frozen=True, kw_only=True)
class Order:
    """What a list is sorted by; rows without a value in the column are left out."""

    name: str  # as clients ask for it, and as cursors remember it
    column: Column[Any]
    descending: bool = True


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where in a list a page ended: what its last item is sorted by, and its id."""

    key: Key
    id: str


@dataclass(frozen=True, kw_only=True)
class Page(Generic[Item]):
    """A stretch of a list, and where the next one begins (None at the end)."""

    items: tuple[Item, ...]
    next: Place | None


def select_page(
    statement: Select[*tuple[Any, ...]],
    order: Order,
    id_: Column[str],
    *,
    after: Place | None,
    limit: int,
) -> Select[*tuple[Any, ...]]:
    """Narrow `statement` to the `limit` rows after a place, and one more to see if it goes on.

    Ties are broken by the id, so no row is shown twice or left out even when rows are added
    meanwhile.
    """
    column, descending = order.column, order.descending
    if column.nullable:
        statement = statement.where(column.is_not(None))
    if after is not None:
        beyond = column < after.key if descending else column > after.key
        tied = id_ < after.id if descending else id_ > after.id
        statement = statement.where(or_(beyond, and_(column == after.key, tied)))
    keys = (column.desc(), id_.desc()) if descending else (column.asc(), id_.asc())
    return statement.order_by(*keys).limit(limit + 1)


def make_page(items: Sequence[Item], limit: int, place_of: Callable[[Item], Place]) -> Page[Item]:
    """Cut the extra row off and say where the page ended."""
    goes_on = len(items) > limit
    shown = tuple(items[:limit])
    return Page(items=shown, next=place_of(shown[-1]) if goes_on else None)
