"""Accounts and logins."""

from __future__ import annotations

import logging
import unicodedata
from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from rehearsal_server.api.opaque import digest, new_token
from rehearsal_server.api.operations import AnyOperation, Call, Operation
from rehearsal_server.api.passwords import MAX_CHARACTERS, why_refused
from rehearsal_server.api.problems import (
    REFRESH_RACE,
    REFRESH_REFUSED,
    UNAUTHENTICATED,
    WRONG_CREDENTIALS,
    Problem,
    invalid_field,
)
from rehearsal_server.api.services import Services
from storage.logins import Login, RotationRefused
from storage.tables import EMAIL_LENGTH
from storage.users import User

log = logging.getLogger(__name__)

Email = Annotated[
    str,
    Meta(
        max_length=EMAIL_LENGTH,
        pattern=r"^[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+$",
        examples=["ann@example.org"],
    ),
]
Password = Annotated[str, Meta(max_length=MAX_CHARACTERS)]
Name = Annotated[str, Meta(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
Token = Annotated[str, Meta(max_length=200)]


class Registration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who wants an account."""

    email: Email
    password: Password
    display_name: Name = ""


class RegistrationAccepted(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to every registration: it does not tell whether the address had an account."""

    email: Annotated[str, Meta(description="The address to sign in with.")]


class SignIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who signs in."""

    email: Annotated[str, Meta(max_length=EMAIL_LENGTH, examples=["ann@example.org"])]
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
    email = _new_address(call.body.email)
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
    return RegistrationAccepted(email=email)


async def sign_in(call: Call[SignIn, None]) -> Tokens:
    """Begin a login with address and password."""
    services, password = call.services, call.body.password
    found = await services.users.credentials(normalised_address(call.body.email))
    password_hash = None if found is None else found.password_hash
    if not await services.passwords.verify(password_hash, password) or found is None:
        log.info("a sign-in was refused")
        raise Problem(WRONG_CREDENTIALS)
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


async def show_me(call: Call[None, None]) -> User:
    """Show the account."""
    user = await call.services.users.get(call.user_id)
    if user is None:
        raise Problem(UNAUTHENTICATED)  # erased since the access token was looked at
    return user


def normalised_address(email: str) -> str:
    """Give the one form of an address by which accounts are told apart."""
    return unicodedata.normalize("NFKC", email).strip().casefold()


def _new_address(email: str) -> str:
    address = normalised_address(email)
    if len(address) > EMAIL_LENGTH:
        raise invalid_field("email", f"An address has {EMAIL_LENGTH} characters at most.")
    return address


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
    ),
    Operation(
        method="POST",
        path="/v1/auth/login",
        summary="Sign in",
        handle=sign_in,
        body=SignIn,
        result=Tokens,
        public=True,
        errors=(WRONG_CREDENTIALS,),
    ),
    Operation(
        method="POST",
        path="/v1/auth/refresh",
        summary="Exchange a refresh token for new tokens",
        handle=refresh,
        body=Refresh,
        result=Tokens,
        public=True,
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
        method="GET", path="/v1/users/me", summary="Show my account", handle=show_me, result=User
    ),
)
