"""What holds for every operation, whichever it is."""

from __future__ import annotations

import re
from typing import Any

import httpx
import msgspec
import pytest

from rehearsal_server.api.operations import AnyOperation
from rehearsal_server.api.routes import OPERATIONS
from tests.rehearsal_server.api.conftest import SignedIn
from tests.rehearsal_server.api.scripts.test_resource import PLAY

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
async def test_what_nobody_made_is_absent(
    client: httpx.AsyncClient, ann: SignedIn, bad_id: str
) -> None:
    for operation in (one for one in PRIVATE if "{" in one.path):
        path = re.sub(r"{\w+}", bad_id, operation.path)
        answer = await perform(client, operation, path, ann.headers)
        assert answer.status_code == 404, name_of(operation)


@pytest.mark.parametrize(
    "operation", [op for op in PRIVATE if "{script_id}" in op.path], ids=name_of
)
async def test_another_users_script_is_absent(
    client: httpx.AsyncClient, ann: SignedIn, bob: SignedIn, operation: AnyOperation
) -> None:
    made = (await ann.call("POST", "/v1/scripts", json={"text": PLAY})).json()
    path = operation.path.replace("{script_id}", made["id"])
    theirs = await perform(client, operation, path, bob.headers)
    nobodys = await perform(
        client, operation, operation.path.replace("{script_id}", "0" * 32), bob.headers
    )
    assert theirs.status_code == nobodys.status_code == 404
    assert {**theirs.json(), "request_id": ""} == {**nobodys.json(), "request_id": ""}
    assert (await ann.call("GET", f"/v1/scripts/{made['id']}")).json() == made


async def test_the_server_tells_its_version_and_its_health(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/version")).json()["name"] == "rehearsal-server"
    assert (await client.get("/healthz")).json() == {"status": "alive"}
    assert (await client.get("/readyz")).json() == {
        "status": "ready",
        "dependencies": {"database": "ok", "disk": "ok"},
    }
