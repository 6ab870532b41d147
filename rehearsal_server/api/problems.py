"""Errors as RFC 9457 problem details: every one that the API answers with is listed here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class ProblemType:
    """A kind of problem: its code never changes, so that clients can tell kinds apart by it."""

    status: int
    code: str
    title: str


MALFORMED = ProblemType(400, "malformed", "The request cannot be read.")
UNAUTHENTICATED = ProblemType(401, "unauthenticated", "A valid access token is needed.")
WRONG_CREDENTIALS = ProblemType(401, "wrong_credentials", "Wrong address or password.")
REFRESH_REFUSED = ProblemType(401, "refresh_refused", "Sign in again.")
FOREIGN_ORIGIN = ProblemType(403, "foreign_origin", "Only pages of this server may do this.")
QUOTA_REACHED = ProblemType(403, "quota_reached", "The account holds as much as it may.")
NOT_FOUND = ProblemType(404, "not_found", "There is nothing here.")
METHOD_NOT_ALLOWED = ProblemType(405, "method_not_allowed", "This cannot be done here.")
TOO_SLOW = ProblemType(408, "too_slow", "The request took too long to arrive.")
REFRESH_RACE = ProblemType(409, "refresh_race", "Another request is refreshing this login.")
KEY_REUSED = ProblemType(409, "key_reused", "This key was used for another request.")
NOT_COMPARABLE = ProblemType(409, "not_comparable", "These takes cannot be compared.")
WRONG_STATE = ProblemType(409, "wrong_state", "It is not in a state to do this.")
PRECONDITION_FAILED = ProblemType(412, "precondition_failed", "The condition does not hold.")
TOO_LARGE = ProblemType(413, "too_large", "The request is too large.")
UNSUPPORTED_MEDIA = ProblemType(415, "unsupported_media", "This kind of content is not taken.")
INVALID = ProblemType(422, "invalid", "The request does not fit.")
UNREADABLE_SCRIPT = ProblemType(422, "unreadable_script", "No script can be found in it.")
UNUSABLE_RECORDING = ProblemType(422, "unusable_recording", "This recording can't be analysed.")
RESET_REFUSED = ProblemType(422, "reset_refused", "This token is used up or too old.")
TOO_MANY = ProblemType(429, "too_many", "That is too often.")
INTERNAL = ProblemType(500, "internal", "Something went wrong on the server.")
BUSY = ProblemType(503, "busy", "The server is busy.")
NOT_READY = ProblemType(503, "not_ready", "The server is not ready.")


class FieldProblem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is wrong with one field."""

    field: Annotated[str, Meta(description="Where it is, e.g. `email`.")]
    message: str
    source_line: Annotated[int | None, Meta(description="Line of an uploaded text.")] = None


class ProblemDetails(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A problem as it is sent."""

    type: Annotated[str, Meta(description="`/problems/` and the code of the problem.")]
    title: str
    status: int
    detail: Annotated[str, Meta(description="What to do about it, where that can be said.")] = ""
    errors: tuple[FieldProblem, ...] = ()
    request_id: Annotated[str, Meta(description="Names this request in the server's log.")] = ""


class Problem(Exception):
    """Raised to answer a request with a problem."""

    def __init__(
        self,
        kind: ProblemType,
        detail: str = "",
        *,
        errors: tuple[FieldProblem, ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{kind.code}: {detail}")
        self.kind = kind
        self.detail = detail
        self.errors = errors
        self.headers = dict(headers or {})


def invalid_field(field: str, message: str, source_line: int | None = None) -> Problem:
    """Make the problem of one field that does not fit."""
    error = FieldProblem(field=field, message=message, source_line=source_line)
    return Problem(INVALID, message, errors=(error,))


def problem_response(problem: Problem, request_id: str) -> Response:
    """Put a problem into an HTTP response."""
    details = ProblemDetails(
        type=f"/problems/{problem.kind.code}",
        title=problem.kind.title,
        status=problem.kind.status,
        detail=problem.detail,
        errors=problem.errors,
        request_id=request_id,
    )
    body = msgspec.json.encode(details)
    return Response(body, problem.kind.status, problem.headers, media_type=MEDIA_TYPE)
