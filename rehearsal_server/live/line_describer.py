"""Describes finished lines in a process of its own.

A refined pitch contour takes a tenth of a second of one core and holds the interpreter's lock; in
this process that would be a tenth of a second without cues for everybody.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import signal
from collections.abc import Hashable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

from dsp.clock import ANALYSIS_RATE_HZ
from dsp.line_voice import LineVoice, describe_line
from models.pronunciation.assessment import PronunciationScores, WrittenWord
from rehearsal_server.live.line_audio import Pcm, to_float
from rehearsal_server.live.line_queue import FairQueue
from rehearsal_server.live.pronouncing import judge_pronunciation
from rehearsal_server.processes import end_with_parent

log = logging.getLogger("rehearsal_server.live")

# Half an hour of speech, 58 MB: more would come too late to help anybody.
MAX_WAITING_S = 1_800
_NICENESS = 10


@dataclass(frozen=True)
class Description:
    """What was found of one line."""

    voice: LineVoice
    # None where the words' pronunciations are not known, or there is no model.
    pronunciation: PronunciationScores | None


@dataclass(frozen=True, eq=False)
class _Line:
    samples: Pcm
    written: tuple[WrittenWord, ...]
    found: asyncio.Future[Description | None]

    def answer(self, description: Description | None) -> None:
        if not self.found.done():  # else nobody waits for it any more
            self.found.set_result(description)


class LineDescriber:
    """A fair queue of lines in front of one worker process, which starts with the first line."""

    def __init__(self, max_waiting_s: float = MAX_WAITING_S) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._queue: FairQueue[_Line] = FairQueue(round(max_waiting_s * ANALYSIS_RATE_HZ))
        self._runner: asyncio.Task[None] | None = None

    async def describe(
        self, session: Hashable, samples: Pcm, written: tuple[WrittenWord, ...] = ()
    ) -> Description | None:
        """Describe one line when its session's turn comes; None, and a line in the log, if not.

        `written` are the words that were due, if their pronunciation is to be judged. When too much
        waits, the session that waits with most loses its oldest line.
        """
        line = _Line(samples, written, asyncio.get_running_loop().create_future())
        for dropped in self._queue.push(session, line, len(samples)):
            log.warning("%d lines wait to be described; one more is given up", len(self._queue))
            dropped.answer(None)
        if self._runner is None or self._runner.done():
            self._runner = asyncio.create_task(self._run(), name="line describer")
        return await line.found

    @property
    def worker_pids(self) -> tuple[int, ...]:
        """Processes that describe lines at present."""
        processes = self._pool._processes if self._pool is not None else {}
        return tuple(processes)

    async def aclose(self) -> None:
        """End the worker."""
        if self._runner is not None:
            self._runner.cancel()
            await asyncio.gather(self._runner, return_exceptions=True)
        while len(self._queue):
            self._queue.pop().answer(None)
        if self._pool is not None:
            await asyncio.to_thread(self._pool.shutdown, cancel_futures=True)
            self._pool = None

    async def _run(self) -> None:
        while len(self._queue):
            line = self._queue.pop()
            if not line.found.done():
                line.answer(await self._measure(line))

    async def _measure(self, line: _Line) -> Description | None:
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(1, context, initializer=_follow_the_parent)
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._pool, _describe, line.samples, line.written)
        except BrokenProcessPool:
            log.exception("the process that describes lines died; the next line starts another")
            self._pool = None
        except Exception:
            log.exception("a line could not be described")
        return None


def _follow_the_parent() -> None:
    end_with_parent()
    # A description can wait; a step of the live analysis cannot.
    os.nice(_NICENESS)
    # Ctrl-C reaches every process of the terminal; the parent ends this one in its own time.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _describe(samples: Pcm, written: tuple[WrittenWord, ...]) -> Description:
    heard = to_float(samples)
    voice = describe_line(heard)
    return Description(voice, judge_pronunciation(heard, written, voice))
