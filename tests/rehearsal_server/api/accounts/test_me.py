from __future__ import annotations

import httpx
import pytest

from rehearsal_server.api.services import Services
from tests.rehearsal_server.api.conftest import PASSWORD, SignedIn
from tests.rehearsal_server.api.scripts.test_resource import upload


async def test_an_export_holds_what_is_mine(
    services: Services, ann: SignedIn, bob: SignedIn
) -> None:
    script = (await upload(ann)).json()
    await upload(bob)
    answer = await ann.call("GET", "/v1/users/me/export")
    assert answer.headers["content-disposition"].startswith("attachment")
    export = answer.json()
    assert export["user"]["email"] == ann.email
    assert export["scripts"] == [script]
    assert len(export["logins"]) == 1
    for secret in ("password", "token", "hash", bob.email):
        assert secret not in answer.text


@pytest.mark.check(41)
async def test_an_erased_account_is_gone_with_all_that_was_in_it(
    client: httpx.AsyncClient, services: Services, ann: SignedIn, bob: SignedIn
) -> None:
    await upload(ann)
    me = (await ann.call("GET", "/v1/users/me")).json()
    erased = await ann.call("DELETE", "/v1/users/me", json={"password": PASSWORD})
    assert erased.status_code == 204
    assert (await ann.call("GET", "/v1/users/me")).status_code == 401
    again = await client.post("/v1/auth/login", json={"email": ann.email, "password": PASSWORD})
    assert again.status_code == 401
    assert (await services.scripts.list(me["id"], after=None, limit=1)).items == ()
    assert (await bob.call("GET", "/v1/users/me")).status_code == 200


async def test_a_stolen_access_token_does_not_erase(ann: SignedIn) -> None:
    answer = await ann.call("DELETE", "/v1/users/me", json={"password": "a wrong guess"})
    assert answer.status_code == 422
    assert (await ann.call("DELETE", "/v1/users/me")).status_code == 400
    assert (await ann.call("GET", "/v1/users/me")).status_code == 200
