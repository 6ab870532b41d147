"""Signed access tokens: short-lived proof of who calls (RFC 9068, checked as RFC 8725 asks)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

from rehearsal_server.api.accounts.principal import Principal
from rehearsal_server.signing_keys import SigningKey

# Pinned: what a token's own header names is compared with this and never obeyed.
ALGORITHM = "HS256"
TYPE = "at+jwt"
ISSUER = "rehearsal-server"
AUDIENCE = "rehearsal-api"
_CLAIMS = ("iss", "aud", "sub", "sid", "iat", "nbf", "exp", "jti")


class InvalidAccessToken(Exception):
    """The token proves nothing; deliberately without saying why."""


class AccessTokens:
    """Issues tokens with the first key and knows those of every key again."""

    def __init__(self, keys: Sequence[SigningKey], lifetime: timedelta) -> None:
        self._signing = keys[0]
        self._secrets = {key.kid: key.secret for key in keys}
        self._lifetime = lifetime

    def issue(self, *, user_id: str, login_id: str, now: datetime) -> tuple[str, datetime]:
        """Make a token; returns it and the moment when it expires."""
        issued_at = now.replace(microsecond=0)  # the claims hold whole seconds
        expires_at = issued_at + self._lifetime
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": user_id,
            "sid": login_id,
            "iat": issued_at,
            "nbf": issued_at,
            "exp": expires_at,
            "jti": secrets.token_hex(16),
        }
        headers = {"kid": self._signing.kid, "typ": TYPE}
        token = jwt.encode(claims, self._signing.secret, algorithm=ALGORITHM, headers=headers)
        return token, expires_at

    def verify(self, token: str) -> Principal:
        """Tell whom a token speaks for; raises InvalidAccessToken."""
        try:
            claims = jwt.decode(
                token,
                self._key_for(jwt.get_unverified_header(token)),
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                options={"require": list(_CLAIMS)},
            )
        except jwt.PyJWTError as error:
            raise InvalidAccessToken from error
        return Principal(
            user_id=claims["sub"],
            login_id=str(claims["sid"]),
            expires_at=datetime.fromtimestamp(claims["exp"], UTC),
        )

    def _key_for(self, header: dict[str, Any]) -> str:
        """Choose among our own keys; a key that the token brings along is not looked at."""
        if header.get("typ") != TYPE or header.get("kid") not in self._secrets:
            raise InvalidAccessToken
        return self._secrets[header["kid"]]
