from __future__ import annotations

import re
from datetime import timedelta

import httpx
import pytest

from rehearsal_server.api.services import Services
from tests.rehearsal_server.api.conftest import (
    PASSWORD,
    MovableClock,
    RecordingMailer,
    SignedIn,
    sign_in,
)

NEW = "the line is immaterial"


async def change(who: SignedIn, **changes: object) -> httpx.Response:
    body = {"current_password": PASSWORD, "new_password": NEW, **changes}
    return await who.call("POST", "/v1/auth/password", json=body)


async def can_sign_in(client: httpx.AsyncClient, email: str, password: str) -> bool:
    body = {"email": email, "password": password}
    return (await client.post("/v1/auth/login", json=body)).status_code == 200


async def test_a_changed_password_takes_the_place_of_the_old_one(
    client: httpx.AsyncClient, ann: SignedIn
) -> None:
    assert (await change(ann)).status_code == 204
    assert await can_sign_in(client, ann.email, NEW)
    assert not await can_sign_in(client, ann.email, PASSWORD)


@pytest.mark.parametrize(("elsewhere_too", "status"), [(True, 401), (False, 200)])
@pytest.mark.check(29)
async def test_a_change_ends_other_logins_unless_told_not_to(
    client: httpx.AsyncClient, ann: SignedIn, elsewhere_too: bool, status: int
) -> None:
    elsewhere = await sign_in(client, ann.email)
    await change(ann, sign_out_elsewhere=elsewhere_too)
    assert (await elsewhere.call("GET", "/v1/users/me")).status_code == status
    assert (await ann.call("GET", "/v1/users/me")).status_code == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"current_password": "a wrong guess"}, "current_password"),
        ({"new_password": "short"}, "new_password"),
        ({"new_password": "password1"}, "new_password"),
        ({"new_password": "ann@example.org"}, "new_password"),
    ],
)
@pytest.mark.check(29)
async def test_a_change_that_does_not_fit_changes_nothing(
    client: httpx.AsyncClient, ann: SignedIn, changes: dict[str, object], field: str
) -> None:
    answer = await change(ann, **changes)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert await can_sign_in(client, ann.email, PASSWORD)


@pytest.mark.check(27)
async def test_guessing_the_current_password_is_slowed_down(ann: SignedIn) -> None:
    answers = [await change(ann, current_password="a wrong guess") for _ in range(11)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]


async def mailed_token(
    client: httpx.AsyncClient, services: Services, mailer: RecordingMailer, email: str
) -> str:
    answer = await client.post("/v1/auth/password-resets", json={"email": email})
    assert answer.status_code == 202
    await services.background.close()
    token = re.search(r"^[\w-]{43}$", mailer.sent[-1].text, re.MULTILINE)
    assert token is not None
    return token[0]


async def complete(client: httpx.AsyncClient, token: str, password: str = NEW) -> httpx.Response:
    body = {"token": token, "new_password": password}
    return await client.post("/v1/auth/password-resets/complete", json=body)


async def test_who_reads_the_mail_can_set_a_password_once(
    client: httpx.AsyncClient, services: Services, mailer: RecordingMailer, ann: SignedIn
) -> None:
    token = await mailed_token(client, services, mailer, " Ann@Example.org")
    assert mailer.sent[-1].to == ann.email
    assert (await complete(client, token)).status_code == 204
    assert await can_sign_in(client, ann.email, NEW)
    assert (await ann.call("GET", "/v1/users/me")).status_code == 401
    again = await complete(client, token, "yet another password")
    assert again.status_code == 422
    assert again.json()["type"] == "/problems/reset_refused"


@pytest.mark.check(28)
async def test_asking_for_a_reset_does_not_tell_who_has_an_account(
    client: httpx.AsyncClient, services: Services, mailer: RecordingMailer, ann: SignedIn
) -> None:
    answers = [
        await client.post("/v1/auth/password-resets", json={"email": email})
        for email in (ann.email, "nobody@example.org")
    ]
    assert answers[0].status_code == answers[1].status_code == 202
    assert answers[0].json() == answers[1].json()
    await services.background.close()
    assert [mail.to for mail in mailer.sent] == [ann.email]


async def test_a_reset_is_soon_too_old(
    client: httpx.AsyncClient,
    services: Services,
    mailer: RecordingMailer,
    ann: SignedIn,
    clock: MovableClock,
) -> None:
    token = await mailed_token(client, services, mailer, ann.email)
    clock.ahead = timedelta(minutes=31)
    assert (await complete(client, token)).status_code == 422
    assert await can_sign_in(client, ann.email, PASSWORD)


async def test_a_refused_password_does_not_use_the_token_up(
    client: httpx.AsyncClient, services: Services, mailer: RecordingMailer, ann: SignedIn
) -> None:
    token = await mailed_token(client, services, mailer, ann.email)
    assert (await complete(client, token, "short")).status_code == 422
    assert (await complete(client, token)).status_code == 204


async def test_nobodys_mail_box_is_flooded(
    client: httpx.AsyncClient, services: Services, mailer: RecordingMailer, ann: SignedIn
) -> None:
    answers = [
        await client.post("/v1/auth/password-resets", json={"email": ann.email}) for _ in range(5)
    ]
    assert [answer.status_code for answer in answers] == [202, 202, 202, 429, 429]
    await services.background.close()
    assert len(mailer.sent) == 3
