"""Figures of one's own practice."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Meta

from rehearsal_server.api.operations import AnyOperation, Call, Operation
from rehearsal_server.api.practice.trends import Day, Streaks, daily_figures, minutes_of, streaks
from rehearsal_server.api.problems import invalid_field

MAX_DAYS = 366


class StatisticsQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of which days, and where a day begins."""

    days: Annotated[int, Meta(ge=1, le=MAX_DAYS, description="So many up to today.")] = 30
    time_zone: Annotated[
        str, Meta(max_length=64, pattern=r"^[A-Za-z0-9_+\-/]+$", description="IANA name.")
    ] = "UTC"


class Statistics(msgspec.Struct, frozen=True, kw_only=True):
    """What came of practising."""

    sessions: Annotated[int, Meta(description="Since the account was made.")]
    minutes: Annotated[float, Meta(description="Since the account was made.")]
    streaks: Streaks
    days: Annotated[tuple[Day, ...], Meta(description="Days with practice, oldest first.")]


async def show_statistics(call: Call[None, StatisticsQuery]) -> Statistics:
    """Show minutes, trends and streaks."""
    services, query = call.services, call.query
    zone = _zone(query.time_zone)
    now = services.clock().astimezone(zone)
    first = (now - timedelta(days=query.days - 1)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    practised = await services.sessions.practised(call.user_id)
    takes = await services.performances.figures_since(call.user_id, first)
    recent = (session for session in practised if session.started_at >= first)
    return Statistics(
        sessions=len(practised),
        minutes=minutes_of(practised),
        streaks=streaks((session.started_at for session in practised), now.date(), zone),
        days=daily_figures(recent, takes, zone),
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise invalid_field("time_zone", "This is no IANA time zone.") from None


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        method="GET",
        path="/v1/statistics",
        summary="Show how my practice develops",
        handle=show_statistics,
        query=StatisticsQuery,
        result=Statistics,
    ),
)
