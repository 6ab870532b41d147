"""Lists that grow, a page at a time, newest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Column, Select, and_, or_

Item = TypeVar("Item")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where in a list a page ended: the moment and the id of its last item."""

    moment: datetime
    id: str


@dataclass(frozen=True, kw_only=True)
class Page(Generic[Item]):
    """A stretch of a list, and where the next one begins (None at the end)."""

    items: tuple[Item, ...]
    next: Place | None


def select_page(
    statement: Select[*tuple[Any, ...]],
    moment: Column[datetime],
    id_: Column[str],
    *,
    after: Place | None,
    limit: int,
) -> Select[*tuple[Any, ...]]:
    """Narrow `statement` to the `limit` rows after a place, and one more to see if it goes on.

    Ties between equal moments are broken by the id, so no row is shown twice or left out even
    when rows are added meanwhile.
    """
    if after is not None:
        earlier = or_(moment < after.moment, and_(moment == after.moment, id_ < after.id))
        statement = statement.where(earlier)
    return statement.order_by(moment.desc(), id_.desc()).limit(limit + 1)


def make_page(items: Sequence[Item], limit: int, place_of: Callable[[Item], Place]) -> Page[Item]:
    """Cut the extra row off and say where the page ended."""
    goes_on = len(items) > limit
    shown = tuple(items[:limit])
    return Page(items=shown, next=place_of(shown[-1]) if goes_on else None)
