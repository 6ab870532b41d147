"""From the headers of a request, or a socket ticket, to the user behind it."""

from __future__ import annotations

from collections.abc import Mapping

from rehearsal_server.api.accounts.access_tokens import InvalidAccessToken
from rehearsal_server.api.accounts.opaque import digest
from rehearsal_server.api.accounts.principal import Principal
from rehearsal_server.api.problems import UNAUTHENTICATED, Problem
from rehearsal_server.api.services import Services


async def authenticate(services: Services, headers: Mapping[str, str]) -> Principal:
    """Tell who sent ``Authorization: Bearer <access token>``.

    A token ends with its login, though its own expiry be later: signing out counts at once.

    Raises
    ------
    Problem
        401, whatever the reason, with the challenge of RFC 6750.
    """
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise Problem(UNAUTHENTICATED, headers={"www-authenticate": "Bearer"})
    try:
        principal = services.access_tokens.verify(token.strip())
    except InvalidAccessToken:
        raise _refusal() from None
    if await services.logins.active(principal.login_id, services.clock()) is None:
        raise _refusal()
    return principal


async def redeem_ticket(services: Services, ticket: str) -> Principal:
    """Tell whom a socket ticket was given to, and use it up.

    Raises
    ------
    Problem
        401: unknown, used, expired, or its login is ended.
    """
    found = await services.tickets.consume(digest(ticket), services.clock())
    if found is None:
        raise Problem(UNAUTHENTICATED, "The ticket is used up or too old; ask for a new one.")
    return Principal(
        user_id=found.user_id, login_id=found.login_id, expires_at=found.access_expires_at
    )


def _refusal() -> Problem:
    challenge = 'Bearer error="invalid_token"'
    return Problem(UNAUTHENTICATED, headers={"www-authenticate": challenge})
