"""The whole API: every operation, as routes and as its own description."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from rehearsal_server.api import health
from rehearsal_server.api.accounts import (
    browser_logins,
    logins,
    me,
    password_changes,
    tickets,
    voice,
)
from rehearsal_server.api.dispatch import make_route
from rehearsal_server.api.docs_page import CONTENT_SECURITY_POLICY, draw_page
from rehearsal_server.api.metrics import metrics_route
from rehearsal_server.api.openapi import describe_api
from rehearsal_server.api.operations import AnyOperation
from rehearsal_server.api.practice import (
    analysis,
    comparison,
    performances,
    sessions,
    statistics,
    trouble_spots,
)
from rehearsal_server.api.scripts import cast, resource, scenes
from rehearsal_server.api.services import Services
from rehearsal_server.protocol.asyncapi import describe_socket

OPERATIONS: tuple[AnyOperation, ...] = (
    *logins.OPERATIONS,
    *browser_logins.OPERATIONS,
    *password_changes.OPERATIONS,
    *me.OPERATIONS,
    *voice.OPERATIONS,
    *tickets.OPERATIONS,
    *resource.OPERATIONS,
    *cast.OPERATIONS,
    *scenes.OPERATIONS,
    *sessions.OPERATIONS,
    *performances.OPERATIONS,
    *comparison.OPERATIONS,
    *analysis.OPERATIONS,
    *statistics.OPERATIONS,
    *trouble_spots.OPERATIONS,
    *health.OPERATIONS,
)


def api_routes(services: Services) -> list[Route]:
    """Make the routes of every operation, and of the documents that describe them."""
    by_path = groupby(sorted(OPERATIONS, key=attrgetter("path")), key=attrgetter("path"))
    routes = [make_route(services, list(operations)) for _, operations in by_path]
    return [*routes, metrics_route(services), *_document_routes()]


def _document_routes() -> list[Route]:
    description = describe_api(OPERATIONS)
    page = draw_page(description)
    socket_description = describe_socket()

    async def show_description(_request: Request) -> Response:
        return Response(msgspec.json.encode(description), media_type="application/json")

    async def show_socket_description(_request: Request) -> Response:
        return Response(msgspec.json.encode(socket_description), media_type="application/json")

    async def show_page(_request: Request) -> Response:
        headers = {"content-security-policy": CONTENT_SECURITY_POLICY}
        return HTMLResponse(page, headers=headers)

    async def show_problem(request: Request) -> Response:
        return RedirectResponse(f"/docs#{request.path_params['code']}", 303)

    return [
        Route("/openapi.json", show_description),
        Route("/asyncapi.json", show_socket_description),
        Route("/docs", show_page),
        Route("/problems/{code}", show_problem),
    ]
