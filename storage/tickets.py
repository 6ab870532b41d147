"""One-time tickets with which a browser opens its socket, stored hashed."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import delete, insert, select

from storage.database import Database
from storage.rows import to_record
from storage.tables import logins, socket_tickets


class SocketTicket(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a consumed ticket speaks for."""

    user_id: str
    login_id: str
    access_expires_at: datetime


class TicketRepository:
    """Socket tickets in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self,
        *,
        ticket_hash: str,
        login_id: str,
        now: datetime,
        expires_at: datetime,
        access_expires_at: datetime,
    ) -> None:
        """Keep a new ticket, and forget those that nobody used in time."""
        row = {
            "ticket_hash": ticket_hash,
            "login_id": login_id,
            "expires_at": expires_at,
            "access_expires_at": access_expires_at,
        }
        async with self._database.write() as connection:
            stale = socket_tickets.c.expires_at <= now
            await connection.execute(delete(socket_tickets).where(stale))
            await connection.execute(insert(socket_tickets).values(row))

    async def consume(self, ticket_hash: str, now: datetime) -> SocketTicket | None:
        """Take a ticket out of the world; None if there is none, or it came too late.

        Of several requests with the same ticket exactly one deletes the row, and that one has it.
        """
        is_it = socket_tickets.c.ticket_hash == ticket_hash
        query = (
            select(logins.c.user_id, socket_tickets.c.login_id, socket_tickets.c.access_expires_at)
            .join(logins, logins.c.id == socket_tickets.c.login_id)
            .where(is_it, socket_tickets.c.expires_at > now)
            .where(logins.c.ended_at.is_(None), logins.c.expires_at > now)
        )
        async with self._database.write() as connection:
            ticket = to_record((await connection.execute(query)).one_or_none(), SocketTicket)
            taken = await connection.execute(delete(socket_tickets).where(is_it))
        return ticket if taken.rowcount == 1 else None
