"""Whatever waits goes in one batch; what does not fit is refused; a bad batch is answered."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from models.batching import BatchingThread

PATIENCE_S = 10.0


class Gate:
    """Squares numbers, but holds every batch until it is opened."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.entered = threading.Semaphore(0)
        self.opened = threading.Semaphore(0)

    def predict(self, batch: Sequence[int]) -> list[int]:
        self.batches.append(list(batch))
        self.entered.release()
        assert self.opened.acquire(timeout=PATIENCE_S)
        if 13 in batch:
            raise RuntimeError("thirteen")
        return [number * number for number in batch]


def test_takes_whatever_is_waiting_up_to_the_largest_batch() -> None:
    gate = Gate()
    answers: list[int | Exception] = []
    thread = BatchingThread(gate.predict, max_batch=3, max_waiting=10)
    assert thread.submit(1, answers.append)
    assert gate.entered.acquire(timeout=PATIENCE_S)
    for number in (2, 3, 4, 5):
        assert thread.submit(number, answers.append)
    assert thread.waiting == 4
    for _ in range(3):
        gate.opened.release()
    thread.close()
    assert gate.batches == [[1], [2, 3, 4], [5]]
    assert answers == [1, 4, 9, 16, 25]


def test_full_queue_refuses_and_never_answers() -> None:
    gate = Gate()
    answers: list[int | Exception] = []
    thread = BatchingThread(gate.predict, max_batch=3, max_waiting=2)
    thread.submit(1, answers.append)
    assert gate.entered.acquire(timeout=PATIENCE_S)
    accepted = [thread.submit(number, answers.append) for number in (2, 3, 4)]
    assert accepted == [True, True, False]
    gate.opened.release()
    gate.opened.release()
    thread.close()
    assert answers == [1, 4, 9]


def test_failed_batch_is_answered_with_its_error_and_the_next_one_runs(
    caplog: pytest.LogCaptureFixture,
) -> None:
    gate = Gate()
    answers: list[int | Exception] = []
    gate.opened.release(2)
    thread = BatchingThread(gate.predict, max_batch=1, max_waiting=10)
    thread.submit(13, answers.append)
    thread.submit(2, answers.append)
    thread.close()
    assert isinstance(answers[0], RuntimeError)
    assert answers[1] == 4
    assert "a batch of 1 requests failed" in caplog.text


def test_closed_thread_refuses() -> None:
    thread: BatchingThread[int, int] = BatchingThread(Gate().predict)
    thread.close()
    assert not thread.submit(1, lambda answer: None)
