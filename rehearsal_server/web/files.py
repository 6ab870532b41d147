"""The page's files, read once at start: about 40 small ones, each with its type and its hash."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_HERE = Path(__file__).parent
_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
# A PNG is compressed already.
_WORTH_COMPRESSING = frozenset(_MEDIA_TYPES) - {".png"}
# Stands in `index.html` and the service worker for the version of all files.
_VERSION_MARK = b"{version}"


@dataclass(frozen=True)
class WebFile:
    """One file as it is served."""

    body: bytes
    compressed: bytes | None
    media_type: str
    etag: str


@dataclass(frozen=True)
class WebFiles:
    """All files by their path; `version` changes with any of them."""

    version: str
    by_path: Mapping[str, WebFile]


def read_web_files(folder: Path = _HERE) -> WebFiles:
    """Read every file of the page below a folder."""
    found = sorted(p for p in folder.rglob("*") if p.suffix in _MEDIA_TYPES)
    bodies = {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}
    digest = hashlib.sha256()
    for name, body in bodies.items():
        digest.update(name.encode() + b"\0" + hashlib.sha256(body).digest())
    version = digest.hexdigest()[:12]
    return WebFiles(
        version=version,
        by_path={
            name: _make(name, body.replace(_VERSION_MARK, version.encode()))
            for name, body in bodies.items()
        },
    )


def _make(name: str, body: bytes) -> WebFile:
    suffix = Path(name).suffix
    return WebFile(
        body=body,
        compressed=gzip.compress(body, mtime=0) if suffix in _WORTH_COMPRESSING else None,
        media_type=_MEDIA_TYPES[suffix],
        etag=f'"{hashlib.sha256(body).hexdigest()[:16]}"',
    )
