"""`/metrics`, for whoever has the token that the operator set; without one it does not exist."""

from __future__ import annotations

import secrets

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rehearsal_server.api.envelope import request_id_of
from rehearsal_server.api.problems import NOT_FOUND, UNAUTHENTICATED, Problem, problem_response
from rehearsal_server.api.services import Services
from rehearsal_server.metrics import CONTENT_TYPE

PATH = "/metrics"


def metrics_route(services: Services) -> Route:
    """Make the route."""
    token = services.settings.metrics_token

    async def show_metrics(request: Request) -> Response:
        if not token:
            return problem_response(Problem(NOT_FOUND), request_id_of(request))
        given = request.headers.get("authorization", "")
        if not secrets.compare_digest(given.encode(), f"Bearer {token}".encode()):
            problem = Problem(UNAUTHENTICATED, headers={"www-authenticate": "Bearer"})
            return problem_response(problem, request_id_of(request))
        return Response(services.metrics.render(), media_type=CONTENT_TYPE)

    return Route(PATH, show_metrics)
