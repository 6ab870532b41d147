"""Work that might not end, or take all memory, done in a process that can be killed.

Parsing a hostile file and analysing a long recording must hold up neither the event loop nor each
other. A worker does one piece at a time; whoever would wait too long is turned away at once.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import resource
import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from rehearsal_server.processes import end_with_parent

log = logging.getLogger(__name__)

_NICENESS = 10

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class WorkerBusy(Exception):
    """Too many pieces of work wait already."""


class WorkTooLong(Exception):
    """The work was not done in time, and was ended."""


class WorkFailed(Exception):
    """The work ended its process (out of memory, say) or raised what nobody foresaw."""


@dataclass(frozen=True, kw_only=True)
class WorkBounds:
    """What one piece of work may cost."""

    time_limit_s: float
    # Address space of the process, code and libraries included.
    memory_bytes: int
    # Pieces that may wait behind the one that is being done.
    max_waiting: int = 8


class BoundedWorker:
    """One process that does one piece of work at a time; it starts with the first."""

    def __init__(self, name: str, bounds: WorkBounds) -> None:
        self._name = name
        self._bounds = bounds
        self._pool: ProcessPoolExecutor | None = None
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def run(
        self,
        work: Callable[Arguments, Result],
        *arguments: Arguments.args,
        **named: Arguments.kwargs,
    ) -> Result:
        """Do `work`, a function of a module, in the process; what it raises itself comes through.

        Raises
        ------
        WorkerBusy, WorkTooLong, WorkFailed
        """
        if self._waiting > self._bounds.max_waiting:
            raise WorkerBusy(self._name)
        self._waiting += 1
        try:
            async with self._turn:
                return await self._run(work, *arguments, **named)
        finally:
            self._waiting -= 1

    async def aclose(self) -> None:
        """End the process, whatever it does."""
        self._kill()

    async def _run(
        self,
        work: Callable[Arguments, Result],
        *arguments: Arguments.args,
        **named: Arguments.kwargs,
    ) -> Result:
        future = asyncio.wrap_future(self._opened().submit(work, *arguments, **named))
        try:
            async with asyncio.timeout(self._bounds.time_limit_s):
                return await future
        except TimeoutError:
            log.warning("%s: work took over %g s", self._name, self._bounds.time_limit_s)
            self._kill()
            raise WorkTooLong(self._name) from None
        except (BrokenProcessPool, MemoryError) as error:
            log.warning("%s: the process ended: %s", self._name, type(error).__name__)
            self._kill()
            raise WorkFailed(self._name) from None
        except asyncio.CancelledError:
            self._kill()  # nobody waits for it any more
            raise

    def _opened(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                1,
                multiprocessing.get_context("spawn"),
                initializer=_confine,
                initargs=(self._bounds.memory_bytes,),
            )
        return self._pool

    def _kill(self) -> None:
        if self._pool is None:
            return
        # The pool has no way to end work that is running, short of ending its process.
        for process in tuple(self._pool._processes.values()):
            process.kill()
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = None


def _confine(memory_bytes: int) -> None:
    """Give this process its bounds; live sessions go before whatever it does."""
    end_with_parent()
    os.nice(_NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    # Ctrl-C reaches every process of the terminal; the parent ends this one in its own time.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
