"""Places in a list as clients carry them around: opaque text, checked when it comes back."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from rehearsal_server.api.problems import invalid_field
from storage.paging import Place


class PageQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which part of a list to show."""

    limit: Annotated[int, Meta(ge=1, le=100, description="How many at most.")] = 20
    cursor: (
        Annotated[str, Meta(max_length=200, description="`next_cursor` of the page before.")] | None
    ) = None

    def place(self) -> Place | None:
        """Where the page before ended; None for the first page."""
        return None if self.cursor is None else read_cursor(self.cursor)


def make_cursor(place: Place | None) -> str | None:
    """Write a place as a cursor; the end of a list has none."""
    if place is None:
        return None
    return base64.urlsafe_b64encode(msgspec.json.encode((place.moment, place.id))).decode()


def read_cursor(cursor: str) -> Place:
    """Read a cursor back; raises the problem of one that was not made here."""
    try:
        data = base64.urlsafe_b64decode(cursor)
        moment, id_ = msgspec.json.decode(data, type=tuple[_AwareMoment, str])
    except ValueError:
        raise invalid_field("cursor", "This is no cursor of this list.") from None
    return Place(moment=moment, id=id_)


_AwareMoment = Annotated[datetime, Meta(tz=True)]
