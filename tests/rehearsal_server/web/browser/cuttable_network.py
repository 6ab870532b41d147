"""The way from a browser to the server, which a test can cut."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

_PIECE_BYTES = 65_536


class CuttableNetwork:
    """Hands bytes on in both directions, on a loopback port of its own."""

    def __init__(self, upstream_port: int) -> None:
        self._upstream_port = upstream_port
        self._is_cut = False
        self._writers: set[asyncio.StreamWriter] = set()

    def cut(self) -> None:
        """Break every connection, without a goodbye, and take no new one."""
        self._is_cut = True
        for writer in self._writers:
            writer.transport.abort()

    def mend(self) -> None:
        """Take connections again."""
        self._is_cut = False

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        if self._is_cut:
            writer.transport.abort()
            return
        onward_reader, onward_writer = await asyncio.open_connection(
            "127.0.0.1", self._upstream_port
        )
        self._writers |= {writer, onward_writer}
        await asyncio.gather(_pump(reader, onward_writer), _pump(onward_reader, writer))
        self._writers -= {writer, onward_writer}


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await reader.read(_PIECE_BYTES):
            writer.write(piece)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def cuttable_network(server_url: str) -> AsyncIterator[tuple[str, CuttableNetwork]]:
    """Give the address that leads to the server through a network, and the network."""
    port = urlsplit(server_url).port
    assert port is not None
    network = CuttableNetwork(port)
    listener = await asyncio.start_server(network.carry, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}", network
    finally:
        network.cut()
        listener.close()
