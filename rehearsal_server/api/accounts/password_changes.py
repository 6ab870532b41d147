"""New passwords: by somebody who knows the old one, or who can read the mail of the address."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from rehearsal_server.api.accounts.addresses import Email, normalised_address
from rehearsal_server.api.accounts.logins import Password, Token
from rehearsal_server.api.accounts.mail import Mail
from rehearsal_server.api.accounts.opaque import digest, new_token
from rehearsal_server.api.accounts.passwords import why_refused
from rehearsal_server.api.accounts.reauthentication import check_password_again
from rehearsal_server.api.operations import AnyOperation, Call, Operation
from rehearsal_server.api.problems import BUSY, RESET_REFUSED, Problem, invalid_field
from rehearsal_server.api.rate_limits import Rate, spend
from rehearsal_server.api.services import Services

log = logging.getLogger(__name__)

RESET_LIFETIME = timedelta(minutes=30)
RESET_RATE = Rate(burst=20, every_s=60)
# Mail to one account, whoever asks for it.
MAIL_RATE = Rate(burst=3, every_s=1200)


class PasswordChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From the password that is known to a new one."""

    current_password: Password
    new_password: Password
    sign_out_elsewhere: Annotated[
        bool, Meta(description="End every other login of this account.")
    ] = True


class ResetRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose password is forgotten."""

    email: Email


class ResetAccepted(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to every request: it does not tell whether the address has an account."""

    expires_in: Annotated[int, Meta(description="Seconds in which the mailed token works.")]


class Reset(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new password, and the token that was mailed."""

    token: Token
    new_password: Password


async def change_password(call: Call[PasswordChange, None]) -> None:
    """Change the password, and end other logins unless told not to."""
    services, change = call.services, call.body
    user = await check_password_again(call, "current_password", change.current_password)
    password_hash = await _hash(services, change.new_password, user.email)
    await services.users.set_password_hash(user.id, password_hash)
    if change.sign_out_elsewhere:
        assert call.principal is not None
        await services.logins.end_all(user.id, services.clock(), sparing=call.principal.login_id)
    log.info("user %s changed the password", user.id)


async def request_reset(call: Call[ResetRequest, None]) -> ResetAccepted:
    """Mail a token to the address, if it has an account; what the caller sees is the same."""
    services, email = call.services, normalised_address(call.body.email)
    await spend(services.rate_limiter, f"reset mail {digest(email)}", MAIL_RATE)
    services.background.start(_mail_token(services, email))
    return ResetAccepted(expires_in=int(RESET_LIFETIME.total_seconds()))


async def complete_reset(call: Call[Reset, None]) -> None:
    """Set a new password with a mailed token; every login of the account ends."""
    services, reset = call.services, call.body
    password_hash = await _hash(services, reset.new_password, email="")
    now = services.clock()
    user_id = await services.resets.complete(digest(reset.token), password_hash, now)
    if user_id is None:
        raise Problem(RESET_REFUSED, "Ask for a new one.")
    log.info("user %s reset the password", user_id)


async def _mail_token(services: Services, email: str) -> None:
    found = await services.users.credentials(email)
    if found is None:
        return
    token, now = new_token(), services.clock()
    await services.resets.add(
        token_hash=digest(token), user_id=found.id, now=now, expires_at=now + RESET_LIFETIME
    )
    await services.mailer.send(
        Mail(
            to=email,
            subject="A new password for your rehearsals",
            text="Somebody, perhaps you, asked to set a new password. Within half an hour, this "
            f"token allows it, once:\n\n{token}\n\nIf it was not you, do nothing.\n",
        )
    )


async def _hash(services: Services, password: str, email: str) -> str:
    if (why := why_refused(password, email)) is not None:
        raise invalid_field("new_password", why)
    return await services.passwords.hash(password)


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        method="POST",
        path="/v1/auth/password",
        summary="Change my password",
        handle=change_password,
        body=PasswordChange,
        example=PasswordChange(
            current_password="a handbag, in a cloak-room", new_password="the line is immaterial"
        ),
        status=204,
        errors=(BUSY,),
    ),
    Operation(
        method="POST",
        path="/v1/auth/password-resets",
        summary="Have a token mailed that sets a new password",
        handle=request_reset,
        body=ResetRequest,
        example=ResetRequest(email="ann@example.org"),
        result=ResetAccepted,
        status=202,
        public=True,
        rate=RESET_RATE,
    ),
    Operation(
        method="POST",
        path="/v1/auth/password-resets/complete",
        summary="Set a new password with a mailed token",
        handle=complete_reset,
        body=Reset,
        example=Reset(token="q2Vd…", new_password="the line is immaterial"),
        status=204,
        public=True,
        rate=RESET_RATE,
        errors=(RESET_REFUSED, BUSY),
    ),
)
