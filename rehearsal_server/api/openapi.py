"""OpenAPI 3.1, drawn from the declarations that also route and check."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, cast

import msgspec

from rehearsal_server import __version__
from rehearsal_server.api.operations import AnyOperation, pattern_of
from rehearsal_server.api.problems import (
    INTERNAL,
    INVALID,
    KEY_REUSED,
    MALFORMED,
    MEDIA_TYPE,
    NOT_FOUND,
    PRECONDITION_FAILED,
    TOO_LARGE,
    TOO_MANY,
    TOO_SLOW,
    UNAUTHENTICATED,
    UNSUPPORTED_MEDIA,
    ProblemDetails,
    ProblemType,
)

Schema = dict[str, Any]
_REF = "#/components/schemas/{name}"


def describe_api(operations: Sequence[AnyOperation]) -> Schema:
    """Draw the document."""
    named = [kind for op in operations for kind in (op.body, _shown(op)) if kind is not None]
    _, components = msgspec.json.schema_components([ProblemDetails, *named], ref_template=_REF)
    paths: dict[str, Schema] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _describe(operation)
    bearer = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Rehearsal server", "version": __version__},
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": {"access_token": bearer}},
    }
    # As readers of the JSON will have it: lists, not tuples.
    return cast(Schema, msgspec.json.decode(msgspec.json.encode(document)))


def _shown(operation: AnyOperation) -> type[Any] | None:
    """Give the result that has a schema; a file has none."""
    return None if operation.produces else operation.result


def problems_of(operation: AnyOperation) -> tuple[ProblemType, ...]:
    """List every problem that an operation can answer with."""
    problems = [*operation.errors, MALFORMED, INVALID, INTERNAL]
    if not operation.public:
        problems.append(UNAUTHENTICATED)
    if "{" in operation.path:
        problems.append(NOT_FOUND)
    if operation.rate is not None or not operation.public:
        problems.append(TOO_MANY)
    if operation.conditional:
        problems.append(PRECONDITION_FAILED)
    if operation.repeatable:
        problems.append(KEY_REUSED)
    if operation.body is not None or operation.file is not None:
        problems += [TOO_SLOW, TOO_LARGE, UNSUPPORTED_MEDIA]
    return tuple(sorted(problems, key=lambda kind: (kind.status, kind.code)))


def _describe(operation: AnyOperation) -> Schema:
    described: Schema = {
        "operationId": operation.handle.__name__,
        "summary": operation.summary,
        "tags": [_tag(operation.path)],
        "responses": _responses(operation),
    }
    if parameters := _parameters(operation):
        described["parameters"] = parameters
    if operation.body is not None or operation.file is not None:
        described["requestBody"] = {"required": True, "content": _body_content(operation)}
    if not operation.public:
        described["security"] = [{"access_token": []}]
    return described


def _tag(path: str) -> str:
    """Group paths by their resource: the part after the version."""
    parts = path.strip("/").split("/")
    return parts[1] if len(parts) > 1 else "health"


def _body_content(operation: AnyOperation) -> Schema:
    content: Schema = {}
    if operation.body is not None:
        example = msgspec.to_builtins(operation.example)
        content["application/json"] = {"schema": _ref(operation.body), "example": example}
    if operation.file is not None:
        # OpenAPI 3.1: a file as it is has no schema.
        content |= {media_type: {} for media_type in operation.file.media_types}
    return content


def _responses(operation: AnyOperation) -> Schema:
    success: Schema = {"description": "Done."}
    if operation.produces:
        success["content"] = {media_type: {} for media_type in operation.produces}
    elif operation.result is not None:
        success["content"] = {"application/json": {"schema": _ref(operation.result)}}
    responses = {str(operation.status): success}
    problem = {MEDIA_TYPE: {"schema": _ref(ProblemDetails)}}
    for kind in problems_of(operation):
        # Kinds of one status share a response; each is named with its code.
        response = responses.setdefault(str(kind.status), {"description": "", "content": problem})
        what = f"`{kind.code}`: {kind.title}"
        response["description"] = f"{response['description']} {what}".strip()
    return responses


def _parameters(operation: AnyOperation) -> list[Schema]:
    headers = []
    if operation.conditional:
        headers.append(("If-Match", "`ETag` of the state that is to be changed."))
    if operation.repeatable:
        what = "A random text; a request sent again with it creates nothing anew."
        headers.append(("Idempotency-Key", what))
    return [
        *_path_parameters(operation.path),
        *_query_parameters(operation.query),
        *(
            {"name": name, "in": "header", "description": what, "schema": {"type": "string"}}
            for name, what in headers
        ),
    ]


def _path_parameters(path: str) -> list[Schema]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "pattern": f"^{pattern_of(name)}$"},
        }
        for name in re.findall(r"{(\w+)}", path)
    ]


def _query_parameters(query: type[Any] | None) -> list[Schema]:
    if query is None:
        return []
    properties = msgspec.json.schema(query)["$defs"][query.__name__]["properties"]
    return [
        {"name": name, "in": "query", "required": False, "schema": schema}
        for name, schema in properties.items()
    ]


def _ref(kind: type[Any] | None) -> Schema:
    assert kind is not None
    return {"$ref": _REF.format(name=kind.__name__)}
