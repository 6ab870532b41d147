"""The microphone's last minute, and what is measured from it: windows live, whole lines after."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from dsp.line_voice import LineVoice
from models.emotion.estimate import EmotionEstimate
from models.pronunciation.assessment import PronunciationScores
from rehearsal_server.live.emotion import EmotionFeed, LineMaterial
from rehearsal_server.live.line_audio import LineAudio, Pcm
from rehearsal_server.live.line_describer import Description, LineDescriber
from rehearsal_server.live.scheduler import Analysed
from rehearsal_server.live.services import LiveServices
from rehearsal_server.session.requests import DescribeLine, JudgeWindow
from rehearsal_server.session.session import SessionPlan
from rehearsal_server.session.speaker import LineHeard, Speaker

# The last line is described within this time, or is saved without.
_DESCRIPTIONS_S = 5.0
# Then what is known of it is put together.
_LAST_WORDS_S = 1.0

Judged = Callable[[JudgeWindow, EmotionEstimate], None]
Described = Callable[[DescribeLine, LineVoice | None, LineHeard | None], None]
Pronounced = Callable[[DescribeLine, PronunciationScores], None]


@dataclass(frozen=True)
class Answers:
    """Who takes the answers, on the event loop."""

    judged: Judged
    described: Described
    pronounced: Pronounced


class LineMeasuring:
    """Answers one session's requests about its audio.

    Parameters
    ----------
    services
    speaker : tells what is known of the speaker by now
    answers : who takes them
    plan : whose lines they are
    begins_ms : where the audio begins
    undescribed : lines that were asked for before a restart; their audio will be heard again
    """

    def __init__(
        self,
        services: LiveServices,
        speaker: Callable[[], Speaker],
        answers: Answers,
        plan: SessionPlan,
        begins_ms: int,
        undescribed: Iterable[DescribeLine],
    ) -> None:
        self._describer: LineDescriber = services.describer
        self._speaker = speaker
        self._answers = answers
        self._pronouncing = services.pronouncing
        self._language = plan.options.language
        self._texts = {line.id: line.text for line in plan.scene.lines}
        self._audio = LineAudio(begins_ms)
        judge = services.delivery.judge
        self._feed = EmotionFeed(judge, answers.judged, begins_ms) if judge else None
        # Lines whose audio is still to come, and all that were asked for and are not answered.
        self._to_come = list(undescribed)
        self._unanswered = dict.fromkeys(self._to_come)
        self._tasks: set[asyncio.Task[None]] = set()
        self._too_late: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def unanswered(self) -> tuple[DescribeLine, ...]:
        """Lines whose description is not there yet."""
        return tuple(self._unanswered)

    def hear(self, result: Analysed) -> None:
        """Keep what a step found."""
        self._audio.push(result.audio)
        if self._feed is not None and result.described is not None:
            self._feed.push(result.described)

    def forget_before(self, at_ms: int) -> None:
        """Drop what is not needed any more, but for lines that wait for their audio."""
        at_ms = min([at_ms, *(request.start_ms for request in self._to_come)])
        self._audio.forget_before(at_ms)
        if self._feed is not None:
            self._feed.forget_before(at_ms)

    def judge(self, request: JudgeWindow) -> None:
        """Have a stretch judged."""
        if self._feed is not None:
            self._feed.ask(request, self._audio, self._speaker().offset)

    def describe(self, request: DescribeLine) -> None:
        """Have a line described, once its audio is there."""
        self._unanswered[request] = None
        self._to_come.append(request)
        self.describe_what_has_come()

    def describe_what_has_come(self) -> None:
        """Begin with the lines whose audio is there by now."""
        for request in [r for r in self._to_come if r.end_ms <= self._audio.end_ms]:
            self._to_come.remove(request)
            samples = self._audio.between(request.start_ms, request.end_ms)
            material = None
            if self._feed is not None:
                material = self._feed.material(request, samples, self._speaker().offset)
            task = asyncio.create_task(
                self._await_description(request, samples, material), name="description"
            )
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def finish(self) -> None:
        """Wait for what is under way; what is not measured in time is told as not measured."""
        for patience_s in (_DESCRIPTIONS_S, _LAST_WORDS_S):
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=patience_s)
            if not self._too_late.done():
                self._too_late.set_result(None)

    async def _await_description(
        self, request: DescribeLine, samples: Pcm, material: LineMaterial | None
    ) -> None:
        describing = asyncio.create_task(self._describe(request, samples))
        heard = None
        if self._feed is not None and material is not None:
            heard = await self._feed.judge_line(material)
        await asyncio.wait((describing, self._too_late), return_when="FIRST_COMPLETED")
        found = describing.result() if describing.done() else None
        describing.cancel()
        self._unanswered.pop(request, None)
        if found is not None and found.pronunciation is not None:
            self._answers.pronounced(request, found.pronunciation)
        self._answers.described(request, found.voice if found else None, heard)

    async def _describe(self, request: DescribeLine, samples: Pcm) -> Description | None:
        text = self._texts[request.line_id]
        written = await self._pronouncing.written_words(text, self._language)
        return await self._describer.describe(self, samples, written)
