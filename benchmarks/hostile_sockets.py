"""Somebody who opens live sockets to break them, or to read nothing of what is sent."""

from __future__ import annotations

import asyncio
import contextlib
import random
from dataclasses import dataclass

from benchmarks.hostile_messages import (
    HARMLESS_PER_SOCKET,
    fatal_frame,
    refused_frames,
    start_frame,
)
from benchmarks.raw_socket import HandshakeRefused, RawSocket

_SLOW_SOCKET_S = 20.0
# Now and then a mutation is a message that is right, and the socket stays open.
_PATIENCE_S = 1.0
_BACK_OFF_S = 0.2


@dataclass
class Enemy:
    """Counts what it sends."""

    host: str
    port: int
    token: str
    messages: int = 0
    sockets: int = 0
    refused: int = 0

    async def misuse_sockets(self, messages: int, seed: int) -> None:
        """Open sockets and break them, until so many messages are sent."""
        random_ = random.Random(seed)
        while self.messages < messages:
            try:
                await self._misuse_one(random_)
            except HandshakeRefused:
                self.refused += 1
                await asyncio.sleep(_BACK_OFF_S)
            except (ConnectionError, TimeoutError, asyncio.IncompleteReadError):
                pass

    async def _misuse_one(self, random_: random.Random) -> None:
        async with RawSocket(self.host, self.port, self.token) as raw:
            self.sockets += 1
            if random_.random() < 0.7:
                raw.send(start_frame())
                for data in refused_frames(random_):
                    raw.send(data)
                self.messages += HARMLESS_PER_SOCKET
            raw.send(fatal_frame(random_))
            self.messages += 1
            if random_.random() < 0.8:  # others just vanish
                await raw.read_to_the_end(_PATIENCE_S)

    async def be_slow(self, until: asyncio.Event) -> None:
        """Open a socket, start a session, and read nothing of it."""
        while not until.is_set():
            with contextlib.suppress(
                HandshakeRefused, ConnectionError, asyncio.IncompleteReadError
            ):
                async with RawSocket(self.host, self.port, self.token) as raw:
                    raw.send(start_frame())
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(until.wait(), _SLOW_SOCKET_S)
