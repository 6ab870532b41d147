"""Public ids: random, made here, and safe in URLs, file names and any collation."""

from __future__ import annotations

import re
import secrets

ID_BYTES = 16
ID_LENGTH = 2 * ID_BYTES
# Lower-case hexadecimal: MySQL and some file systems take "aB" and "Ab" for the same name.
ID_PATTERN = re.compile(rf"[0-9a-f]{{{ID_LENGTH}}}")


def new_id() -> str:
    """Make an id of 128 random bits as 32 hexadecimal digits."""
    return secrets.token_hex(ID_BYTES)


def is_id(text: str) -> bool:
    """Tell whether `text` has the shape of an id made by `new_id`."""
    return ID_PATTERN.fullmatch(text) is not None
