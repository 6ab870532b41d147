"""How somebody's practice develops: figures of their days, in their own time zone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, tzinfo
from statistics import median
from typing import Annotated

import msgspec
from msgspec import Meta

from storage.performances import TakeFigures
from storage.sessions import Practised


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """One day on which something was rehearsed."""

    date: date
    minutes: Annotated[float, Meta(description="In sessions that began on this day.")]
    sessions: int
    takes: int
    prompted: int
    median_pickup_ms: Annotated[float | None, Meta(description="Null where no cue was picked up.")]
    median_accuracy: Annotated[
        float | None, Meta(description="Share of words said; null where it was not measured.")
    ]


class Streaks(msgspec.Struct, frozen=True, kw_only=True):
    """Days in a row with a rehearsal."""

    current_days: Annotated[
        int, Meta(description="Up to today, or to yesterday while today is still to come.")
    ]
    longest_days: int


def daily_figures(
    practised: Iterable[Practised], takes: Iterable[TakeFigures], zone: tzinfo
) -> tuple[Day, ...]:
    """Put rehearsals and takes together by the day on which they were, oldest first.

    Medians, because one dry line must not colour a day.
    """
    sessions_on: dict[date, list[Practised]] = {}
    takes_on: dict[date, list[TakeFigures]] = {}
    for session in practised:
        sessions_on.setdefault(_day(session.started_at, zone), []).append(session)
    for take in takes:
        takes_on.setdefault(_day(take.created_at, zone), []).append(take)
    return tuple(
        _figures(day, sessions_on.get(day, ()), takes_on.get(day, ()))
        for day in sorted({*sessions_on, *takes_on})
    )


def streaks(moments: Iterable[datetime], today: date, zone: tzinfo) -> Streaks:
    """Count days in a row among moments of practice."""
    days = sorted({_day(moment, zone) for moment in moments})
    longest = run = 0
    before: date | None = None
    for day in days:
        run = run + 1 if before is not None and day - before == timedelta(days=1) else 1
        longest, before = max(longest, run), day
    is_alive = before is not None and before >= today - timedelta(days=1)
    return Streaks(current_days=run if is_alive else 0, longest_days=longest)


def minutes_of(practised: Iterable[Practised]) -> float:
    """Add up rehearsals; what is still going on has no length yet."""
    return round(sum(session.duration_ms or 0 for session in practised) / 60_000, 1)


def _day(moment: datetime, zone: tzinfo) -> date:
    return moment.astimezone(zone).date()


def _figures(day: date, practised: Sequence[Practised], takes: Sequence[TakeFigures]) -> Day:
    accuracies = [take.scores.get("accuracy") for take in takes]
    return Day(
        date=day,
        minutes=minutes_of(practised),
        sessions=len(practised),
        takes=len(takes),
        prompted=sum(take.outcome == "prompted" for take in takes),
        median_pickup_ms=_median(take.pickup_ms for take in takes),
        median_accuracy=_median(accuracies),
    )


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(median(known), 3) if known else None
