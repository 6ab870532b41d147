"""The whole API: every operation, as routes and as its own description."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rehearsal_server.api import accounts, health, scripts, sessions, tickets
from rehearsal_server.api.dispatch import make_route
from rehearsal_server.api.openapi import describe_api
from rehearsal_server.api.operations import AnyOperation
from rehearsal_server.api.services import Services

OPERATIONS: tuple[AnyOperation, ...] = (
    *accounts.OPERATIONS,
    *tickets.OPERATIONS,
    *scripts.OPERATIONS,
    *sessions.OPERATIONS,
    *health.OPERATIONS,
)


def api_routes(services: Services) -> list[Route]:
    """Make the routes of every operation, and of the document that describes them."""
    description = describe_api(OPERATIONS)

    async def show_description(_request: Request) -> Response:
        return Response(description, media_type="application/json")

    by_path = groupby(sorted(OPERATIONS, key=attrgetter("path")), key=attrgetter("path"))
    routes = [make_route(services, list(operations)) for _, operations in by_path]
    return [*routes, Route("/openapi.json", show_description)]
