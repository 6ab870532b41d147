from __future__ import annotations

import asyncio
from datetime import timedelta

import argon2
import httpx
import pytest

from rehearsal_server.api.services import Services
from tests.rehearsal_server.api.conftest import (
    ANN,
    PASSWORD,
    MovableClock,
    RecordingMailer,
    SignedIn,
    sign_in,
)


async def refresh(client: httpx.AsyncClient, refresh_token: str) -> httpx.Response:
    return await client.post("/v1/auth/refresh", json={"refresh_token": refresh_token})


async def test_who_registers_can_sign_in_and_is_known(client: httpx.AsyncClient) -> None:
    account = {"email": "Cecily@example.org", "password": PASSWORD, "display_name": "Cecily"}
    registered = await client.post("/v1/auth/register", json=account)
    assert registered.status_code == 202
    cecily = await sign_in(client, registered.json()["email"])
    assert cecily.tokens["token_type"] == "Bearer"
    assert 590 <= cecily.tokens["expires_in"] <= 600
    me = (await cecily.call("GET", "/v1/users/me")).json()
    assert (me["email"], me["display_name"]) == ("cecily@example.org", "Cecily")
    assert "password_hash" not in me


@pytest.mark.check(28)
async def test_registering_twice_answers_the_same_and_changes_nothing(
    client: httpx.AsyncClient, services: Services, mailer: RecordingMailer, ann: SignedIn
) -> None:
    again = {"email": ann.email, "password": "another fine password"}
    fresh = {"email": "new@example.org", "password": "another fine password"}
    first = await client.post("/v1/auth/register", json=again)
    second = await client.post("/v1/auth/register", json=fresh)
    assert first.status_code == second.status_code == 202
    assert set(first.json()) == set(second.json()) == {"email"}
    assert (await client.post("/v1/auth/login", json=again)).status_code == 401
    await sign_in(client, ann.email)
    await services.background.close()
    assert [mail.to for mail in mailer.sent] == [ann.email]


@pytest.mark.parametrize("written", ["Ann@Example.ORG", " ann@example.org\n", "ａnn@example.org"])
async def test_an_address_is_one_however_it_is_written(
    client: httpx.AsyncClient, ann: SignedIn, written: str
) -> None:
    assert (await sign_in(client, written)).tokens["access_token"]


@pytest.mark.parametrize(
    "email", ["", "ann", "ann@", "@b.org", "a b@c.org", "a@b@c.org", "a\0@b.c"]
)
async def test_what_is_no_address_is_refused(client: httpx.AsyncClient, email: str) -> None:
    account = {"email": email, "password": PASSWORD}
    answer = await client.post("/v1/auth/register", json=account)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "email"


async def test_an_address_that_grows_too_long_is_refused(client: httpx.AsyncClient) -> None:
    account = {"email": "ß" * 240 + "@example.org", "password": PASSWORD}
    answer = await client.post("/v1/auth/register", json=account)
    assert answer.status_code == 422


@pytest.mark.check(28)
async def test_an_unknown_address_and_a_wrong_password_look_the_same(
    client: httpx.AsyncClient, ann: SignedIn
) -> None:
    answers = [
        await client.post("/v1/auth/login", json={"email": email, "password": "not the one"})
        for email in (ann.email, "nobody@example.org")
    ]
    assert [answer.status_code for answer in answers] == [401, 401]
    known, unknown = (
        {name: value for name, value in answer.json().items() if name != "request_id"}
        for answer in answers
    )
    assert known == unknown


async def test_an_outdated_hash_is_renewed_at_the_next_sign_in(
    client: httpx.AsyncClient, services: Services, ann: SignedIn
) -> None:
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    found = await services.users.credentials(ann.email)
    assert found is not None
    await services.users.set_password_hash(found.id, weak)
    await sign_in(client, ann.email)
    renewed = await services.users.credentials(ann.email)
    assert renewed is not None
    assert "$m=19456,t=2,p=1$" in renewed.password_hash
    await sign_in(client, ann.email)


async def test_each_refresh_gives_new_tokens(client: httpx.AsyncClient, ann: SignedIn) -> None:
    answer = await refresh(client, ann.tokens["refresh_token"])
    assert answer.status_code == 200
    new = SignedIn(client, ann.email, answer.json())
    assert new.tokens["refresh_token"] != ann.tokens["refresh_token"]
    assert new.tokens["login_expires_at"] == ann.tokens["login_expires_at"]
    assert (await new.call("GET", "/v1/users/me")).status_code == 200


