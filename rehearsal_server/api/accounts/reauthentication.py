"""Asking for the password again before what a stolen access token must not be enough for."""

from __future__ import annotations

from typing import Any

from rehearsal_server.api.operations import Call
from rehearsal_server.api.problems import UNAUTHENTICATED, Problem, invalid_field
from rehearsal_server.api.rate_limits import Rate, spend
from storage.users import User

_RATE = Rate(burst=10, every_s=30)


async def check_password_again(call: Call[Any, None], field: str, password: str) -> User:
    """Give the caller's account if the password is theirs; raises the problem of `field`."""
    services = call.services
    attempts = f"again {call.user_id}"
    await spend(services.rate_limiter, attempts, _RATE)
    user = await services.users.get(call.user_id)
    if user is None:
        raise Problem(UNAUTHENTICATED)  # erased since the access token was looked at
    found = await services.users.credentials(user.email)
    password_hash = None if found is None else found.password_hash
    if not await services.passwords.verify(password_hash, password):
        raise invalid_field(field, "This is not the password of the account.")
    await services.rate_limiter.give_back(attempts, _RATE)
    return user
