from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from rehearsal_server.api.practice.trends import daily_figures, streaks
from storage.performances import TakeFigures
from storage.sessions import Practised

TODAY = date(2026, 3, 9)
NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)


def days_ago(*days: int) -> list[datetime]:
    return [NOON - timedelta(days=day) for day in days]


def take(pickup_ms: int | None, **scores: float) -> TakeFigures:
    return TakeFigures(created_at=NOON, outcome="spoken", pickup_ms=pickup_ms, scores=scores)


def test_a_streak_lasts_until_a_day_is_missed() -> None:
    assert streaks(days_ago(5, 4, 3, 1, 0, 0), TODAY, UTC).current_days == 2
    assert streaks(days_ago(5, 4, 3, 1, 0, 0), TODAY, UTC).longest_days == 3
    assert streaks(days_ago(2, 1), TODAY, UTC).current_days == 2, "today is still to come"
    assert streaks(days_ago(3, 2), TODAY, UTC).current_days == 0
    assert streaks([], TODAY, UTC).longest_days == 0


def test_a_day_begins_where_the_actor_is() -> None:
    late = datetime(2026, 3, 8, 23, 30, tzinfo=UTC)
    in_tokyo = ZoneInfo("Asia/Tokyo")
    (day,) = daily_figures([Practised(started_at=late, duration_ms=90_000)], [], in_tokyo)
    assert (day.date, day.minutes) == (TODAY, 1.5)
    assert streaks([late], TODAY, in_tokyo).current_days == 1


def test_a_day_shows_medians_of_what_was_measured() -> None:
    takes = [take(300, accuracy=0.9), take(500), take(None), take(9_000, accuracy=1.0)]
    (day,) = daily_figures([], takes, UTC)
    assert (day.takes, day.median_pickup_ms, day.median_accuracy) == (4, 500, 0.95)


def test_what_goes_on_has_no_length_yet() -> None:
    (day,) = daily_figures([Practised(started_at=NOON, duration_ms=None)], [], UTC)
    assert (day.sessions, day.minutes, day.median_pickup_ms) == (1, 0, None)


@given(st.lists(st.integers(0, 60)))
def test_streaks_do_not_depend_on_order_or_repetition(days: list[int]) -> None:
    counted = streaks(days_ago(*days), TODAY, UTC)
    assert counted == streaks(days_ago(*reversed(days), *days), TODAY, UTC)
    assert 0 <= counted.current_days <= counted.longest_days <= len(set(days))
