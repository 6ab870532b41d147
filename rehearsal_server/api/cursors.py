"""Places in a list as clients carry them around: opaque text, checked when it comes back."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from rehearsal_server.api.problems import Problem, invalid_field
from storage.paging import Place

NEWEST = "newest"


class PageQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which part of a list to show."""

    limit: Annotated[int, Meta(ge=1, le=100, description="How many at most.")] = 20
    cursor: (
        Annotated[str, Meta(max_length=200, description="`next_cursor` of the page before.")] | None
    ) = None

    def place(self, order: str = NEWEST) -> Place | None:
        """Where the page before ended, in the same order; None for the first page."""
        return None if self.cursor is None else read_cursor(self.cursor, order)


def make_cursor(place: Place | None, order: str = NEWEST) -> str | None:
    """Write a place in a list in some order as a cursor; the end of a list has none."""
    if place is None:
        return None
    return base64.urlsafe_b64encode(msgspec.json.encode((order, place.key, place.id))).decode()


def read_cursor(cursor: str, order: str = NEWEST) -> Place:
    """Read a cursor back; raises the problem of one that was not made here, or in other order."""
    try:
        data = base64.urlsafe_b64decode(cursor)
        made_in, key, id_ = msgspec.json.decode(data, type=tuple[str, _AwareMoment | int, str])
    except ValueError:
        raise _no_cursor() from None
    if made_in != order:
        raise _no_cursor()
    return Place(key=key, id=id_)


def _no_cursor() -> Problem:
    return invalid_field("cursor", "This is no cursor of this list in this order.")


_AwareMoment = Annotated[datetime, Meta(tz=True)]
