"""A WebSocket client that may break every rule: frames are bytes that it is given."""

from __future__ import annotations

import asyncio
import base64
import os
import struct
from contextlib import suppress
from types import TracebackType

TEXT, BINARY, CLOSE = 0x1, 0x2, 0x8
_ANSWER_S = 30.0


class HandshakeRefused(Exception):
    """The server did not upgrade; the message is its first line."""


def frame(opcode: int, payload: bytes, *, masked: bool = True, first_bits: int = 0x80) -> bytes:
    """Write one frame (RFC 6455, 5.2); `first_bits` are FIN and the reserved ones."""
    mask = os.urandom(4) if masked else b""
    mask_bit = 0x80 if masked else 0
    if len(payload) < 126:
        length = struct.pack("!B", mask_bit | len(payload))
    elif len(payload) < 2**16:
        length = struct.pack("!BH", mask_bit | 126, len(payload))
    else:
        length = struct.pack("!BQ", mask_bit | 127, len(payload))
    if masked:
        keys = (mask * (len(payload) // 4 + 1))[: len(payload)]
        number = int.from_bytes(payload, "big") ^ int.from_bytes(keys, "big")
        payload = number.to_bytes(len(payload), "big")
    return bytes([first_bits | opcode]) + length + mask + payload


class RawSocket:
    """An open socket; what the server sends is read and thrown away."""

    def __init__(self, host: str, port: int, token: str) -> None:
        self._host, self._port, self._token = host, port, token
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def __aenter__(self) -> RawSocket:
        self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        key = base64.b64encode(os.urandom(16)).decode()
        self.send(
            f"GET /v1/live HTTP/1.1\r\nhost: {self._host}:{self._port}\r\nupgrade: websocket\r\n"
            f"connection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: {key}\r\n"
            f"sec-websocket-protocol: rehearsal.v1.json\r\nauthorization: Bearer {self._token}\r\n"
            "\r\n".encode()
        )
        async with asyncio.timeout(_ANSWER_S):
            head = await self._reader.readuntil(b"\r\n\r\n")
        if b" 101 " not in head.partition(b"\r\n")[0]:
            self._writer.close()
            raise HandshakeRefused(head.partition(b"\r\n")[0].decode(errors="replace"))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._writer is not None
        self._writer.close()

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        assert self._writer is not None
        self._writer.write(data)

    async def drain(self) -> None:
        """Wait until the server has room for what was sent."""
        assert self._writer is not None
        await self._writer.drain()

    async def read_to_the_end(self, patience_s: float = _ANSWER_S) -> bytes:
        """Read until the server closes, or for so long; what came last, up to 4 KiB."""
        assert self._reader is not None
        last = b""
        with suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(patience_s):
                while data := await self._reader.read(2**16):
                    last = (last + data)[-4096:]
        return last
