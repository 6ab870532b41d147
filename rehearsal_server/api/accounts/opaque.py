"""Random tokens that mean nothing by themselves; only their hash is stored.

They are random, not chosen by people, so a plain fast hash keeps them safe.
"""

from __future__ import annotations

import hashlib
import secrets

TOKEN_BYTES = 32


def new_token() -> str:
    """Make a token of 256 random bits, safe in a URL and in a header."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str) -> str:
    """Hash a token for storage and look-up: SHA-256 in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()
