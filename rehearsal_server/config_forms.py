"""How settings are written: each form turns text into a value and says what it allows."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from rehearsal_server.signing_keys import MIN_SECRET_CHARACTERS, SigningKey, parse_keys

Value = TypeVar("Value")

DATABASE_SCHEMES = ("sqlite+aiosqlite", "postgresql+asyncpg", "mysql+asyncmy")
# The optional extra of this project that brings a driver along.
_DRIVER_EXTRAS = {"asyncpg": "postgresql", "asyncmy": "mysql"}


@dataclass(frozen=True)
class Form(Generic[Value]):
    """A way to write values: `parse` raises ValueError for anything but what is `allowed`."""

    allowed: str
    parse: Callable[[str], Value]


def whole(least: int, most: int) -> Form[int]:
    """Whole numbers in a range, both ends included."""

    def parse(written: str) -> int:
        number = int(written)
        if not least <= number <= most:
            raise ValueError("out of range")
        return number

    return Form(f"a whole number from {least} to {most}", parse)


def number(least: float, most: float) -> Form[float]:
    """Numbers in a range, both ends included."""

    def parse(written: str) -> float:
        value = float(written)
        if not least <= value <= most:
            raise ValueError("out of range")
        return value

    return Form(f"a number from {least:g} to {most:g}", parse)


def choice(*values: str) -> Form[str]:
    """One of a few words."""

    def parse(written: str) -> str:
        if written not in values:
            raise ValueError("no such choice")
        return written

    return Form(f"one of {', '.join(values)}", parse)


def _parse_yes_no(written: str) -> bool:
    return {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}[
        written.lower()
    ]


def _parse_database_url(written: str) -> str:
    scheme = written.partition("://")[0]
    if scheme not in DATABASE_SCHEMES:
        raise ValueError("unknown driver")
    driver = scheme.partition("+")[2]
    if find_spec(driver) is None:
        extra = _DRIVER_EXTRAS[driver]
        raise ValueError(f"{driver} is not installed; run: pip install '.[{extra}]'")
    return written


def _parse_smtp_url(written: str) -> str:
    parts = urlsplit(written)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("no URL of a mail server")
    return written


def _parse_origin(written: str) -> str:
    """Check an origin as browsers send it (RFC 6454): no path, default port left out."""
    parts = urlsplit(written)
    default_port = {"http": 80, "https": 443}.get(parts.scheme)
    if default_port is None or not parts.hostname or parts.port == default_port:
        raise ValueError("not an origin")
    if written != f"{parts.scheme}://{parts.netloc}".lower() or "@" in parts.netloc:
        raise ValueError("more than an origin")
    return written


def _parse_network(written: str) -> str:
    return str(ipaddress.ip_network(written))


def _parse_file(written: str) -> Path:
    path = Path(written).expanduser()
    if not path.is_file():
        raise ValueError("no such file")
    return path


def _parse_folder(written: str) -> Path | None:
    path = Path(written).expanduser()
    if not path.is_dir():
        raise ValueError("no such folder")
    return path


def _list_of(form: Form[Value]) -> Form[tuple[Value, ...]]:
    def parse(written: str) -> tuple[Value, ...]:
        return tuple(form.parse(part) for part in re.split(r"[,\s]+", written.strip()) if part)

    return Form(f"{form.allowed}; several are separated by commas", parse)


TEXT = Form("any text", str)
DIRECTORY = Form("a directory", lambda written: Path(written).expanduser())
YES_NO = Form("yes or no", _parse_yes_no)
DATABASE_URL = Form(
    f"a URL that begins with {', '.join(f'{scheme}://' for scheme in DATABASE_SCHEMES)}",
    _parse_database_url,
)
SMTP_URL = Form("smtp://user:password@host:587 or smtps://…:465", _parse_smtp_url)
ORIGINS = _list_of(Form("an origin such as https://rehearsal.example", _parse_origin))
NETWORKS = _list_of(Form("an address or network such as 10.0.0.0/8", _parse_network))
MODEL_FOLDER = Form("an existing folder", _parse_folder)
FILES = _list_of(Form("an existing file", _parse_file))
FILE: Form[Path | None] = Form("an existing file", _parse_file)
KEYS: Form[tuple[SigningKey, ...]] = Form(
    f"kid:secret, with at least {MIN_SECRET_CHARACTERS} characters of secret; several are "
    "separated by commas, the first one signs",
    parse_keys,
)
