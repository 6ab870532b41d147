from __future__ import annotations

import base64
import hashlib
import re
from html import escape
from typing import Any

import httpx
import msgspec
import pytest
from openapi_spec_validator import validate

from rehearsal_server.api.openapi import describe_api
from rehearsal_server.api.routes import OPERATIONS


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return describe_api(OPERATIONS)


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


@pytest.mark.check(37)
def test_unknown_fields_are_declared_as_refused(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for operation in OPERATIONS:
        if operation.body is not None:
            assert schemas[operation.body.__name__]["additionalProperties"] is False


def test_every_body_has_an_example_that_would_be_taken() -> None:
    for operation in OPERATIONS:
        if operation.body is not None:
            example = msgspec.json.encode(operation.example)
            assert msgspec.json.decode(example, type=operation.body) == operation.example


async def test_the_server_shows_it(client: httpx.AsyncClient, document: dict[str, Any]) -> None:
    assert (await client.get("/openapi.json")).json() == document


async def test_the_page_shows_everything_and_needs_nothing_from_elsewhere(
    client: httpx.AsyncClient, document: dict[str, Any]
) -> None:
    answer = await client.get("/docs")
    page = answer.text
    for operation in OPERATIONS:
        assert escape(operation.summary) in page
    for name in document["components"]["schemas"]:
        assert f'id="{name}"' in page
    for target in re.findall(r'href="#([^"]*)"', page):
        assert f'id="{target}"' in page, target
    assert not re.search(r'<script|src=|href="(?!#|/openapi.json)|url\(', page)


@pytest.mark.check(38)
async def test_the_page_may_use_its_own_style_and_nothing_else(client: httpx.AsyncClient) -> None:
    answer = await client.get("/docs")
    style = re.search(r"<style>(.*)</style>", answer.text, re.DOTALL)
    assert style is not None
    style_hash = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = answer.headers["content-security-policy"]
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{style_hash}'")


async def test_the_type_of_a_problem_leads_to_its_meaning(client: httpx.AsyncClient) -> None:
    problem = (await client.get("/v1/users/me")).json()
    answer = await client.get(problem["type"])
    assert answer.status_code == 303
    assert answer.headers["location"] == "/docs#unauthenticated"
    page = (await client.get("/docs")).text
    assert 'id="unauthenticated"' in page
