from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from storage.database import Database
from storage.logins import Login, LoginRepository
from storage.tickets import SocketTicket, TicketRepository
from storage.users import User
from tests.storage.samples import NOW

EXPIRY = NOW + timedelta(seconds=30)
ACCESS_EXPIRY = NOW + timedelta(minutes=10)


@pytest.fixture
def repository(database: Database) -> TicketRepository:
    return TicketRepository(database)


@pytest.fixture
async def login(database: Database, ann: User) -> Login:
    return await LoginRepository(database).begin(
        user_id=ann.id, refresh_hash="r", now=NOW, expires_at=NOW + timedelta(days=1)
    )


@pytest.fixture
async def ticket(repository: TicketRepository, login: Login) -> SocketTicket:
    await repository.add(
        ticket_hash="t",
        login_id=login.id,
        now=NOW,
        expires_at=EXPIRY,
        access_expires_at=ACCESS_EXPIRY,
    )
    return SocketTicket(user_id=login.user_id, login_id=login.id, access_expires_at=ACCESS_EXPIRY)


async def test_a_ticket_admits_once(repository: TicketRepository, ticket: SocketTicket) -> None:
    assert await repository.consume("t", NOW) == ticket
    assert await repository.consume("t", NOW) is None


@pytest.mark.check(4)
async def test_of_many_at_once_one_is_admitted(
    repository: TicketRepository, ticket: SocketTicket
) -> None:
    outcomes = await asyncio.gather(*(repository.consume("t", NOW) for _ in range(8)))
    assert [outcome for outcome in outcomes if outcome is not None] == [ticket]


async def test_a_late_ticket_admits_nobody(
    repository: TicketRepository, ticket: SocketTicket
) -> None:
    assert await repository.consume("t", EXPIRY) is None


async def test_a_ticket_of_an_ended_login_admits_nobody(
    database: Database, repository: TicketRepository, ticket: SocketTicket
) -> None:
    await LoginRepository(database).end(ticket.login_id, NOW)
    assert await repository.consume("t", NOW) is None


async def test_an_unknown_ticket_admits_nobody(repository: TicketRepository) -> None:
    assert await repository.consume("never seen", NOW) is None


async def test_unused_tickets_are_forgotten_at_the_next(
    repository: TicketRepository, ticket: SocketTicket
) -> None:
    await repository.add(
        ticket_hash="next",
        login_id=ticket.login_id,
        now=EXPIRY,
        expires_at=EXPIRY + timedelta(seconds=30),
        access_expires_at=ACCESS_EXPIRY,
    )
    assert await repository.consume("t", NOW) is None
