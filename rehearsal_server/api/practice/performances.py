"""Takes of lines across sessions, and what was said about them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from rehearsal_server.api.cursors import PageQuery, make_cursor
from rehearsal_server.api.operations import AnyOperation, Call, Operation
from rehearsal_server.api.problems import NOT_FOUND, Problem
from storage.performances import ORDERS, PerformanceFilter
from storage.results import Feedback, Performance

Id = Annotated[str, Meta(max_length=64)]


class PerformanceQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which performances to show, in which order."""

    session_id: Annotated[Id | None, Meta(description="Of this session.")] = None
    script_id: Annotated[Id | None, Meta(description="Of sessions on this script.")] = None
    line_id: Annotated[Id | None, Meta(description="Of this line, e.g. `L12`.")] = None
    character: Annotated[
        Annotated[str, Meta(max_length=200)] | None, Meta(description="Of this character.")
    ] = None
    outcome: Literal["spoken", "prompted", "skipped"] | None = None
    sort: Annotated[
        Literal["newest", "oldest", "slowest_pickup", "longest"],
        Meta(description="`slowest_pickup` leaves out takes without a cue to pick up."),
    ] = "newest"


class PerformancePage(msgspec.Struct, frozen=True, kw_only=True):
    """Some performances, in the order that was asked for."""

    items: tuple[Performance, ...]
    next_cursor: str | None


class FeedbackList(msgspec.Struct, frozen=True, kw_only=True):
    """Feedback on one performance, in order."""

    items: tuple[Feedback, ...]


async def list_performances(call: Call[None, PerformanceQuery]) -> PerformancePage:
    """List my performances."""
    query = call.query
    names = PerformanceFilter.__struct_fields__
    page = await call.services.performances.list(
        call.user_id,
        PerformanceFilter(**{name: getattr(query, name) for name in names}),
        ORDERS[query.sort],
        after=query.place(query.sort),
        limit=query.limit,
    )
    return PerformancePage(items=page.items, next_cursor=make_cursor(page.next, query.sort))


async def show_performance(call: Call[None, None]) -> Performance:
    """Show one take of a line."""
    return await find_performance(call, call.path["performance_id"])


async def find_performance(call: Call[Any, Any], performance_id: str) -> Performance:
    """Find a performance of the caller's; raises the problem that it is absent."""
    performance = await call.services.sessions.performance(call.user_id, performance_id)
    if performance is None:
        raise Problem(NOT_FOUND)
    return performance


async def show_feedback(call: Call[None, None]) -> FeedbackList:
    """Show the feedback on one take of a line."""
    performance = await show_performance(call)
    items = await call.services.sessions.performance_feedback(call.user_id, performance.id)
    return FeedbackList(items=items)


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        method="GET",
        path="/v1/performances",
        summary="List my performances",
        handle=list_performances,
        query=PerformanceQuery,
        result=PerformancePage,
    ),
    Operation(
        method="GET",
        path="/v1/performances/{performance_id}",
        summary="Show a performance",
        handle=show_performance,
        result=Performance,
    ),
    Operation(
        method="GET",
        path="/v1/performances/{performance_id}/feedback",
        summary="Show the feedback on a performance",
        handle=show_feedback,
        result=FeedbackList,
    ),
)
