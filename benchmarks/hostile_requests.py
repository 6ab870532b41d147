"""Hostile HTTP requests: forged tokens, smuggled paths, bombs, garbage, half a request."""

from __future__ import annotations

import asyncio
import base64
import json
import random
from collections import Counter
from collections.abc import Callable

_PATHS = (
    "/v1/scripts",
    "/v1/sessions",
    "/v1/performances",
    "/v1/statistics",
    "/v1/users/me",
    "/v1/auth/login",
    "/v1/auth/register",
    "/v1/auth/refresh",
    "/v1/auth/password",
    "/v1/live/tickets",
    "/v1/performances/analyze",
    "/v1/scripts/" + "0" * 32,
    "/v1/scripts/../../etc/passwd",
    "/v1/scripts/%00",
    "/v1/scripts/" + "A" * 4000,
    "/openapi.json",
    "/metrics",
    "/debug",
    "/.env",
    "//evil.example/",
    "/%ff%fe",
)
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW")
_QUERIES = ("", "?limit=-1", "?cursor=%00", "?limit=1&limit=2", "?" + "a=b&" * 500, "?sort='--")
_TYPES = (
    "application/json",
    "text/plain",
    "application/pdf",
    "application/xml",
    "application/octet-stream",
    "audio/wav",
    "multipart/form-data; boundary=x",
    "\x80",
)
_BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "&%c;&%c;&%c;">' % (c + 1, c, c, c) for c in range(97, 117))
    + b"]><FinalDraft>&u;</FinalDraft>"
)
_ANSWER_S = 60.0
_HALF = "half a request"
_NONE = "closed"


def _forged(random_: random.Random) -> str:
    header = {"alg": random_.choice(("none", "None", "RS256", "HS256")), "typ": "at+jwt"}
    claims = {"sub": "0" * 32, "sid": "0" * 32, "exp": 2**40}
    parts = (base64.urlsafe_b64encode(json.dumps(p).encode()).decode() for p in (header, claims))
    return ".".join((*parts, random_.choice(("", "x", "A" * 43))))


def _body(random_: random.Random) -> bytes:
    return random_.choice(
        (
            b"",
            b"{",
            b"[" * 10_000,
            b'{"text": "' + b"\\u0000" * 100 + b'"}',
            b'{"email": "a@b.c", "password": "x", "role": "admin"}',
            json.dumps({"text": "A: " + "x" * 5000}).encode(),
            json.dumps({"email": "a\r\nb@c.d", "password": "' OR 1=1 --" * 3}).encode(),
            b"RIFF\xff\xff\xff\xffWAVEfmt " + random_.randbytes(50),
            b"PK\x03\x04" + random_.randbytes(200),
            b"%PDF-1.7\n" + random_.randbytes(200),
            random_.randbytes(500),
        )
    )


def _request(random_: random.Random, token: str) -> bytes:
    body = _body(random_)
    authorization = random_.choice((f"Bearer {token}", f"Bearer {token}", "", "Basic x"))
    if random_.random() < 0.1:
        authorization = f"Bearer {_forged(random_)}"
    target = random_.choice(_PATHS) + random_.choice(_QUERIES)
    lines = [
        f"{random_.choice(_METHODS)} {target} HTTP/1.1",
        random_.choice(("host: x", "host: x\r\nx-forwarded-for: 127.0.0.1", "host: evil.example")),
        f"authorization: {authorization}",
        f"content-type: {random_.choice(_TYPES)}",
        f"content-length: {len(body)}",
        "connection: close",
        *(["idempotency-key: " + "k" * random_.choice((1, 5000))] * (random_.random() < 0.1)),
    ]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def _bomb(_random: random.Random, token: str) -> bytes:
    head = (
        f"POST /v1/scripts HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n"
        f"content-type: application/xml\r\ncontent-length: {len(_BOMB)}\r\n"
        "connection: close\r\n\r\n"
    )
    return head.encode() + _BOMB


def _not_http(random_: random.Random, _token: str) -> bytes:
    return random_.choice(
        (
            random_.randbytes(300),
            b"GET / HTTP/9.9\r\n\r\n",
            b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
            b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * 10_000 + b"\r\n",
            b"POST /v1/auth/login HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
            b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nabcdef",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # a TLS greeting
        )
    )


def _half(random_: random.Random, token: str) -> bytes:
    whole = _request(random_, token)
    return whole[: random_.randrange(1, len(whole))]


async def attack(host: str, port: int, token: str, requests: int, seed: int) -> Counter[str]:
    """Send requests one after the other; how often each status came, or none."""
    random_ = random.Random(seed)
    statuses: Counter[str] = Counter()
    kinds: tuple[tuple[Callable[[random.Random, str], bytes], float], ...] = (
        (_request, 0.75),
        (_not_http, 0.15),
        (_half, 0.098),
        (_bomb, 0.002),
    )
    makers, weights = zip(*kinds, strict=True)
    for _ in range(requests):
        (maker,) = random_.choices(makers, weights)
        data = maker(random_, token)
        statuses[await _send(host, port, data, waits=maker is not _half)] += 1
    return statuses


async def _send(host: str, port: int, data: bytes, *, waits: bool) -> str:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(data)
        if not waits:
            await writer.drain()
            return _HALF
        writer.write_eof()
        async with asyncio.timeout(_ANSWER_S):
            line = await reader.readline()
        return line.split(b" ")[1].decode() if line.startswith(b"HTTP/1.1 ") else _NONE
    except ConnectionError:
        return _NONE
    finally:
        writer.close()
