"""Requests that hold only under a condition: If-Match, and keys of requests sent again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

import msgspec

from rehearsal_server.api.accounts.opaque import digest
from rehearsal_server.api.operations import Upload
from rehearsal_server.api.problems import PRECONDITION_FAILED, Problem, invalid_field
from storage.scripts import Creation

MAX_KEY_CHARACTERS = 200


def etag_of(revision: int) -> str:
    """Give the entity tag of a revision."""
    return f'"{revision}"'


def expected_revision(headers: Mapping[str, str]) -> int | None:
    """Read which revision If-Match asks for (RFC 9110, 13.1.1); None for any.

    A tag that we never gave out matches nothing.
    """
    condition = headers.get("if-match", "*").strip()
    if condition == "*":
        return None
    tag = re.fullmatch(r'"([0-9]{1,9})"', condition)
    if tag is None:
        raise changed_meanwhile()
    return int(tag[1])


def changed_meanwhile() -> Problem:
    """Make the problem of a condition that does not hold."""
    return Problem(PRECONDITION_FAILED, "It was changed meanwhile; fetch it, and decide again.")


def creation_of(headers: Mapping[str, str], body: msgspec.Struct) -> Creation | None:
    """Recognise a request by its Idempotency-Key, and what it asks for by its content."""
    key = headers.get("idempotency-key")
    if key is None:
        return None
    if not 1 <= len(key) <= MAX_KEY_CHARACTERS:
        raise invalid_field("Idempotency-Key", f"It has 1 to {MAX_KEY_CHARACTERS} characters.")
    content = body.data if isinstance(body, Upload) else msgspec.json.encode(body)
    return Creation(key=digest(key), digest=hashlib.sha256(content).hexdigest())
