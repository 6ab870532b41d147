"""security.md 36: the page's cookie, and the defence against forged requests."""

from __future__ import annotations

import httpx
import pytest

from tests.rehearsal_server.api.conftest import ANN, PASSWORD

LOCAL = {"origin": "http://rehearsal.test"}
HTTPS = {"origin": "https://rehearsal.test"}
SIGN_IN = {"email": ANN, "password": PASSWORD}


async def sign_in(client: httpx.AsyncClient, headers: dict[str, str]) -> httpx.Response:
    return await client.post("/v1/auth/browser/login", json=SIGN_IN, headers=headers)


@pytest.mark.check(36)
async def test_the_refresh_token_is_in_the_cookie_alone(client: httpx.AsyncClient) -> None:
    answer = await sign_in(client, HTTPS)
    assert set(answer.json()) == {"access_token", "expires_in", "login_expires_at"}
    name_and_value, *attributes = answer.headers["set-cookie"].split("; ")
    assert name_and_value.startswith("__Host-rehearsal=")
    max_age = attributes.pop(1)
    assert set(attributes) == {"Path=/", "HttpOnly", "SameSite=Strict", "Secure"}
    assert 29 * 86400 < int(max_age.removeprefix("Max-Age=")) <= 30 * 86400


async def test_over_plain_http_a_browser_would_refuse_a_secure_cookie(
    client: httpx.AsyncClient,
) -> None:
    cookie = (await sign_in(client, LOCAL)).headers["set-cookie"]
    assert cookie.startswith("rehearsal=")
    assert "Secure" not in cookie


async def test_the_cookie_continues_the_login_and_is_rotated(client: httpx.AsyncClient) -> None:
    await sign_in(client, LOCAL)
    first = client.cookies["rehearsal"]
    tokens = (await client.post("/v1/auth/browser/refresh", headers=LOCAL)).json()
    assert client.cookies["rehearsal"] != first
    bearer = {"authorization": f"Bearer {tokens['access_token']}"}
    assert (await client.get("/v1/users/me", headers=bearer)).json()["email"] == ANN


@pytest.mark.parametrize("cookie", ["", "rehearsal=guessed", "rehearsal", 'rehearsal="\\', "a[=b"])
async def test_without_a_good_cookie_one_has_to_sign_in(
    client: httpx.AsyncClient, cookie: str
) -> None:
    headers = {**LOCAL, "cookie": cookie}
    answer = await client.post("/v1/auth/browser/refresh", headers=headers)
    assert answer.status_code == 401
    assert answer.json()["type"] == "/problems/refresh_refused"


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "http://evil.test",
        "http://rehearsal.test.evil.test",
        "http://rehearsal.test:81",
        "rehearsal.test",
    ],
)
@pytest.mark.check(36)
async def test_another_origin_gets_nothing_by_the_cookie(
    client: httpx.AsyncClient, origin: str | None
) -> None:
    tokens = (await sign_in(client, LOCAL)).json()
    cookie = client.cookies["rehearsal"]
    headers = {} if origin is None else {"origin": origin}
    headers["authorization"] = f"Bearer {tokens['access_token']}"
    for path in ("refresh", "logout"):
        answer = await client.post(f"/v1/auth/browser/{path}", headers=headers)
        assert answer.status_code == 403, path
    assert (await sign_in(client, headers)).status_code == 403
    assert client.cookies["rehearsal"] == cookie


async def test_signing_out_ends_the_login_and_clears_the_cookie(client: httpx.AsyncClient) -> None:
    tokens = (await sign_in(client, LOCAL)).json()
    kept = client.cookies["rehearsal"]
    bearer = {**LOCAL, "authorization": f"Bearer {tokens['access_token']}"}
    assert (await client.post("/v1/auth/browser/logout", headers=bearer)).status_code == 204
    assert "rehearsal" not in client.cookies
    again = await client.post(
        "/v1/auth/browser/refresh", headers={**LOCAL, "cookie": f"rehearsal={kept}"}
    )
    assert again.status_code == 401
