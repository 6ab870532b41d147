"""Every answer, good or bad, comes in the same envelope."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rehearsal_server.api.envelope import Envelope
from tests.rehearsal_server.api.conftest import SignedIn


@pytest.mark.parametrize("path", ["/healthz", "/v1/users/me", "/nowhere", "/openapi.json"])
@pytest.mark.check(38, 39)
async def test_every_answer_has_an_id_and_is_not_kept(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path, headers={"x-request-id": "forged\n"})
    assert len(answer.headers["x-request-id"]) == 16
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/", 404, "not_found"),
        ("GET", "/v1/nowhere", 404, "not_found"),
        ("POST", "/v1/auth/register/", 404, "not_found"),
        ("GET", "/v1/users/me", 401, "unauthenticated"),
        ("GET", "/v1/auth/login", 405, "method_not_allowed"),
        ("TRACE", "/v1/scripts", 405, "method_not_allowed"),
        ("BREW", "/v1/scripts", 405, "method_not_allowed"),
    ],
)
async def test_errors_are_problem_details(
    client: httpx.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    answer = await client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == f"/problems/{code}"
    assert problem["status"] == status
    assert problem["title"]
    assert problem["request_id"] == answer.headers["x-request-id"]


async def test_a_wrong_method_is_told_the_right_ones(client: httpx.AsyncClient) -> None:
    answer = await client.delete("/v1/scripts")
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD", "POST"}


async def test_head_is_get_without_a_body(client: httpx.AsyncClient) -> None:
    answer = await client.head("/v1/version")
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (b"", 400, None),
        (b"{", 400, None),
        (b"\xff", 400, None),
        (b'{"email": "a@b.org", "password": "x",}', 400, None),
        (b"[" * 16_000, 422, ""),
        (b"[]", 422, ""),
        (b"null", 422, ""),
        (b'{"email": "a@b.org"}', 422, "password"),
        (b'{"email": 1, "password": "x"}', 422, "email"),
        (b'{"email": "a@b.org", "password": "x", "role": "admin"}', 422, "role"),
        (b'{"email": "a@b.org", "password": "short"}', 422, "password"),
        (b" " * 20_000, 413, None),
    ],
)
async def test_a_body_that_does_not_fit_is_refused_with_its_field(
    client: httpx.AsyncClient, body: bytes, status: int, field: str | None
) -> None:
    answer = await client.post("/v1/auth/register", content=body)
    assert answer.status_code == status
    fields = [error["field"] for error in answer.json().get("errors", [])]
    assert fields == ([] if field is None else [field])


@pytest.mark.check(21)
async def test_a_body_of_unknown_length_is_read_no_further_than_allowed(
    client: httpx.AsyncClient,
) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 10_000_000:
            sent += 1000
            yield b" " * 1000

    answer = await client.post("/v1/auth/login", content=endless())
    assert answer.status_code == 413


async def test_only_json_is_taken_where_there_is_no_text(client: httpx.AsyncClient) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = await client.post("/v1/auth/login", content=b"email=a&password=b", headers=headers)
    assert answer.status_code == 415
    assert "application/json" in answer.json()["detail"]


async def test_a_parameter_given_twice_is_refused(ann: SignedIn) -> None:
    answer = await ann.call("GET", "/v1/scripts?limit=1&limit=2")
    assert answer.status_code == 400


@pytest.mark.check(39)
async def test_our_own_faults_say_nothing_of_the_inside(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fail(_request: Request) -> Response:
        raise RuntimeError("the password of the database is hunter2")

    app = Starlette(routes=[Route("/fail", fail)], middleware=[Middleware(Envelope)])
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        with caplog.at_level(logging.ERROR):
            answer = await client.get("/fail")
    assert answer.status_code == 500
    assert json.loads(answer.text) == {
        "type": "/problems/internal",
        "title": "Something went wrong on the server.",
        "status": 500,
        "request_id": answer.headers["x-request-id"],
    }
    (record,) = [r for r in caplog.records if r.name == "rehearsal_server.api.envelope"]
    assert answer.headers["x-request-id"] in record.getMessage()


@pytest.mark.check(1)
async def test_https_is_to_stay_https(client: httpx.AsyncClient) -> None:
    plain = await client.get("/healthz")
    secure = await client.get("https://rehearsal.test/healthz")
    assert "strict-transport-security" not in plain.headers
    assert secure.headers["strict-transport-security"].startswith("max-age=")


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("https://stage.example", True),
        ("https://stage.example.attacker.example", False),
        ("https://stage.example:8443", False),
        ("http://stage.example", False),
        ("null", False),
    ],
)
@pytest.mark.check(38)
async def test_only_pages_of_allowed_origins_may_read_answers(
    client: httpx.AsyncClient, origin: str, allowed: bool
) -> None:
    asked = {"origin": origin, "access-control-request-method": "POST"}
    preflight = await client.options("/v1/scripts", headers=asked)
    answer = await client.get("/v1/version", headers={"origin": origin})
    for headers in (preflight.headers, answer.headers):
        assert headers.get("access-control-allow-origin") == (origin if allowed else None)
        assert "access-control-allow-credentials" not in headers
