"""From HTTP to the handler of an operation and back; the only place that reads requests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rehearsal_server.api.accounts.authentication import authenticate
from rehearsal_server.api.envelope import request_id_of
from rehearsal_server.api.operations import AnyOperation, Call
from rehearsal_server.api.problems import (
    INVALID,
    MALFORMED,
    NOT_FOUND,
    TOO_LARGE,
    UNSUPPORTED_MEDIA,
    FieldProblem,
    Problem,
    problem_response,
)
from rehearsal_server.api.rate_limits import Rate, address_key, spend
from rehearsal_server.api.services import Services
from rehearsal_server.protocol.explanation import explain
from storage.ids import is_id

# More than any program of one person needs; it keeps a runaway one from slowing down the others.
USER_RATE = Rate(burst=300, every_s=0.02)

JSON = "application/json"
TEXT = "text/plain"
# What a JSON body without a text inside needs at most.
MAX_SMALL_BODY_BYTES = 16 * 1024
# JSON may spend three times the bytes of UTF-8 on a character ("\u00e9"); the text itself is
# measured once it is decoded.
_JSON_OVERHEAD = 3


class NoQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For operations without parameters in the query."""


def make_route(services: Services, operations: Sequence[AnyOperation]) -> Route:
    """Make the route of one path from its operations, one for each method."""
    by_method: dict[str, AnyOperation] = {operation.method: operation for operation in operations}

    async def answer(request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        try:
            return await _perform(services, by_method[method], request)
        except Problem as problem:
            return problem_response(problem, request_id_of(request))

    (path,) = {operation.path for operation in operations}
    return Route(path, answer, methods=list(by_method))


async def _perform(services: Services, operation: AnyOperation, request: Request) -> Response:
    arrived_at = services.clock()
    address = address_key(request.client.host if request.client else "")
    if operation.rate is not None:
        await spend(services.rate_limiter, f"{operation.path} {address}", operation.rate)
    principal = None
    if not operation.public:
        principal = await authenticate(services, request.headers)
        await spend(services.rate_limiter, principal.user_id, USER_RATE)
    if not all(is_id(value) for value in request.path_params.values()):
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
    result = await operation.handle(call)
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
    kind = operation.body
    if kind is None:
        return None
    media_type, _, parameters = request.headers.get("content-type", JSON).partition(";")
    media_type = media_type.strip().lower()
    if media_type == JSON:
        return _decode_json(await _receive(request, _max_bytes(services, operation)), kind)
    if media_type == TEXT and operation.body_from_text is not None:
        data = await _receive(request, _max_bytes(services, operation))
        return operation.body_from_text(_decode_text(data, parameters))
    taken = JSON if operation.body_from_text is None else f"{JSON} and {TEXT}"
    raise Problem(UNSUPPORTED_MEDIA, f"What is taken here is {taken}.")


def _max_bytes(services: Services, operation: AnyOperation) -> int:
    if operation.body_from_text is None:
        return MAX_SMALL_BODY_BYTES
    return services.settings.max_script_kib * 1024 * _JSON_OVERHEAD


async def _receive(request: Request, max_bytes: int) -> bytes:
    """Read the body, but not more of it than is allowed."""
    too_large = Problem(TOO_LARGE, f"At most {max_bytes} bytes are taken here.")
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > max_bytes:
        raise too_large
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > max_bytes:
            raise too_large
    return bytes(body)


def _decode_json(data: bytes, kind: type[Any]) -> Any:
    try:
        return _checked(lambda: msgspec.json.decode(data, type=kind), kind)
    except ValueError as error:
        raise Problem(MALFORMED, f"This is not JSON: {error}") from None


def _decode_text(data: bytes, parameters: str) -> str:
    charset = parameters.partition("charset=")[2].strip(' "').lower()
    if charset not in ("", "utf-8", "utf8", "us-ascii"):
        raise Problem(UNSUPPORTED_MEDIA, "Texts are taken in UTF-8.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Problem(MALFORMED, f"Line {line} is not UTF-8; save the text as UTF-8.") from None


def _checked(decode: Callable[[], Any], kind: type[Any]) -> Any:
    """Decode, and say of what does not fit which field it is and what would fit."""
    try:
        return decode()
    except msgspec.ValidationError as error:
        why = explain(str(error), kind.__name__, {kind.__name__: kind})
        problem = FieldProblem(field=why.field or "", message=why.message)
        raise Problem(INVALID, why.message, errors=(problem,)) from None
