"""What goes around every HTTP exchange: request id, safe headers, and problems for all errors."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rehearsal_server.api.problems import (
    INTERNAL,
    METHOD_NOT_ALLOWED,
    NOT_FOUND,
    Problem,
    ProblemType,
    problem_response,
)
from rehearsal_server.config import Settings

log = logging.getLogger(__name__)

# Answers hold people's own data, so nobody keeps a copy; a page that may be kept says so itself.
_SAFE_HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
_HTTPS_ONLY = "max-age=31536000"


class Envelope:
    """Middleware for everything over HTTP; the outermost, so that nothing gets past it.

    The request id is made here and never taken from the client, who could put anything into our
    log with it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one exchange."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = request_id
                for name, value in _SAFE_HEADERS.items():
                    headers.setdefault(name, value)
                if scope["scheme"] == "https":
                    headers["strict-transport-security"] = _HTTPS_ONLY
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except ClientDisconnect:
            log.info("request %s: the client went away", request_id)
        except Exception:
            log.exception("request %s failed", request_id)
            if started:
                raise
            response = problem_response(Problem(INTERNAL), request_id)
            await response(scope, receive, send_with_headers)


def request_id_of(request: Request) -> str:
    """Id that the envelope gave this request."""
    return str(request.scope["state"]["request_id"])


async def answer_http_exception(request: Request, error: Exception) -> Response:
    """Turn what starlette's router raises (unknown path, wrong method) into a problem."""
    assert isinstance(error, HTTPException)
    kinds = {404: NOT_FOUND, 405: METHOD_NOT_ALLOWED}
    kind = kinds.get(error.status_code) or ProblemType(error.status_code, "http", error.detail)
    return problem_response(Problem(kind, headers=error.headers), request_id_of(request))


EXCEPTION_HANDLERS: Mapping[Any, Any] = {HTTPException: answer_http_exception}


def middleware_for(settings: Settings) -> list[Middleware]:
    """List what goes around the application, from the outside in."""
    other_origins = Middleware(
        CORSMiddleware,
        allow_origins=settings.allowed_origins,
        allow_methods=("GET", "POST", "PUT", "PATCH", "DELETE"),
        allow_headers=("Authorization", "Content-Type", "If-Match", "Idempotency-Key"),
        expose_headers=("ETag", "Location", "Retry-After", "X-Request-Id"),
    )
    return [Middleware(Envelope), *([other_origins] if settings.allowed_origins else [])]
