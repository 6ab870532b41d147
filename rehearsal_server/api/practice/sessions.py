"""Rehearsals: those of the socket, and those begun here for recordings that are brought along."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from rehearsal_server.api.accounts.opaque import digest
from rehearsal_server.api.conditions import creation_of
from rehearsal_server.api.cursors import PageQuery, make_cursor
from rehearsal_server.api.operations import AnyOperation, Call, Operation
from rehearsal_server.api.practice.performances import Id
from rehearsal_server.api.problems import KEY_REUSED, NOT_FOUND, WRONG_STATE, Problem, invalid_field
from rehearsal_server.api.scripts.views import script_of
from storage.ids import ID_LENGTH
from storage.results import Feedback, Performance
from storage.sessions import ORDERS, NewSession, Session, SessionFilter, SessionState


class SessionQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which sessions to show, in which order."""

    state: SessionState | None = None
    practice: Annotated[
        Annotated[str, Meta(max_length=32)] | None, Meta(description="E.g. `scene`.")
    ] = None
    script_id: Annotated[Id | None, Meta(description="On this script.")] = None
    role: Annotated[
        Annotated[str, Meta(max_length=200)] | None, Meta(description="In this role.")
    ] = None
    sort: Annotated[
        Literal["newest", "oldest", "longest"],
        Meta(description="`longest` leaves out what is not over."),
    ] = "newest"


class SessionPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some sessions, in the order that was asked for."""

    items: tuple[Session, ...]
    next_cursor: str | None


class SessionDetail(Session, frozen=True, kw_only=True):
    """A session with its performances and all the feedback on it."""

    performances: tuple[Performance, ...]
    feedback: tuple[Feedback, ...]


class SessionPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is going to be rehearsed without a socket."""

    script_id: Id
    scene: Annotated[Id, Meta(description="Id of a scene of the script, e.g. `S1`.")]
    role: Annotated[str, Meta(min_length=1, max_length=200)]


async def list_sessions(call: Call[None, SessionQuery]) -> SessionPage:
    """List my sessions."""
    query, names = call.query, SessionFilter.__struct_fields__
    page = await call.services.sessions.list(
        call.user_id,
        after=query.place(query.sort),
        limit=query.limit,
        which=SessionFilter(**{name: getattr(query, name) for name in names}),
        order=ORDERS[query.sort],
    )
    return SessionPage(items=page.items, next_cursor=make_cursor(page.next, query.sort))


async def show_session(call: Call[None, None]) -> SessionDetail:
    """Show one session with everything that came out of it."""
    session, sessions = await _find(call), call.services.sessions
    return SessionDetail(
        **msgspec.structs.asdict(session),
        performances=await sessions.performances(call.user_id, session.id),
        feedback=await sessions.feedback(call.user_id, session.id),
    )


async def create_session(call: Call[SessionPlan, None]) -> Session:
    """Begin a session that recordings are brought to; a live one begins on the socket."""
    plan, services = call.body, call.services
    stored = await services.scripts.get(call.user_id, plan.script_id)
    if stored is None:
        raise invalid_field("script_id", "There is no such script in this account.")
    scene = next((one for one in script_of(stored).scenes if one.id == plan.scene), None)
    if scene is None:
        raise invalid_field("scene", "The script has no such scene.")
    if all(line.character != plan.role for line in scene.lines):
        raise invalid_field("role", "Nobody of that name speaks in the scene.")
    new = NewSession(
        user_id=call.user_id,
        practice="scene",
        script_id=plan.script_id,
        scene_id=plan.scene,
        role=plan.role,
        started_at=services.clock(),
    )
    session = await _begin(call, new)
    call.headers["location"] = f"/v1/sessions/{session.id}"
    return session


async def _begin(call: Call[SessionPlan, None], new: NewSession) -> Session:
    creation = creation_of(call.request_headers, call.body)
    if creation is None:
        return await call.services.sessions.begin(new, "open")
    # The id follows from the key: the database itself refuses to begin the same session twice.
    session_id = digest(f"session {call.user_id} {creation.key}")[:ID_LENGTH]
    session = await call.services.sessions.begin_once(new, session_id)
    if session is None:
        raise Problem(KEY_REUSED, "Take a new key for a new request.")
    return session


async def complete_session(call: Call[None, None]) -> Session:
    """End a session that was begun here."""
    services = call.services
    if not await services.sessions.complete(
        call.user_id, call.path["session_id"], services.clock()
    ):
        session = await _find(call)
        raise Problem(WRONG_STATE, f"The session is {session.state}, not open.")
    return await _find(call)


async def delete_session(call: Call[None, None]) -> None:
    """Delete a session with its performances, feedback and recordings."""
    if not await call.services.sessions.delete(call.user_id, call.path["session_id"]):
        await _find(call)
        raise Problem(WRONG_STATE, "The session is going on; stop it on its socket first.")


async def _find(call: Call[None, None]) -> Session:
    session = await call.services.sessions.get(call.user_id, call.path["session_id"])
    if session is None:
        raise Problem(NOT_FOUND)
    return session


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        method="GET",
        path="/v1/sessions",
        summary="List my sessions",
        handle=list_sessions,
        query=SessionQuery,
        result=SessionPage,
    ),
    Operation(
        method="POST",
        path="/v1/sessions",
        summary="Begin a session for recordings",
        handle=create_session,
        body=SessionPlan,
        example=SessionPlan(script_id="0" * 32, scene="S1", role="LANE"),
        result=Session,
        status=201,
        repeatable=True,
    ),
    Operation(
        method="GET",
        path="/v1/sessions/{session_id}",
        summary="Show a session with its performances",
        handle=show_session,
        result=SessionDetail,
    ),
    Operation(
        method="POST",
        path="/v1/sessions/{session_id}/complete",
        summary="End a session for recordings",
        handle=complete_session,
        result=Session,
        errors=(WRONG_STATE,),
    ),
    Operation(
        method="DELETE",
        path="/v1/sessions/{session_id}",
        summary="Delete a session and all that came out of it",
        handle=delete_session,
        status=204,
        errors=(WRONG_STATE,),
    ),
)
