"""Many callers, one model: a thread that takes whatever is waiting and answers each."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Request = TypeVar("Request")
Answer = TypeVar("Answer")
# Gets the answer, or the exception that the batch raised.
OnAnswer = Callable[[Answer | Exception], None]

_log = logging.getLogger(__name__)


class BatchingThread(Generic[Request, Answer]):
    """Runs `predict` on batches of what is waiting, on a thread of its own.

    Nothing waits to fill a batch: under light load a request goes alone and at once, under heavy
    load batches grow and the cost of each request falls. The queue is bounded; when it is full a
    request is refused, and its caller does without this one answer.

    Parameters
    ----------
    predict : callable
        Answers a batch: as many answers as requests, in their order.
    max_batch : int > 0
        Most requests in one call.
    max_waiting : int > 0
        Most requests that may wait.
    """

    def __init__(
        self,
        predict: Callable[[Sequence[Request]], Sequence[Answer]],
        *,
        max_batch: int = 64,
        max_waiting: int = 1024,
    ) -> None:
        self._predict = predict
        self._max_batch = max_batch
        self._max_waiting = max_waiting
        self._waiting: deque[tuple[Request, OnAnswer[Answer]]] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="model", daemon=True)
        self._thread.start()

    def submit(self, request: Request, on_answer: OnAnswer[Answer]) -> bool:
        """Put a request in the queue.

        Parameters
        ----------
        request : Request
        on_answer : callable
            Called once, on this object's thread, so it must be quick and must not raise.

        Returns
        -------
        bool
            False if the queue is full or closed; `on_answer` is then never called.
        """
        with self._changed:
            if self._closed or len(self._waiting) >= self._max_waiting:
                return False
            self._waiting.append((request, on_answer))
            self._changed.notify()
            return True

    @property
    def waiting(self) -> int:
        """Requests in the queue, for a gauge."""
        return len(self._waiting)

    def close(self) -> None:
        """Answer what is waiting, then end the thread."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _work(self) -> None:
        while batch := self._take():
            requests = [request for request, _ in batch]
            answers = self._answers(requests)
            for (_, on_answer), answer in zip(batch, answers, strict=True):
                on_answer(answer)

    def _take(self) -> list[tuple[Request, OnAnswer[Answer]]]:
        """Whatever is waiting, oldest first; empty once closed and drained."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            size = min(len(self._waiting), self._max_batch)
            return [self._waiting.popleft() for _ in range(size)]

    def _answers(self, requests: list[Request]) -> Sequence[Answer | Exception]:
        try:
            return self._predict(requests)
        except Exception as error:
            # One bad batch must not silence the model for every later one.
            _log.exception("a batch of %d requests failed", len(requests))
            return [error] * len(requests)
