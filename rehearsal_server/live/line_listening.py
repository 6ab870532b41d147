"""One session's hops and what was heard of its line, brought together in the order of the samples.

The following runs on a thread of its own and answers when it can. The core has to decide the same
way whenever that is: so while a line is listened to, a hop waits here for what was heard by its
end, and what comes after the hop waits behind it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from models.following.heard import Heard, WordHeard
from models.following.line_graph import LineGraph
from rehearsal_server.live.following import FollowedStream, FollowingScheduler
from rehearsal_server.live.inputs import Step
from rehearsal_server.live.scheduler import Analysed
from rehearsal_server.session.hop import Hop
from rehearsal_server.session.requests import FollowLine, StopFollowing
from rehearsal_server.session.session import Session
from rehearsal_server.session.words_heard import WordsHeard, as_change

# Why a line is not listened to, as it is told to the client: by then this server can't.
UNAVAILABLE = "unavailable"


class Advance(Protocol):
    """Takes a step of a session, and sees to what comes of it."""

    def __call__(self, step: Step, *arguments: object, received_s: float | None = None) -> None:
        """Call `step`, a method of the session."""


@dataclass(frozen=True)
class _Waiting:
    hop: Hop
    received_s: float


class LineListening:
    """Answers a session's requests to listen to its lines.

    Parameters
    ----------
    scheduler : FollowingScheduler, or None where words can't be followed
    graphs : mapping
        Of the lines that can be followed, by their ids.
    session : Session
    advance : callable
        Takes a step of the session: one of its methods, the arguments, and when its audio came.
    begins_ms : int
        Where the audio begins.
    """

    def __init__(
        self,
        scheduler: FollowingScheduler | None,
        graphs: Mapping[str, LineGraph],
        session: Session,
        advance: Advance,
        begins_ms: int = 0,
    ) -> None:
        self._scheduler = scheduler
        self._graphs = graphs
        self._session = session
        self._advance = advance
        self._stream = FollowedStream(self._heard, self._let_go, begins_ms)
        self._queue: deque[_Waiting | Callable[[], None]] = deque()
        self._is_releasing = False
        # Lines listened to so far; answers to an earlier one are too late.
        self._number = 0
        self._is_listening = False
        self._answers: deque[Heard] = deque()
        self._answered_ms = 0
        # The words that the core knows of.
        self._told: tuple[WordHeard, ...] = ()

    def take(self, result: Analysed) -> None:
        """Queue what a step of the analysis found."""
        if self._scheduler is not None and self._graphs and len(result.hops):
            audio = result.audio[: len(result.hops)]
            self._scheduler.feed(self._stream, audio, result.received_s)
        self._queue += [_Waiting(hop, result.received_s) for hop in result.hops]
        self._release()

    def after(self, action: Callable[[], None]) -> None:
        """Run `action` once all hops before it are heard."""
        self._queue.append(action)
        self._release()

    def obey(self, request: FollowLine | StopFollowing) -> None:
        """Listen to a line, or no longer."""
        if isinstance(request, FollowLine):
            self._follow(request)
        else:
            self._stop(request)

    def _follow(self, request: FollowLine) -> None:
        graph = self._graphs.get(request.line_id)
        if self._scheduler is None or graph is None:
            self._is_listening = False
            self._advance(self._session.lose_words, UNAVAILABLE)
            return
        self._number += 1
        self._is_listening = True
        self._answers.clear()
        self._answered_ms, self._told = 0, ()
        self._scheduler.arm(self._stream, graph, request.from_ms, self._number)

    def _stop(self, request: StopFollowing) -> None:
        self._is_listening = False
        if self._scheduler is not None:
            self._scheduler.disarm(self._stream, request.at_ms)
        self._release()

    def close(self) -> None:
        """Give up what waits."""
        self._is_listening = False
        self._queue.clear()
        if self._scheduler is not None:
            self._scheduler.close(self._stream)

    def _heard(self, number: int, heard: tuple[Heard, ...]) -> None:
        if number == self._number and self._is_listening:
            self._answers += heard
            self._answered_ms = heard[-1].end_ms
            self._release()

    def _let_go(self, reason: str) -> None:
        if self._is_listening:
            self._is_listening = False
            self._advance(self._session.lose_words, reason)
            self._release()

    def _release(self) -> None:
        """Let everything go on that need not wait."""
        if self._is_releasing:
            return  # by what a hop brought about
        self._is_releasing = True
        try:
            while self._queue:
                head = self._queue[0]
                if isinstance(head, _Waiting):
                    if self._is_listening and head.hop.end_ms > self._answered_ms:
                        return
                    self._queue.popleft()
                    self._hear(head)
                else:
                    self._queue.popleft()
                    head()
        finally:
            self._is_releasing = False

    def _hear(self, waiting: _Waiting) -> None:
        hop, received_s = waiting.hop, waiting.received_s
        words = self._answer(hop.end_ms)
        # What is heard again after a restart has had its effect already.
        if hop.end_ms <= self._session.now_ms:
            return
        if words is not None:
            self._advance(self._session.hear_words, words, received_s=received_s)
        self._advance(self._session.hear, hop, received_s=received_s)

    def _answer(self, end_ms: int) -> WordsHeard | None:
        if not self._is_listening:
            return None
        while self._answers and self._answers[0].end_ms < end_ms:
            self._answers.popleft()
        if not self._answers or self._answers[0].end_ms != end_ms:
            return None
        heard = self._answers.popleft()
        change = as_change(self._told, heard)
        self._told = heard.words
        return change
