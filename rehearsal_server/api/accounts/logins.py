"""Accounts and logins."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from rehearsal_server.api.accounts.addresses import Email, NewEmail, new_address, normalised_address
from rehearsal_server.api.accounts.mail import Mail
from rehearsal_server.api.accounts.opaque import digest, new_token
from rehearsal_server.api.accounts.passwords import MAX_CHARACTERS, why_refused
from rehearsal_server.api.operations import AnyOperation, Call, Operation
from rehearsal_server.api.problems import (
    BUSY,
    REFRESH_RACE,
    REFRESH_REFUSED,
    WRONG_CREDENTIALS,
    Problem,
    invalid_field,
)
from rehearsal_server.api.rate_limits import Rate, spend
from rehearsal_server.api.services import Services
from storage.logins import Login, RotationRefused

log = logging.getLogger(__name__)

# A school shares one address, and a class registers at once.
REGISTER_RATE = Rate(burst=60, every_s=10)
SIGN_IN_RATE = Rate(burst=100, every_s=1)
REFRESH_RATE = Rate(burst=300, every_s=0.2)
# Guesses at one account from one address. Its owner elsewhere is not locked out by them, and a
# right password does not count.
ACCOUNT_RATE = Rate(burst=10, every_s=15)

Password = Annotated[str, Meta(max_length=MAX_CHARACTERS)]
Name = Annotated[str, Meta(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
Token = Annotated[str, Meta(max_length=200)]


class Registration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who wants an account."""

    email: NewEmail
    password: Password
    display_name: Name = ""


class RegistrationAccepted(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to every registration: it does not tell whether the address had an account."""

    email: Annotated[str, Meta(description="The address to sign in with.")]


class SignIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who signs in."""

    email: Email
    password: Password


class Refresh(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A refresh token to exchange."""

    refresh_token: Token


class Tokens(msgspec.Struct, frozen=True, kw_only=True):
    """What a login is continued with."""

    access_token: Annotated[str, Meta(description="For `Authorization: Bearer …`.")]
    expires_in: Annotated[int, Meta(description="Seconds until the access token expires.")]
    refresh_token: Annotated[str, Meta(description="Good for one refresh.")]
    login_expires_at: Annotated[
        datetime, Meta(description="When to sign in again, however often it is refreshed.")
    ]
    token_type: str = "Bearer"


async def register(call: Call[Registration, None]) -> RegistrationAccepted:
    """Make an account.

    The answer and the work are the same where the address has an account already: whoever does
    not know its password learns nothing from it.
    """
    email = new_address(call.body.email)
    if (why := why_refused(call.body.password, email)) is not None:
        raise invalid_field("password", why)
    services = call.services
    user = await services.users.create(
        email=email,
        display_name=call.body.display_name,
        password_hash=await services.passwords.hash(call.body.password),
        now=services.clock(),
    )
    if user is not None:
        log.info("user %s registered", user.id)
    else:
        services.background.start(services.mailer.send(_account_exists(email)))
    return RegistrationAccepted(email=email)


async def sign_in(call: Call[SignIn, None]) -> Tokens:
    """Begin a login with address and password."""
    services, password = call.services, call.body.password
    email = normalised_address(call.body.email)
    attempts = f"sign-in {call.address} {digest(email)}"
    await spend(services.rate_limiter, attempts, ACCOUNT_RATE)
    found = await services.users.credentials(email)
    password_hash = None if found is None else found.password_hash
    if not await services.passwords.verify(password_hash, password) or found is None:
        log.info("a sign-in was refused")
        raise Problem(WRONG_CREDENTIALS)
    await services.rate_limiter.give_back(attempts, ACCOUNT_RATE)
    if services.passwords.is_outdated(found.password_hash):
        await services.users.set_password_hash(found.id, await services.passwords.hash(password))
    now, refresh_token = services.clock(), new_token()
    login = await services.logins.begin(
        user_id=found.id,
        refresh_hash=digest(refresh_token),
        now=now,
        expires_at=now + timedelta(days=services.settings.refresh_days),
    )
    log.info("login %s of user %s began", login.id, login.user_id)
    return _tokens(services, login, refresh_token)


async def refresh(call: Call[Refresh, None]) -> Tokens:
    """Exchange a refresh token for new tokens."""
    services, successor = call.services, new_token()
    outcome = await services.logins.rotate(
        digest(call.body.refresh_token),
        digest(successor),
        arrived_at=call.arrived_at,
        clock=services.clock,
    )
    if isinstance(outcome, Login):
        return _tokens(services, outcome, successor)
    log.warning("a refresh was refused: %s", outcome.value)
    if outcome is RotationRefused.PARALLEL:
        raise Problem(REFRESH_RACE, "Use the tokens that the other request was given.")
    raise Problem(REFRESH_REFUSED)


async def sign_out(call: Call[None, None]) -> None:
    """End the login that the access token belongs to."""
    assert call.principal is not None
    await call.services.logins.end(call.principal.login_id, call.services.clock())
    log.info("login %s ended", call.principal.login_id)


async def sign_out_everywhere(call: Call[None, None]) -> None:
    """End every login of this account."""
    await call.services.logins.end_all(call.user_id, call.services.clock())
    log.info("every login of user %s ended", call.user_id)


def _account_exists(email: str) -> Mail:
    return Mail(
        to=email,
        subject="You have an account already",
        text="Somebody, perhaps you, asked for an account with this address. It has one; sign in "
        "with its password, or ask for a new one.\n",
    )


def _tokens(services: Services, login: Login, refresh_token: str) -> Tokens:
    now = services.clock()
    access_token, expires_at = services.access_tokens.issue(
        user_id=login.user_id, login_id=login.id, now=now
    )
    return Tokens(
        access_token=access_token,
        expires_in=int((expires_at - now).total_seconds()),
        refresh_token=refresh_token,
        login_expires_at=login.expires_at,
    )


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        method="POST",
        path="/v1/auth/register",
        summary="Make an account",
        handle=register,
        body=Registration,
        result=RegistrationAccepted,
        status=202,
        public=True,
        example=Registration(email="ann@example.org", password="a handbag, in a cloak-room"),
        rate=REGISTER_RATE,
        errors=(BUSY,),
    ),
    Operation(
        method="POST",
        path="/v1/auth/login",
        summary="Sign in",
        handle=sign_in,
        body=SignIn,
        result=Tokens,
        public=True,
        example=SignIn(email="ann@example.org", password="a handbag, in a cloak-room"),
        rate=SIGN_IN_RATE,
        errors=(WRONG_CREDENTIALS, BUSY),
    ),
    Operation(
        method="POST",
        path="/v1/auth/refresh",
        summary="Exchange a refresh token for new tokens",
        handle=refresh,
        body=Refresh,
        result=Tokens,
        public=True,
        example=Refresh(refresh_token="q2Vd…"),
        rate=REFRESH_RATE,
        errors=(REFRESH_REFUSED, REFRESH_RACE),
    ),
    Operation(
        method="POST",
        path="/v1/auth/logout",
        summary="Sign out of this login",
        handle=sign_out,
        status=204,
    ),
    Operation(
        method="POST",
        path="/v1/auth/logout-everywhere",
        summary="Sign out of every login of this account",
        handle=sign_out_everywhere,
        status=204,
    ),
)