@pytest.mark.check(33)
async def test_a_refresh_token_used_twice_ends_the_login(
    client: httpx.AsyncClient, ann: SignedIn
) -> None:
    elsewhere = await sign_in(client, ann.email)
    new = SignedIn(client, ann.email, (await refresh(client, ann.tokens["refresh_token"])).json())
    reused = await refresh(client, ann.tokens["refresh_token"])
    assert reused.status_code == 401
    assert reused.json()["type"] == "/problems/refresh_refused"
    assert (await refresh(client, new.tokens["refresh_token"])).status_code == 401
    assert (await new.call("GET", "/v1/users/me")).status_code == 401
    assert (await elsewhere.call("GET", "/v1/users/me")).status_code == 200


@pytest.mark.check(34)
async def test_parallel_refreshes_give_one_successor(
    client: httpx.AsyncClient, ann: SignedIn
) -> None:
    answers = await asyncio.gather(
        *(refresh(client, ann.tokens["refresh_token"]) for _ in range(5))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
    (winner,) = (answer.json() for answer in answers if answer.status_code == 200)
    assert (await refresh(client, winner["refresh_token"])).status_code == 200


@pytest.mark.check(35)
async def test_a_login_expires_however_often_it_is_refreshed(
    client: httpx.AsyncClient, ann: SignedIn, clock: MovableClock
) -> None:
    clock.ahead = timedelta(days=29, hours=23)
    answer = await refresh(client, ann.tokens["refresh_token"])
    assert answer.status_code == 200
    clock.ahead = timedelta(days=30, hours=1)
    assert (await refresh(client, answer.json()["refresh_token"])).status_code == 401


async def test_signing_out_voids_both_tokens_at_once(
    client: httpx.AsyncClient, ann: SignedIn
) -> None:
    elsewhere = await sign_in(client, ann.email)
    assert (await ann.call("POST", "/v1/auth/logout")).status_code == 204
    assert (await ann.call("GET", "/v1/users/me")).status_code == 401
    assert (await refresh(client, ann.tokens["refresh_token"])).status_code == 401
    assert (await elsewhere.call("GET", "/v1/users/me")).status_code == 200


async def test_signing_out_everywhere_ends_every_login(
    client: httpx.AsyncClient, ann: SignedIn, bob: SignedIn
) -> None:
    elsewhere = await sign_in(client, ann.email)
    assert (await ann.call("POST", "/v1/auth/logout-everywhere")).status_code == 204
    for login in (ann, elsewhere):
        assert (await login.call("GET", "/v1/users/me")).status_code == 401
        assert (await refresh(client, login.tokens["refresh_token"])).status_code == 401
    assert (await bob.call("GET", "/v1/users/me")).status_code == 200


@pytest.mark.check(27)
async def test_guessing_is_slowed_down_but_the_owner_gets_in(
    client: httpx.AsyncClient, services: Services, ann: SignedIn
) -> None:
    guess = {"email": ann.email, "password": "a wrong guess"}
    answers = [await client.post("/v1/auth/login", json=guess) for _ in range(12)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429] * 2
    assert int(answers[-1].headers["retry-after"]) >= 1
    unknown = {"email": "nobody@example.org", "password": "a wrong guess"}
    answers = [await client.post("/v1/auth/login", json=unknown) for _ in range(11)]
    assert answers[-1].status_code == 429  # so that it tells nothing
    app = client._transport.app  # type: ignore[attr-defined]
    at_home = httpx.ASGITransport(app, client=("192.0.2.7", 1))
    async with httpx.AsyncClient(transport=at_home, base_url="http://rehearsal.test") as owner:
        assert (await sign_in(owner, ann.email)).tokens


async def test_right_passwords_do_not_count_as_guesses(client: httpx.AsyncClient) -> None:
    for _ in range(12):
        await sign_in(client, ANN)


@pytest.mark.check(31)
async def test_a_refresh_token_is_not_an_access_token_nor_the_other_way_round(
    client: httpx.AsyncClient, ann: SignedIn
) -> None:
    assert (await refresh(client, ann.tokens["access_token"])).status_code in (401, 422)
    swapped = SignedIn(client, ann.email, {"access_token": ann.tokens["refresh_token"]})
    assert (await swapped.call("GET", "/v1/users/me")).status_code == 401


@pytest.mark.check(12)
async def test_an_erased_user_is_signed_out(ann: SignedIn, services: Services) -> None:
    me = (await ann.call("GET", "/v1/users/me")).json()
    await services.users.erase(me["id"])
    assert (await ann.call("GET", "/v1/users/me")).status_code == 401


@pytest.mark.check(33)
async def test_nothing_secret_is_stored_as_it_was_given(ann: SignedIn, services: Services) -> None:
    ticket = (await ann.call("POST", "/v1/live/tickets")).json()["ticket"]
    await services.database.close()
    file = services.settings.data_dir / "rehearsal.db"
    stored = file.read_bytes()
    for secret in (PASSWORD, ann.tokens["refresh_token"], ann.tokens["access_token"], ticket):
        assert secret.encode() not in stored
