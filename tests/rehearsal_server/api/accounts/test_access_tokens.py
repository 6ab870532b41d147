"""What must not pass for an access token (RFC 8725)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from rehearsal_server.api.accounts.access_tokens import AccessTokens, InvalidAccessToken
from rehearsal_server.signing_keys import SigningKey

KEY = SigningKey("k1", 4 * "0123456789abcdef")
OTHER = SigningKey("k2", 4 * "fedcba9876543210")
NOW = datetime.now(UTC).replace(microsecond=0)
TEN_MINUTES = timedelta(minutes=10)
TOKENS = AccessTokens([KEY], TEN_MINUTES)


def issue(tokens: AccessTokens = TOKENS, now: datetime = NOW) -> str:
    return tokens.issue(user_id="ann", login_id="login", now=now)[0]


def claims_of(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def forge(*, header: dict[str, Any] | None = None, **changes: Any) -> str:
    """Sign, with the right key, a token that differs from ours; None leaves a claim out."""
    claims = {**claims_of(issue()), **changes}
    claims = {name: value for name, value in claims.items() if value is not None}
    headers = {"kid": "k1", "typ": "at+jwt", **(header or {})}
    algorithm = headers.pop("alg", "HS256")
    return jwt.encode(claims, KEY.secret, algorithm=algorithm, headers=headers)


def unsigned(header: dict[str, Any], secret: str | None = None) -> str:
    """Put a token together by hand, since the library refuses to."""

    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    body = f"{part(header)}.{part(claims_of(issue()))}"
    if secret is None:
        return f"{body}."
    mac = hmac.new(secret.encode(), body.encode(), hashlib.sha256).digest()
    return f"{body}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


@pytest.mark.check(32)
def test_a_token_speaks_for_its_user_and_login_until_it_expires() -> None:
    token, expires_at = TOKENS.issue(user_id="ann", login_id="login", now=NOW)
    principal = TOKENS.verify(token)
    assert (principal.user_id, principal.login_id) == ("ann", "login")
    assert principal.expires_at == expires_at == NOW + TEN_MINUTES


def test_a_hand_made_token_passes_if_it_is_right() -> None:
    """So that the ones below are refused for what they say they are refused for."""
    assert TOKENS.verify(forge()).user_id == "ann"
    right = unsigned({"alg": "HS256", "typ": "at+jwt", "kid": "k1"}, KEY.secret)
    assert TOKENS.verify(right).user_id == "ann"


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "x.y.z",
        issue() + "x",
        issue()[:-2],
        unsigned({"alg": "none", "typ": "at+jwt", "kid": "k1"}),
        unsigned({"alg": "none", "typ": "at+jwt", "kid": "k1"}, KEY.secret),
        unsigned({"alg": "RS256", "typ": "at+jwt", "kid": "k1"}, KEY.secret),
        unsigned({"alg": "HS256", "typ": "at+jwt", "kid": "k1"}, ""),
        unsigned({"alg": "HS256", "typ": "at+jwt", "kid": "k1"}, OTHER.secret),
        forge(header={"alg": "HS512"}),
        forge(header={"typ": "JWT"}),
        forge(header={"kid": "k2"}),
        unsigned({"alg": "HS256", "typ": "at+jwt"}, KEY.secret),
        issue(AccessTokens([OTHER], TEN_MINUTES)),
        forge(aud="somebody-else"),
        forge(iss="somebody-else"),
        forge(exp=NOW - timedelta(seconds=1)),
        forge(nbf=NOW + timedelta(days=1)),
        *(forge(**{claim: None}) for claim in ("iss", "aud", "sub", "sid", "exp", "nbf", "jti")),
        issue(now=NOW - TEN_MINUTES),
    ],
)
@pytest.mark.check(30, 31)
def test_anything_else_is_refused(token: str) -> None:
    with pytest.raises(InvalidAccessToken):
        TOKENS.verify(token)


@pytest.mark.check(30)
def test_a_key_in_the_token_is_not_looked_at() -> None:
    attackers = {"kty": "oct", "k": base64.urlsafe_b64encode(OTHER.secret.encode()).decode()}
    header = {"alg": "HS256", "typ": "at+jwt", "kid": "k1", "jwk": attackers}
    header["jku"] = "https://attacker.example/keys"
    with pytest.raises(InvalidAccessToken):
        TOKENS.verify(unsigned(header, OTHER.secret))


@pytest.mark.check(32)
def test_keys_change_without_signing_anybody_out() -> None:
    old_token = issue()
    rotated = AccessTokens([OTHER, KEY], TEN_MINUTES)
    assert rotated.verify(old_token).user_id == "ann"
    assert jwt.get_unverified_header(issue(rotated))["kid"] == "k2"
    with pytest.raises(InvalidAccessToken):
        AccessTokens([OTHER], TEN_MINUTES).verify(old_token)
