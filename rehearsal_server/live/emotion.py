"""The emotion model of this process: one, on a thread of its own, for the windows of everybody."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dsp.bank import HopFeatures
from models.batching import BatchingThread
from models.emotion.descriptors import DESCRIPTORS, describe_hops
from models.emotion.estimate import Abstention, EmotionEstimate, EmotionModel, EmotionWindow
from models.emotion.line import line_windows
from rehearsal_server.live.hop_history import HopHistory
from rehearsal_server.live.line_audio import LineAudio, Pcm, to_float
from rehearsal_server.session.requests import DescribeLine, JudgeWindow
from rehearsal_server.session.speaker import LineHeard

log = logging.getLogger("rehearsal_server.live")

Float32s = npt.NDArray[np.float32]

# Batches of this many cost the least per window; larger ones make the first one wait.
MAX_BATCH = 32
# Half a second of work on one core. What comes beyond it is not judged, and told so.
MAX_WAITING = 1024

_OVERLOAD = EmotionEstimate(abstained=Abstention.OVERLOAD)
_FAILED = EmotionEstimate(abstained=Abstention.FAILED)


def describe_for_emotion(features: HopFeatures) -> Float32s:
    """What the model reads of one hop of each stream, from what the bank has computed anyway."""
    return describe_hops(
        features.power,
        features.mel_dbfs,
        features.f0_hz,
        features.f0_periodicity,
        features.level_dbfs,
    )


class EmotionJudge:
    """Puts windows to the model and gives the answers back on the event loop.

    Parameters
    ----------
    model : EmotionModel
    max_batch, max_waiting : int > 0
    """

    def __init__(
        self, model: EmotionModel, *, max_batch: int = MAX_BATCH, max_waiting: int = MAX_WAITING
    ) -> None:
        self.card = model.card
        self._thread: BatchingThread[EmotionWindow, EmotionEstimate] = BatchingThread(
            model.predict, max_batch=max_batch, max_waiting=max_waiting
        )

    @property
    def takes_waveform(self) -> bool:
        """Whether a window has to bring its samples."""
        return self.card.input.kind == "waveform"

    @property
    def waiting(self) -> int:
        """Windows in the queue, for a gauge."""
        return self._thread.waiting

    def ask(self, window: EmotionWindow, answered: Callable[[EmotionEstimate], None]) -> None:
        """Have a window judged; `answered` is called on the event loop, at once if all is full."""
        loop = asyncio.get_running_loop()

        def on_answer(answer: EmotionEstimate | Exception) -> None:
            estimate = _FAILED if isinstance(answer, Exception) else answer
            loop.call_soon_threadsafe(answered, estimate)

        if not self._thread.submit(window, on_answer):
            answered(_OVERLOAD)

    async def judge(self, window: EmotionWindow) -> EmotionEstimate:
        """Have a window judged, and wait for it."""
        answer: asyncio.Future[EmotionEstimate] = asyncio.get_running_loop().create_future()

        def answered(estimate: EmotionEstimate) -> None:
            if not answer.done():
                answer.set_result(estimate)

        self.ask(window, answered)
        return await answer

    async def aclose(self) -> None:
        """Answer what is waiting, and end the thread."""
        await asyncio.to_thread(self._thread.close)


@dataclass(frozen=True)
class LineMaterial:
    """A finished line as it was when its description was asked for."""

    descriptors: Float32s
    samples: Pcm
    baseline: Float32s | None


class EmotionFeed:
    """One session's windows on their way to the model.

    One window at a time is under way; of those that come meanwhile the newest waits, and an older
    one is told as not judged. So a session never has more in the queue than its share, and what is
    judged late is never what happened long ago.

    Parameters
    ----------
    judge : EmotionJudge
    answered : callable
        Gets each request with its estimate, on the event loop.
    begins_ms : int
        Where the first hop begins.
    """

    def __init__(
        self,
        judge: EmotionJudge,
        answered: Callable[[JudgeWindow, EmotionEstimate], None],
        begins_ms: int = 0,
    ) -> None:
        self._judge = judge
        self._answered = answered
        self._hops = HopHistory(np.zeros((0, DESCRIPTORS), np.float32), begins_ms)
        self._is_under_way = False
        self._next: tuple[JudgeWindow, EmotionWindow] | None = None

    def push(self, described: Float32s) -> None:
        """Keep what the model reads of the next hops."""
        self._hops.push(described)

    def forget_before(self, at_ms: int) -> None:
        """Drop what no window and no line can reach back to."""
        self._hops.forget_before(at_ms)

    def ask(self, request: JudgeWindow, audio: LineAudio, baseline: Float32s | None) -> None:
        """Have a window judged."""
        start_ms, end_ms = request.start_ms, request.end_ms
        samples = to_float(audio.between(start_ms, end_ms)) if self._judge.takes_waveform else None
        window = EmotionWindow(self._hops.between(start_ms, end_ms), baseline, samples)
        if not self._is_under_way:
            self._put(request, window)
            return
        if self._next is not None:
            self._answered(self._next[0], _OVERLOAD)
        self._next = request, window

    def material(
        self, request: DescribeLine, samples: Pcm, baseline: Float32s | None
    ) -> LineMaterial:
        """Take out what a line is judged by, before it is forgotten."""
        return LineMaterial(self._hops.between(request.start_ms, request.end_ms), samples, baseline)

    async def judge_line(self, line: LineMaterial) -> LineHeard:
        """Judge a whole line, in pieces if it is long."""
        windows = line_windows(
            self._judge.card,
            line.descriptors,
            baseline=line.baseline,
            samples=to_float(line.samples) if self._judge.takes_waveform else None,
        )
        pieces = await asyncio.gather(*(self._judge.judge(window) for window in windows))
        return LineHeard.of_pieces(self._judge.card, pieces, is_stranger=line.baseline is None)

    def _put(self, request: JudgeWindow, window: EmotionWindow) -> None:
        self._is_under_way = True

        def answered(estimate: EmotionEstimate) -> None:
            self._is_under_way = False
            self._answered(request, estimate)
            if self._next is not None and not self._is_under_way:
                following, self._next = self._next, None
                self._put(*following)

        self._judge.ask(window, answered)
