from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal_server.api.cursors import make_cursor, read_cursor
from rehearsal_server.api.problems import Problem
from storage.ids import new_id
from storage.paging import Place


@given(st.datetimes(min_value=datetime(1, 1, 2), timezones=st.just(UTC)))
def test_a_cursor_leads_back_to_its_place(moment: datetime) -> None:
    place = Place(key=moment, id=new_id())
    cursor = make_cursor(place)
    assert cursor is not None
    assert read_cursor(cursor) == place
    assert len(cursor) <= 200


def test_the_end_of_a_list_has_no_cursor() -> None:
    assert make_cursor(None) is None


@given(st.text(max_size=200))
def test_anything_else_is_a_problem_and_not_a_fault(text: str) -> None:
    with pytest.raises(Problem, match="no cursor"):
        read_cursor(text)


def test_a_cursor_is_of_one_order() -> None:
    cursor = make_cursor(Place(key=412, id=new_id()), "slowest_pickup")
    assert cursor is not None
    assert read_cursor(cursor, "slowest_pickup").key == 412
    with pytest.raises(Problem, match="no cursor"):
        read_cursor(cursor, "newest")
