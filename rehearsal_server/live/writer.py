"""The sending side of one socket: one task that empties the outbox, and the last words."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from rehearsal_server.live.outbox import Outbox, OutboxFull
from rehearsal_server.protocol.close_codes import CloseCode
from rehearsal_server.protocol.server_messages import ServerMessage

log = logging.getLogger("rehearsal_server.live")

Send = Callable[[Any], Awaitable[None]]

# What is left in the outbox at the end must be read within this time, the close within the other.
_FLUSH_S = 5.0
_CLOSE_S = 1.0
_FLUSH_POLL_S = 0.005


class SocketWriter:
    """Sends what is in the outbox, one frame after the other."""

    def __init__(self, outbox: Outbox, send: Send) -> None:
        self._outbox = outbox
        self._send = send
        # A frame has left the outbox but is not yet with the transport.
        self._is_sending = False
        self._is_over = False

    async def run(self) -> None:
        """Send until cancelled, or until the client is gone."""
        try:
            while True:
                frame = await self._outbox.get()
                kind = "text" if isinstance(frame, str) else "bytes"
                self._is_sending = True
                await self._send({"type": "websocket.send", kind: frame})
                self._is_sending = False
        finally:
            self._is_over = True

    def put_last(self, message: ServerMessage) -> None:
        """Queue a parting message; a client whose outbox is full will not read it anyway."""
        try:
            self._outbox.put(message)
        except OutboxFull:
            log.debug("parting message dropped: the client reads too slowly")

    async def close(self, code: CloseCode) -> None:
        """Send what is left, then close; a client that does not read is not waited for."""
        await self._flush()
        event = {"type": "websocket.close", "code": int(code), "reason": code.name.lower()}
        try:
            await asyncio.wait_for(self._send(event), _CLOSE_S)
        except (TimeoutError, OSError):
            log.debug("the client did not read the close")

    async def _flush(self) -> None:
        deadline_s = time.perf_counter() + _FLUSH_S
        while not self._is_over and (self._is_sending or not self._outbox.is_empty):
            if time.perf_counter() > deadline_s:
                return
            await asyncio.sleep(_FLUSH_POLL_S)
