from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from rehearsal_server.api.accounts.authentication import authenticate, redeem_ticket
from rehearsal_server.api.problems import Problem
from rehearsal_server.api.services import Services
from tests.rehearsal_server.api.conftest import MovableClock, SignedIn


async def get_ticket(who: SignedIn) -> str:
    answer = await who.call("POST", "/v1/live/tickets")
    assert answer.status_code == 201
    assert answer.json()["expires_in"] == 30
    ticket: str = answer.json()["ticket"]
    return ticket


async def test_a_ticket_speaks_for_who_asked_for_it(services: Services, ann: SignedIn) -> None:
    principal = await redeem_ticket(services, await get_ticket(ann))
    assert principal == await authenticate(services, ann.headers)


@pytest.mark.check(4)
async def test_a_ticket_has_128_bits_and_fits_a_subprotocol(ann: SignedIn) -> None:
    first, second = await get_ticket(ann), await get_ticket(ann)
    assert first != second
    assert len(first) >= 22  # 128 bits in base64
    assert set(first) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@pytest.mark.check(4)
async def test_a_ticket_opens_one_socket(services: Services, ann: SignedIn) -> None:
    ticket = await get_ticket(ann)
    outcomes = await asyncio.gather(
        *(redeem_ticket(services, ticket) for _ in range(5)), return_exceptions=True
    )
    assert sum(not isinstance(outcome, Problem) for outcome in outcomes) == 1


@pytest.mark.check(4)
async def test_a_ticket_is_soon_too_old(
    services: Services, ann: SignedIn, clock: MovableClock
) -> None:
    ticket = await get_ticket(ann)
    clock.ahead = timedelta(seconds=31)
    with pytest.raises(Problem, match="too old"):
        await redeem_ticket(services, ticket)


async def test_a_ticket_ends_with_its_login(services: Services, ann: SignedIn) -> None:
    ticket = await get_ticket(ann)
    await ann.call("POST", "/v1/auth/logout")
    with pytest.raises(Problem, match="unauthenticated"):
        await redeem_ticket(services, ticket)


@pytest.mark.parametrize("ticket", ["", "x", "ticket", "ü", "x" * 10_000])
async def test_an_invented_ticket_opens_nothing(services: Services, ticket: str) -> None:
    with pytest.raises(Problem, match="unauthenticated"):
        await redeem_ticket(services, ticket)


@pytest.mark.check(31)
async def test_other_tokens_are_no_tickets(services: Services, ann: SignedIn) -> None:
    for token in (ann.tokens["access_token"], ann.tokens["refresh_token"]):
        with pytest.raises(Problem, match="unauthenticated"):
            await redeem_ticket(services, token)
    with pytest.raises(Problem, match="unauthenticated"):
        await authenticate(services, {"authorization": f"Bearer {await get_ticket(ann)}"})
