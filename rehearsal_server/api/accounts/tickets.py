"""Tickets with which a browser opens its socket, since it cannot send an Authorization header."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from rehearsal_server.api.accounts.opaque import digest, new_token
from rehearsal_server.api.operations import AnyOperation, Call, Operation


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """Opens one socket."""

    ticket: Annotated[str, Meta(description="Offered as the subprotocol `ticket.<ticket>`.")]
    expires_in: Annotated[int, Meta(description="Seconds in which it must be used.")]


async def make_ticket(call: Call[None, None]) -> Ticket:
    """Give a ticket that speaks for this login once, and soon."""
    assert call.principal is not None
    services, ticket = call.services, new_token()
    now = services.clock()
    await services.tickets.add(
        ticket_hash=digest(ticket),
        login_id=call.principal.login_id,
        now=now,
        expires_at=now + timedelta(seconds=services.settings.ticket_s),
        access_expires_at=call.principal.expires_at,
    )
    return Ticket(ticket=ticket, expires_in=services.settings.ticket_s)


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        method="POST",
        path="/v1/live/tickets",
        summary="Get a one-time ticket for a browser's socket",
        handle=make_ticket,
        result=Ticket,
        status=201,
    ),
)
