from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator

import pytest

from rehearsal_server.worker import (
    BoundedWorker,
    WorkBounds,
    WorkerBusy,
    WorkFailed,
    WorkTooLong,
)

BOUNDS = WorkBounds(time_limit_s=30, memory_bytes=2 * 2**30, max_waiting=1)


@pytest.fixture
async def worker() -> AsyncIterator[BoundedWorker]:
    worker = BoundedWorker("test", BOUNDS)
    yield worker
    await worker.aclose()


def square(number: int) -> tuple[int, int]:
    return number * number, os.getpid()


def refuse(why: str) -> None:
    raise ValueError(why)


def never_end() -> None:
    while True:
        time.sleep(1)


def die() -> None:
    os._exit(3)


def hoard() -> int:
    return len(bytearray(4 * 2**30))


async def test_work_is_done_elsewhere_in_one_process(worker: BoundedWorker) -> None:
    first, second = await asyncio.gather(worker.run(square, 3), worker.run(square, 4))
    assert (first[0], second[0]) == (9, 16)
    assert first[1] == second[1] != os.getpid()


async def test_what_the_work_raises_comes_through(worker: BoundedWorker) -> None:
    with pytest.raises(ValueError, match="no script"):
        await worker.run(refuse, "no script")


@pytest.mark.check(22)
async def test_work_without_end_is_ended_and_the_next_is_done() -> None:
    impatient = BoundedWorker("test", WorkBounds(time_limit_s=0.2, memory_bytes=2 * 2**30))
    try:
        with pytest.raises(WorkTooLong):
            await impatient.run(never_end)
        assert impatient._pool is None
    finally:
        await impatient.aclose()


async def test_work_that_ends_its_process_fails_alone(worker: BoundedWorker) -> None:
    with pytest.raises(WorkFailed):
        await worker.run(die)
    assert (await worker.run(square, 5))[0] == 25


@pytest.mark.check(22)
async def test_memory_is_bounded(worker: BoundedWorker) -> None:
    with pytest.raises(WorkFailed):
        await worker.run(hoard)
    assert (await worker.run(square, 5))[0] == 25


async def test_who_would_wait_too_long_is_turned_away(worker: BoundedWorker) -> None:
    waiting = [asyncio.create_task(worker.run(square, n)) for n in (1, 2)]
    await asyncio.sleep(0)
    with pytest.raises(WorkerBusy):
        await worker.run(square, 3)
    assert [done[0] for done in await asyncio.gather(*waiting)] == [1, 4]


async def test_closing_ends_the_work(worker: BoundedWorker) -> None:
    await worker.run(square, 1)
    work = asyncio.create_task(worker.run(never_end))
    await asyncio.sleep(0)
    await worker.aclose()
    with pytest.raises((WorkFailed, asyncio.CancelledError)):
        await work
