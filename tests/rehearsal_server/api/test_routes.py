"""What holds for every operation, whichever it is."""

from __future__ import annotations

import re
from typing import Any

import httpx
import msgspec
import pytest

from rehearsal_server.api.operations import AnyOperation
from rehearsal_server.api.routes import OPERATIONS
from rehearsal_server.api.services import Services
from storage.sessions import NewSession
from tests.rehearsal_server.api.conftest import SignedIn
from tests.rehearsal_server.api.scripts.test_resource import PLAY
from tests.storage.samples import RESULTS

PRIVATE = [operation for operation in OPERATIONS if not operation.public]


def name_of(operation: AnyOperation) -> str:
    return f"{operation.method} {operation.path}"


async def perform(
    client: httpx.AsyncClient, operation: AnyOperation, path: str, headers: Any
) -> httpx.Response:
    """Call it with a body that would be taken, so that nothing but id or token is wrong."""
    if operation.body is not None:
        body = msgspec.to_builtins(operation.example)
        return await client.request(operation.method, path, json=body, headers=headers)
    if operation.file is not None:
        headers = {**headers, "content-type": operation.file.media_types[0]}
        return await client.request(operation.method, path, content=b"x", headers=headers)
    return await client.request(operation.method, path, headers=headers)


@pytest.mark.check(37, 42)
def test_only_these_are_open_to_everybody() -> None:
    assert {name_of(operation) for operation in OPERATIONS if operation.public} == {
        "POST /v1/auth/register",
        "POST /v1/auth/login",
        "POST /v1/auth/refresh",
        "POST /v1/auth/browser/login",
        "POST /v1/auth/browser/refresh",
        "POST /v1/auth/password-resets",
        "POST /v1/auth/password-resets/complete",
        "GET /v1/version",
        "GET /healthz",
        "GET /readyz",
    }


@pytest.mark.parametrize(
    "authorization", [None, b"", b"Bearer", b"Bearer x.y.z", b"Basic YW5uOmE=", b"Bearer \xff"]
)
@pytest.mark.check(37)
async def test_without_a_valid_token_nothing_is_done(
    client: httpx.AsyncClient, authorization: bytes | None
) -> None:
    headers = {} if authorization is None else {b"authorization": authorization}
    for operation in PRIVATE:
        path = re.sub(r"{\w+}", "0" * 32, operation.path)
        answer = await perform(client, operation, path, headers)
        assert answer.status_code == 401, name_of(operation)
        assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("bad_id", ["0" * 32, "1", "%00", "..%2f", "%ff", "A" * 32, "0" * 5000])
@pytest.mark.check(37)
async def test_what_nobody_made_is_absent(
    client: httpx.AsyncClient, ann: SignedIn, bad_id: str
) -> None:
    for operation in (one for one in PRIVATE if "{" in one.path):
        path = re.sub(r"{\w+}", bad_id, operation.path)
        answer = await perform(client, operation, path, ann.headers)
        assert answer.status_code == 404, name_of(operation)


@pytest.fixture
async def anns_ids(ann: SignedIn, services: Services) -> dict[str, str]:
    """Give the ids of things that are Ann's, by the parameter that names them in a path."""
    me = (await ann.call("GET", "/v1/users/me")).json()["id"]
    script = (await ann.call("POST", "/v1/scripts", json={"text": PLAY})).json()["id"]
    new = NewSession(user_id=me, practice="scene", script_id=script, started_at=services.clock())
    session = (await services.sessions.begin(new)).id
    first, second = await services.sessions.save(session, RESULTS)
    return {
        "script_id": script,
        "scene": "S1",
        "session_id": session,
        "performance_id": first.id,
        "other_id": second.id,
    }


@pytest.mark.check(37)
async def test_to_anybody_else_what_somebody_has_is_absent(
    ann: SignedIn, bob: SignedIn, client: httpx.AsyncClient, anns_ids: dict[str, str]
) -> None:
    """Every operation that names a thing, tried on Ann's things by Bob."""
    before = (await ann.call("GET", "/v1/users/me/export")).json()
    nobodys = dict.fromkeys(anns_ids, "0" * 32) | {"scene": "S1"}
    for operation in (one for one in PRIVATE if "{" in one.path):
        theirs = await perform(client, operation, operation.path.format(**anns_ids), bob.headers)
        absent = await perform(client, operation, operation.path.format(**nobodys), bob.headers)
        assert theirs.status_code == absent.status_code == 404, name_of(operation)
        assert {**theirs.json(), "request_id": ""} == {**absent.json(), "request_id": ""}
    assert (await ann.call("GET", "/v1/users/me/export")).json() == before


@pytest.mark.check(37)
async def test_nobody_becomes_somebody_else_by_saying_so(ann: SignedIn, bob: SignedIn) -> None:
    me = (await bob.call("GET", "/v1/users/me")).json()["id"]
    for method, path, body in (
        ("POST", "/v1/scripts", {"text": PLAY, "user_id": me}),
        ("POST", "/v1/sessions", {"script_id": "x", "scene": "S1", "role": "x", "user_id": me}),
        ("POST", "/v1/auth/register", {"email": "a@b.org", "password": "x" * 12, "id": me}),
    ):
        answer = await ann.call(method, path, json=body)
        assert answer.status_code == 422, path
        assert answer.json()["errors"][0]["field"] in ("user_id", "id")


async def test_the_server_tells_its_version_and_its_health(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/version")).json()["name"] == "rehearsal-server"
    assert (await client.get("/healthz")).json() == {"status": "alive"}
    assert (await client.get("/readyz")).json() == {
        "status": "ready",
        "dependencies": {"database": "ok", "disk": "ok"},
    }
