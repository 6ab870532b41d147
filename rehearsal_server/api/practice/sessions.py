"""Rehearsals that were held, and what came out of them; they are made on the socket."""

from __future__ import annotations

import msgspec

from rehearsal_server.api.cursors import PageQuery, make_cursor
from rehearsal_server.api.operations import AnyOperation, Call, Operation
from rehearsal_server.api.problems import NOT_FOUND, Problem
from storage.results import Feedback, Performance
from storage.sessions import Session


class SessionPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some sessions, newest first."""

    items: tuple[Session, ...]
    next_cursor: str | None


class SessionDetail(Session, frozen=True, kw_only=True):
    """A session with its performances and all the feedback on it."""

    performances: tuple[Performance, ...]
    feedback: tuple[Feedback, ...]


class FeedbackList(msgspec.Struct, frozen=True, kw_only=True):
    """Feedback on one performance, in order."""

    items: tuple[Feedback, ...]


async def list_sessions(call: Call[None, PageQuery]) -> SessionPage:
    """List my sessions."""
    page = await call.services.sessions.list(
        call.user_id, after=call.query.place(), limit=call.query.limit
    )
    return SessionPage(items=page.items, next_cursor=make_cursor(page.next))


async def show_session(call: Call[None, None]) -> SessionDetail:
    """Show one session with everything that came out of it."""
    sessions, session_id = call.services.sessions, call.path["session_id"]
    session = await sessions.get(call.user_id, session_id)
    if session is None:
        raise Problem(NOT_FOUND)
    return SessionDetail(
        **msgspec.structs.asdict(session),
        performances=await sessions.performances(call.user_id, session_id),
        feedback=await sessions.feedback(call.user_id, session_id),
    )


async def show_performance(call: Call[None, None]) -> Performance:
    """Show one take of a line."""
    performance = await call.services.sessions.performance(
        call.user_id, call.path["performance_id"]
    )
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
        path="/v1/sessions",
        summary="List my sessions",
        handle=list_sessions,
        query=PageQuery,
        result=SessionPage,
    ),
    Operation(
        method="GET",
        path="/v1/sessions/{session_id}",
        summary="Show a session with its performances",
        handle=show_session,
        result=SessionDetail,
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
