"""From HTTP to the handler of an operation and back; the only place that reads requests."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rehearsal_server.api.accounts.authentication import authenticate
from rehearsal_server.api.envelope import request_id_of
from rehearsal_server.api.operations import AnyOperation, Call, File, Upload, pattern_of
from rehearsal_server.api.problems import (
    INVALID,
    MALFORMED,
    NOT_FOUND,
    TOO_LARGE,
    TOO_SLOW,
    UNSUPPORTED_MEDIA,
    FieldProblem,
    Problem,
    problem_response,
)
from rehearsal_server.api.rate_limits import Rate, address_key, spend
from rehearsal_server.api.services import Services
from rehearsal_server.protocol.explanation import explain

# More than any program of one person needs; it keeps a runaway one from slowing down the others.
USER_RATE = Rate(burst=300, every_s=0.02)

JSON = "application/json"
# A phone on a train sends a recording in this time; whoever is slower holds memory for nothing.
BODY_DEADLINE_S = 120.0
# JSON may spend three times the bytes of UTF-8 on a character ("\u00e9"); the text itself is
# measured once it is decoded.
_JSON_OVERHEAD = 3


class NoQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For operations without parameters in the query."""


def make_route(services: Services, operations: Sequence[AnyOperation]) -> Route:
    """Make the route of one path from its operations, one for each method."""
    by_method: dict[str, AnyOperation] = {operation.method: operation for operation in operations}

    (path,) = {operation.path for operation in operations}

    async def answer(request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        began_s, status = time.perf_counter(), 500
        try:
            response = await _perform(services, by_method[method], request)
            status = response.status_code
        except Problem as problem:
            response = problem_response(problem, request_id_of(request))
            status = response.status_code
        finally:
            took_s = time.perf_counter() - began_s
            services.metrics.request_answered(method, path, status, took_s)
        return response

    return Route(path, answer, methods=list(by_method))


async def _perform(services: Services, operation: AnyOperation, request: Request) -> Response:
    arrived_at = services.clock()
    address = address_key(request.client.host if request.client else "")
    principal = None if operation.public else await authenticate(services, request.headers)
    await _count(services, operation, address if principal is None else principal.user_id)
    if not all(_is_possible(name, value) for name, value in request.path_params.items()):
        raise Problem(NOT_FOUND)
    call: Call[Any, Any] = Call(
        services=services,
        principal=principal,
        path=request.path_params,
        request_headers=request.headers,
        address=address,
        query=_read_query(operation, request),
        body=await _read_body(services, operation, request),
        arrived_at=arrived_at,
    )
    return _respond(operation, call, await operation.handle(call))


async def _count(services: Services, operation: AnyOperation, caller: str) -> None:
    if not operation.public:
        await spend(services.rate_limiter, caller, USER_RATE)
    if operation.rate is not None:
        await spend(services.rate_limiter, f"{operation.path} {caller}", operation.rate)


def _is_possible(parameter: str, value: str) -> bool:
    return re.fullmatch(pattern_of(parameter), value) is not None


def _respond(operation: AnyOperation, call: Call[Any, Any], result: Any) -> Response:
    if isinstance(result, File):
        disposition = f'attachment; filename="{result.name}"'
        headers = {**call.headers, "content-disposition": disposition}
        return Response(result.data, operation.status, headers, media_type=result.media_type)
    body = b"" if result is None else msgspec.json.encode(result)
    media_type = None if result is None else JSON
    return Response(body, operation.status, call.headers, media_type=media_type)


def _read_query(operation: AnyOperation, request: Request) -> Any:
    given = request.query_params.multi_items()
    parameters = dict(given)
    if len(parameters) < len(given):
        raise Problem(MALFORMED, "A parameter stands twice in the query.")
    kind = operation.query or NoQuery
    return _checked(lambda: msgspec.convert(parameters, kind, strict=False), kind)


async def _read_body(services: Services, operation: AnyOperation, request: Request) -> Any:
    kind, file = operation.body, operation.file
    if kind is None and file is None:
        return None
    media_type = request.headers.get("content-type", JSON).partition(";")[0].strip().lower()
    if media_type == JSON and kind is not None:
        return _decode_json(await _receive(request, _max_json_bytes(services, operation)), kind)
    if file is not None and media_type in file.media_types:
        data = await _receive(request, file.max_bytes(services.settings))
        return Upload(data=data, media_type=media_type)
    taken = [*([JSON] if kind is not None else []), *(file.media_types if file else ())]
    raise Problem(UNSUPPORTED_MEDIA, f"What is taken here is {', '.join(taken)}.")


def _max_json_bytes(services: Services, operation: AnyOperation) -> int:
    if operation.file is None:
        return operation.max_json_bytes
    return operation.file.max_bytes(services.settings) * _JSON_OVERHEAD


async def _receive(request: Request, max_bytes: int) -> bytes:
    """Read the body, but not more of it than is allowed."""
    too_large = Problem(TOO_LARGE, f"At most {max_bytes} bytes are taken here.")
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > max_bytes:
        raise too_large
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_DEADLINE_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > max_bytes:
                    raise too_large
    except TimeoutError:
        raise Problem(TOO_SLOW, "The request did not arrive in time.") from None
    return bytes(body)


def _decode_json(data: bytes, kind: type[Any]) -> Any:
    try:
        return _checked(lambda: msgspec.json.decode(data, type=kind), kind)
    except ValueError as error:
        raise Problem(MALFORMED, f"This is not JSON: {error}") from None


def _checked(decode: Callable[[], Any], kind: type[Any]) -> Any:
    """Decode, and say of what does not fit which field it is and what would fit."""
    try:
        return decode()
    except msgspec.ValidationError as error:
        why = explain(str(error), kind.__name__, {kind.__name__: kind})
        problem = FieldProblem(field=why.field or "", message=why.message)
        raise Problem(INVALID, why.message, errors=(problem,)) from None
