"""Logins of the page: the refresh token stays in a cookie that no script can read.

A page keeps its access token in memory only, so whatever script gets into it can speak for the
user while the page is open and no longer. The cookie goes to its own origin alone
(``__Host-``, ``SameSite=Strict``), and a request that uses it must say that it comes from there.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime
from http.cookies import CookieError, SimpleCookie
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from rehearsal_server.api.accounts import logins
from rehearsal_server.api.accounts.logins import (
    REFRESH_RATE,
    SIGN_IN_RATE,
    Refresh,
    SignIn,
    Tokens,
)
from rehearsal_server.api.operations import AnyOperation, Call, Operation
from rehearsal_server.api.problems import (
    BUSY,
    FOREIGN_ORIGIN,
    REFRESH_RACE,
    REFRESH_REFUSED,
    WRONG_CREDENTIALS,
    Problem,
)

# Browsers take a `__Host-` cookie over https only. Over plain http, which is for this machine
# (no other origin without https may use the microphone), there is nothing to protect it with.
SECURE_COOKIE, LOCAL_COOKIE = "__Host-rehearsal", "rehearsal"


class BrowserTokens(msgspec.Struct, frozen=True, kw_only=True):
    """What a page continues its login with; the rest is in its cookie."""

    access_token: Annotated[str, Meta(description="For `Authorization: Bearer …`.")]
    expires_in: Annotated[int, Meta(description="Seconds until the access token expires.")]
    login_expires_at: datetime


async def sign_in_browser(call: Call[SignIn, None]) -> BrowserTokens:
    """Begin a login whose refresh token is kept in a cookie."""
    origin = _own_origin(call)
    return _keep(call, origin, await logins.sign_in(call))


async def refresh_browser(call: Call[Any, None]) -> BrowserTokens:
    """Exchange the cookie's refresh token."""
    origin = _own_origin(call)
    token = _read_cookie(call, _cookie_name(origin))
    if token is None:
        raise Problem(REFRESH_REFUSED)
    refresh = dataclasses.replace(call, body=Refresh(refresh_token=token))
    return _keep(call, origin, await logins.refresh(refresh))


async def sign_out_browser(call: Call[None, None]) -> None:
    """End the login and have its cookie forgotten."""
    origin = _own_origin(call)
    await logins.sign_out(call)
    _set_cookie(call, origin, value="", max_age_s=0)


def _own_origin(call: Call[Any, Any]) -> str:
    """Tell the origin of the page, which must be this server's own.

    Raises
    ------
    Problem
        403: another origin, or none, as only a browser's cross-site request or a program has.
    """
    origin = call.request_headers.get("origin", "")
    if origin.partition("://")[2] != call.request_headers.get("host"):
        raise Problem(FOREIGN_ORIGIN, "Programs use /v1/auth/login.")
    return origin


def _cookie_name(origin: str) -> str:
    return SECURE_COOKIE if origin.startswith("https:") else LOCAL_COOKIE


def _read_cookie(call: Call[Any, Any], name: str) -> str | None:
    try:
        cookies = SimpleCookie(call.request_headers.get("cookie", ""))
    except CookieError:
        return None
    return cookies[name].value if name in cookies else None


def _keep(call: Call[Any, Any], origin: str, tokens: Tokens) -> BrowserTokens:
    left = tokens.login_expires_at - call.services.clock()
    _set_cookie(call, origin, value=tokens.refresh_token, max_age_s=int(left.total_seconds()))
    return BrowserTokens(
        access_token=tokens.access_token,
        expires_in=tokens.expires_in,
        login_expires_at=tokens.login_expires_at,
    )


def _set_cookie(call: Call[Any, Any], origin: str, *, value: str, max_age_s: int) -> None:
    parts = [f"{_cookie_name(origin)}={value}", "Path=/", f"Max-Age={max_age_s}"]
    parts += ["HttpOnly", "SameSite=Strict", *(["Secure"] if origin.startswith("https:") else [])]
    call.headers["set-cookie"] = "; ".join(parts)


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        method="POST",
        path="/v1/auth/browser/login",
        summary="Sign in a page of this server",
        handle=sign_in_browser,
        body=SignIn,
        result=BrowserTokens,
        public=True,
        example=SignIn(email="ann@example.org", password="a handbag, in a cloak-room"),
        rate=SIGN_IN_RATE,
        errors=(WRONG_CREDENTIALS, FOREIGN_ORIGIN, BUSY),
    ),
    Operation(
        method="POST",
        path="/v1/auth/browser/refresh",
        summary="Continue a page's login by its cookie",
        handle=refresh_browser,
        result=BrowserTokens,
        public=True,
        rate=REFRESH_RATE,
        errors=(REFRESH_REFUSED, REFRESH_RACE, FOREIGN_ORIGIN),
    ),
    Operation(
        method="POST",
        path="/v1/auth/browser/logout",
        summary="Sign out a page of this server",
        handle=sign_out_browser,
        status=204,
        errors=(FOREIGN_ORIGIN,),
    ),
)
