"""A server of our own in a process of its own, for the demo and the benchmarks."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from multiprocessing.context import SpawnProcess
from multiprocessing.process import BaseProcess

import httpx

from rehearsal_server.config import Settings
from rehearsal_server.processes import end_with_parent

_START_S = 60.0
_STOP_S = 15.0
_POLL_S = 0.05


class ServerDidNotStart(Exception):
    """The server's process ended, or did not answer in time; its log is on stderr."""


@dataclass(frozen=True)
class LocalServer:
    """A server that is running."""

    url: str
    pid: int


@asynccontextmanager
async def local_server(settings: Settings) -> AsyncIterator[LocalServer]:
    """Run a server on a free loopback port for as long as the block lasts.

    The port is bound here and handed over, so that no other program can take it in between.

    Raises
    ------
    ServerDidNotStart
        See the class.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        # asyncio does this for the sockets that it makes itself; the connections inherit it.
        # Without it, the second of two events waits for the client's next chunk (Nagle).
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        port = listener.getsockname()[1]
        process = multiprocessing.get_context("spawn").Process(
            target=_serve, args=(settings, listener), name="rehearsal-server"
        )
        process.start()
    try:
        url = f"http://127.0.0.1:{port}"
        await wait_until_ready(url, process)
        assert process.pid is not None
        yield LocalServer(url, process.pid)
    finally:
        await asyncio.to_thread(_stop, process)


def _serve(settings: Settings, listener: socket.socket) -> None:
    # Imported here: only the server's process needs the analysis.
    from rehearsal_server.memory import share_arenas
    from rehearsal_server.serving import make_server

    share_arenas()
    end_with_parent()
    logging.basicConfig(level=settings.log_level.upper(), format="%(name)s: %(message)s")
    make_server(settings).run(sockets=[listener])


async def wait_until_ready(url: str, process: BaseProcess, *, poll_s: float = _POLL_S) -> None:
    """Return once the server of a process answers that it is ready.

    Raises
    ------
    ServerDidNotStart
        The process ended, or did not answer in time.
    """
    deadline_s = time.monotonic() + _START_S
    async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
        while time.monotonic() < deadline_s:
            if not process.is_alive():
                raise ServerDidNotStart(f"the server ended with status {process.exitcode}")
            try:
                if (await http.get("/readyz")).is_success:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(poll_s)
    raise ServerDidNotStart(f"the server did not answer within {_START_S:g} s")


def _stop(process: SpawnProcess) -> None:
    process.terminate()
    process.join(_STOP_S)
    if process.is_alive():
        process.kill()
        process.join()
