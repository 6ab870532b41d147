"""Following the words of one session without threads: every answer is there at once."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping

import numpy as np

from dsp.clock import ANALYSIS_RATE_HZ
from models.acoustic.acoustic_model import AcousticModel, open_acoustic_model
from models.acoustic.dictionary import Dictionary
from models.following.bank import FollowingBank
from models.following.heard import Heard, WordHeard
from models.following.line_graph import LineGraph
from rehearsal_server.following.preparation import LineGraphs, LinePreparer
from rehearsal_server.following.pronouncer import Pronouncer
from rehearsal_server.live.analysis import Hops
from rehearsal_server.scripts.model import Scene
from rehearsal_server.session.requests import FollowLine, StopFollowing
from rehearsal_server.session.words_heard import WordsHeard, as_change
from rehearsal_server.voices.espeak.engine import EspeakEngine


class OfflineListener:
    """Answers a session's requests to listen to its lines.

    Parameters
    ----------
    model : AcousticModel
    graphs : mapping
        Of the lines that can be followed, by their ids.
    """

    def __init__(self, model: AcousticModel, graphs: Mapping[str, LineGraph]) -> None:
        self._model, self._graphs = model, graphs
        self._bank = FollowingBank(model, capacity=1)
        self._slot = self._bank.acquire()
        self._is_listening = False
        self._answers: deque[Heard] = deque()
        self._told: tuple[WordHeard, ...] = ()

    @property
    def followed_lines(self) -> tuple[str, ...]:
        """For the session's plan."""
        return tuple(self._graphs)

    def again(self) -> OfflineListener:
        """A listener for another session with the same lines."""
        return OfflineListener(self._model, self._graphs)

    def follow(self, request: FollowLine) -> None:
        """Listen to a line."""
        self._is_listening, self._told = True, ()
        self._answers.clear()
        self._bank.arm(self._slot, self._graphs[request.line_id], _position(request.from_ms))

    def stop(self, request: StopFollowing) -> None:
        """Listen no longer."""
        self._is_listening = False
        self._bank.disarm(self._slot, _position(request.at_ms))

    def hear(self, samples: Hops, end_ms: int) -> WordsHeard | None:
        """Take in the samples of a hop; what was heard by its end."""
        (heard,) = self._bank.step(np.array([self._slot]), samples[None])
        if not self._is_listening:
            return None
        self._answers += heard
        while self._answers and self._answers[0].end_ms < end_ms:
            self._answers.popleft()
        if not self._answers:
            return None
        answer = self._answers.popleft()
        change = as_change(self._told, answer)
        self._told = answer.words
        return change


def prepare_listener(scene: Scene, role: str, language: str) -> OfflineListener:
    """Make ready to follow a scene's lines; blocks while it does.

    Raises
    ------
    ModelAbsent
        pocketsphinx is not installed.
    """
    model = open_acoustic_model()
    return OfflineListener(model, asyncio.run(_prepare(model, scene, role, language)))


async def _prepare(model: AcousticModel, scene: Scene, role: str, language: str) -> LineGraphs:
    engine = EspeakEngine()
    lines = [line for line in scene.lines if line.character == role]
    try:
        preparer = LinePreparer(model, Pronouncer(Dictionary(), engine))
        return await preparer.prepare(lines, language)
    finally:
        await engine.aclose()


def _position(time_ms: int) -> int:
    return time_ms * ANALYSIS_RATE_HZ // 1000
