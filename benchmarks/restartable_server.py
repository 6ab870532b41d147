"""A server on one port that can be killed, stopped and started again, for the fault tests.

Its process is forked from one that has imported everything, so that a restart costs what the server
costs and not what Python's imports do; `cold=True` starts it as a supervisor would.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import multiprocessing
import os
import signal
import socket
import time
from multiprocessing.process import BaseProcess
from typing import Self

from rehearsal_server.config import Settings
from rehearsal_server.demo.local_server import wait_until_ready
from rehearsal_server.processes import end_with_parent

_STOP_S = 20.0
_POLL_S = 0.02


class RestartableServer:
    """Runs for as long as the block lasts, but for when it is killed.

    Parameters
    ----------
    settings : Settings
        `port` is chosen here, and kept over restarts.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = dataclasses.replace(settings, port=_free_port())
        self.url = f"http://127.0.0.1:{self.settings.port}"
        self._process: BaseProcess | None = None

    @property
    def pid(self) -> int:
        """Process id of the present run."""
        assert self._process is not None, "the server was started"
        assert self._process.pid is not None, "the server was started"
        return self._process.pid

    async def start(self, *, cold: bool = False) -> float:
        """Start it; the seconds until it answered that it is ready.

        Raises
        ------
        ServerDidNotStart
            It ended, or did not answer in time; its log is on stderr.
        """
        began_s = time.perf_counter()
        if cold:
            self._process = multiprocessing.get_context("spawn").Process(
                target=_serve, args=(self.settings,), name="rehearsal-server"
            )
        else:
            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload(["rehearsal_server.serving"])
            self._process = context.Process(
                target=_serve, args=(self.settings,), name="rehearsal-server"
            )
        self._process.start()
        await wait_until_ready(self.url, self._process, poll_s=_POLL_S)
        return time.perf_counter() - began_s

    async def kill(self) -> None:
        """End it as a power cut would, as far as the process is concerned."""
        self.signal(signal.SIGKILL)
        await self.wait()

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    async def wait(self) -> float:
        """Wait until it has ended; how many seconds that took."""
        began_s = time.perf_counter()
        assert self._process is not None, "the server was started"
        await asyncio.to_thread(self._process.join, _STOP_S)
        return time.perf_counter() - began_s

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        if self._process is not None and self._process.is_alive():
            self._process.terminate()
            await self.wait()
            self._process.kill()
            await self.wait()


def _serve(settings: Settings) -> None:
    from rehearsal_server.serving import make_server

    end_with_parent()
    logging.basicConfig(level=settings.log_level.upper(), format="%(name)s: %(message)s")
    make_server(settings).run()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
