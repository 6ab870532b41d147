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
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

from dsp.line_voice import LineVoice, describe_line
from models.pronunciation.assessment import PronunciationScores, WrittenWord
from rehearsal_server.live.line_audio import Pcm, to_float
from rehearsal_server.live.pronouncing import judge_pronunciation
from rehearsal_server.processes import end_with_parent

log = logging.getLogger("rehearsal_server.live")

# Lines that wait beyond this are not described: a report late by minutes helps nobody.
MAX_WAITING = 64
_NICENESS = 10


@dataclass(frozen=True)
class Description:
    """What was found of one line."""

    voice: LineVoice
    # None where the words' pronunciations are not known, or there is no model.
    pronunciation: PronunciationScores | None


class LineDescriber:
    """A queue of lines in front of one worker process, which starts with the first line."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._waiting = 0

    async def describe(
        self, samples: Pcm, written: tuple[WrittenWord, ...] = ()
    ) -> Description | None:
        """Describe one line; None, and a line in the log, if it cannot be done.

        `written` are the words that were due, if their pronunciation is to be judged.
        """
        if self._waiting >= MAX_WAITING:
            log.warning("%d lines wait to be described; this one is not", self._waiting)
            return None
        self._waiting += 1
        try:
            return await self._run(samples, written)
        except BrokenProcessPool:
            log.exception("the process that describes lines died; the next line starts another")
            self._pool = None
        except Exception:
            log.exception("a line could not be described")
        finally:
            self._waiting -= 1
        return None

    @property
    def worker_pids(self) -> tuple[int, ...]:
        """Processes that describe lines at present."""
        processes = self._pool._processes if self._pool is not None else {}
        return tuple(processes)

    async def aclose(self) -> None:
        """End the worker."""
        if self._pool is not None:
            await asyncio.to_thread(self._pool.shutdown, cancel_futures=True)
            self._pool = None

    async def _run(self, samples: Pcm, written: tuple[WrittenWord, ...]) -> Description:
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(1, context, initializer=_follow_the_parent)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, _describe, samples, written)


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
