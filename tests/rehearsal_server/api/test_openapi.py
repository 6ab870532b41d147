from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from openapi_spec_validator import validate

from rehearsal_server.api.openapi import describe_api
from rehearsal_server.api.routes import OPERATIONS


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(describe_api(OPERATIONS))
    return document


def test_the_document_is_openapi(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_every_operation_is_in_it_once(document: dict[str, Any]) -> None:
    described = [
        operation["operationId"]
        for path in document["paths"].values()
        for operation in path.values()
    ]
    assert len(described) == len(set(described)) == len(OPERATIONS)


def test_what_needs_a_token_says_so(document: dict[str, Any]) -> None:
    for operation in OPERATIONS:
        described = document["paths"][operation.path][operation.method.lower()]
        assert ("security" in described) is not operation.public
        assert ("401" in described["responses"]) or operation.public


def test_unknown_fields_are_declared_as_refused(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for operation in OPERATIONS:
        if operation.body is not None:
            assert schemas[operation.body.__name__]["additionalProperties"] is False


async def test_the_server_shows_it(client: httpx.AsyncClient, document: dict[str, Any]) -> None:
    assert (await client.get("/openapi.json")).json() == document
