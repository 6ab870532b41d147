"""Mail addresses, by which accounts are told apart."""

from __future__ import annotations

import unicodedata
from typing import Annotated

from msgspec import Meta

from rehearsal_server.api.problems import invalid_field
from storage.tables import EMAIL_LENGTH

NewEmail = Annotated[
    str,
    Meta(
        max_length=EMAIL_LENGTH,
        pattern=r"^[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+$",
        examples=["ann@example.org"],
    ),
]
# Where an account is looked for, an address of the wrong shape is simply not found.
Email = Annotated[str, Meta(max_length=EMAIL_LENGTH, examples=["ann@example.org"])]


def normalised_address(email: str) -> str:
    """Give the one form of an address, however it is written."""
    return unicodedata.normalize("NFKC", email).strip().casefold()


def new_address(email: str) -> str:
    """Give the one form of an address, which may be longer than what was written."""
    address = normalised_address(email)
    if len(address) > EMAIL_LENGTH:
        raise invalid_field("email", f"An address has {EMAIL_LENGTH} characters at most.")
    return address
