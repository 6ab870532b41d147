"""Somebody's own account: to see it, to take everything along, to have it erased."""

from __future__ import annotations

import logging

import msgspec

from rehearsal_server.api.accounts.logins import Password
from rehearsal_server.api.accounts.reauthentication import check_password_again
from rehearsal_server.api.operations import AnyOperation, Call, Operation
from rehearsal_server.api.problems import BUSY, UNAUTHENTICATED, Problem
from rehearsal_server.api.scripts.views import ScriptView, view_of
from storage.export import PastLogin, Recording, export_user
from storage.results import Feedback, Performance
from storage.sessions import Session
from storage.speakers import Speaker
from storage.users import User

log = logging.getLogger(__name__)


class Erasure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What erases an account: a stolen access token is not enough."""

    password: Password


class AccountExport(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that an account holds."""

    user: User
    logins: tuple[PastLogin, ...]
    scripts: tuple[ScriptView, ...]
    sessions: tuple[Session, ...]
    performances: tuple[Performance, ...]
    feedback: tuple[Feedback, ...]
    recordings: tuple[Recording, ...]
    speaker: tuple[Speaker, ...]


async def show_me(call: Call[None, None]) -> User:
    """Show the account."""
    user = await call.services.users.get(call.user_id)
    if user is None:
        raise Problem(UNAUTHENTICATED)  # erased since the access token was looked at
    return user


async def export_me(call: Call[None, None]) -> AccountExport:
    """Hand over everything that is kept about me."""
    export = await export_user(call.services.database, call.user_id)
    if export is None:
        raise Problem(UNAUTHENTICATED)
    call.headers["content-disposition"] = 'attachment; filename="rehearsal-export.json"'
    parts = msgspec.structs.asdict(export)
    return AccountExport(**{**parts, "scripts": tuple(view_of(s) for s in export.scripts)})


async def erase_me(call: Call[Erasure, None]) -> None:
    """Erase the account and everything that belongs to it, at once."""
    await check_password_again(call, "password", call.body.password)
    await call.services.users.erase(call.user_id)
    log.info("user %s erased", call.user_id)


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        method="GET", path="/v1/users/me", summary="Show my account", handle=show_me, result=User
    ),
    Operation(
        method="GET",
        path="/v1/users/me/export",
        summary="Export everything that is kept about me",
        handle=export_me,
        result=AccountExport,
    ),
    Operation(
        method="DELETE",
        path="/v1/users/me",
        summary="Erase my account and everything in it",
        handle=erase_me,
        body=Erasure,
        example=Erasure(password="a handbag, in a cloak-room"),
        status=204,
        errors=(BUSY,),
    ),
)
