"""The keys that sign access tokens: configured, or made on the first start and kept.

Each key has an id (`kid`). The first key signs, all of them verify: to change keys without signing
anybody out, put a new one in front and take the old one away when its last token has run out.
"""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

# RFC 7518, 3.2: an HS256 key has at least the size of the hash, 256 bits.
MIN_SECRET_CHARACTERS = 32
KEY_FILE_NAME = "signing-keys"
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")


@dataclass(frozen=True)
class SigningKey:
    """One key; its secret never appears in a repr."""

    kid: str
    secret: str = field(repr=False)


def parse_keys(text: str) -> tuple[SigningKey, ...]:
    """Read ``kid:secret`` entries, separated by commas or line ends.

    Raises
    ------
    ValueError
        An entry has no such form, a secret is too short, or an id stands twice.
    """
    keys = tuple(_parse_key(entry) for entry in re.split(r"[,\s]+", text.strip()))
    if len({key.kid for key in keys}) < len(keys):
        raise ValueError("two keys have the same id")
    return keys


def _parse_key(entry: str) -> SigningKey:
    kid, _, secret = entry.partition(":")
    if _KEY_ID.fullmatch(kid) is None:
        raise ValueError("a key has no id")
    if len(secret) < MIN_SECRET_CHARACTERS:
        raise ValueError(f"the secret of key {kid!r} is shorter than {MIN_SECRET_CHARACTERS}")
    return SigningKey(kid, secret)


def kept_keys(data_dir: Path) -> tuple[SigningKey, ...]:
    """Read the keys kept in `data_dir`; makes one on the first start.

    Raises
    ------
    ValueError
        The file is damaged, or others than its owner may read it.
    """
    path = data_dir / KEY_FILE_NAME
    if not path.exists():
        _make_key_file(path)
    if path.stat().st_mode & 0o077:
        raise ValueError(f"{path} can be read by others; run: chmod 600 {path}")
    try:
        return parse_keys(path.read_text(encoding="ascii"))
    except ValueError as error:
        raise ValueError(f"{path} is damaged ({error}); restore it, or delete it") from None


def _make_key_file(path: Path) -> None:
    """Write a new key; of several processes that start at once, the first one's key counts."""
    # mkstemp makes the file readable by its owner only.
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{KEY_FILE_NAME}-")
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{secrets.token_hex(4)}:{secrets.token_urlsafe(48)}\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        os.unlink(draft)
