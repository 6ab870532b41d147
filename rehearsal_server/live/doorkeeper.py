"""Who may open a socket: the API's accounts, asked for the upgrade."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from rehearsal_server.api.accounts.authentication import authenticate, redeem_ticket
from rehearsal_server.api.problems import Problem
from rehearsal_server.api.services import Services
from rehearsal_server.live.services import Identity, Refused


@dataclass(frozen=True)
class AccountDoorkeeper:
    """Takes a bearer token from native clients and a one-time ticket from browsers."""

    services: Services

    async def identify(self, headers: Mapping[str, str], ticket: str | None) -> Identity:
        """Who is asking; raises `Refused`."""
        try:
            if ticket is not None:
                principal = await redeem_ticket(self.services, ticket)
            else:
                principal = await authenticate(self.services, headers)
        except Problem as problem:
            raise Refused(problem.kind.status, problem.detail or problem.kind.title) from None
        return Identity(principal.user_id, principal.login_id, principal.expires_at)

    async def signed_in(self, login_ids: Collection[str]) -> frozenset[str]:
        """Of these logins, those that have not ended."""
        return await self.services.logins.active_among(login_ids, self.services.clock())
