"""A session: a practice with numbered events, a meter and a result.

Bytes never come here and nothing leaves but messages and requests, so a whole session runs in a
test or from a recording exactly as it did live.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import msgspec

from dsp.clock import HOP_MS
from dsp.line_voice import LineVoice
from models.emotion.estimate import EmotionEstimate
from models.pronunciation.assessment import PronunciationScores
from rehearsal_server.protocol.client_messages import ClientMessage, Stop
from rehearsal_server.protocol.fields import Options
from rehearsal_server.protocol.server_messages import Emotion, Event, Level, Speech, Transcript
from rehearsal_server.scripts.model import Scene
from rehearsal_server.session.directions import LineDirection
from rehearsal_server.session.emotion_windows import WindowPlanner
from rehearsal_server.session.hop import Hop
from rehearsal_server.session.line_follower import LineFollower
from rehearsal_server.session.playback import PlayedUtterance
from rehearsal_server.session.pronounced import pronunciation_event
from rehearsal_server.session.requests import DescribeLine, Finish, FollowLine, JudgeWindow
from rehearsal_server.session.result import SessionResult, summarise
from rehearsal_server.session.scene import ROOM_TAIL_MS, Output, ScenePractice
from rehearsal_server.session.speaker import LineHeard, Speaker
from rehearsal_server.session.take import describe_take, description_of
from rehearsal_server.session.words_heard import WordsHeard

# One meter every third hop: 16.7 a second, under the protocol's 20.
_HOPS_PER_METER = 3


@dataclass(frozen=True)
class SessionPlan:
    """Everything that decides how a session runs, fixed at its start."""

    scene: Scene
    role: str
    options: Options
    # What is asked of the actor's lines, by their ids.
    directions: Mapping[str, LineDirection] = field(default_factory=dict)
    # What is known of the actor's voice.
    speaker: Speaker = field(default_factory=Speaker)
    # Ids of the actor's lines whose words can be followed.
    followed_lines: tuple[str, ...] = ()


class Session:
    """One actor's session, from `begin` to `result`."""

    def __init__(self, plan: SessionPlan) -> None:
        self.plan = plan
        self._follower = LineFollower(plan.followed_lines)
        self.practice = ScenePractice(plan.scene, plan.role, plan.options, self._follower)
        self.speaker = plan.speaker.calibrating() if plan.options.calibrate else plan.speaker
        self.now_ms = 0
        self.events = 0
        self.is_over = False
        self._hops = 0
        self._speaking = False
        self._windows = WindowPlanner()
        self._has_learnt = False

    def begin(self) -> list[Output]:
        """Give the first cue."""
        return self._number(self._follower.begin_session() + self.practice.begin())

    def hear(self, hop: Hop) -> list[Output]:
        """Take in 20 ms of the microphone."""
        self.now_ms = hop.end_ms
        self._hops += 1
        if hop.is_speech and not self._speaking and hop.onset_ms is None:
            # Audio goes on after its end; the analysis is still in the speech that was cut there.
            hop = hop._replace(onset_ms=hop.end_ms - HOP_MS)
        out: list[Output] = []
        if hop.onset_ms is not None:
            out.append(Speech(state="started", at_ms=hop.onset_ms))
            self._speaking = True
        if hop.offset_ms is not None and self._speaking:
            out.append(Speech(state="ended", at_ms=hop.offset_ms))
            self._speaking = False
        if self._hops % _HOPS_PER_METER == 0:
            out.append(_meter(hop))
        return self._number(out + self.practice.hear(hop) + self._plan_window(hop))

    def hear_words(self, heard: WordsHeard) -> list[Output]:
        """Take in what was heard of the line, before the hop that it ends with."""
        return self._number(self._follower.hear(heard))

    def lose_words(self, reason: str) -> list[Output]:
        """The line can't be listened to any more; `reason` is told."""
        return self._number(self._follower.lose(reason, self.now_ms))

    @property
    def listening(self) -> FollowLine | None:
        """The line that is listened to, to be asked for again after a restart."""
        return self._follower.listening

    @property
    def is_speaking(self) -> bool:
        """Whether speech began and has not ended."""
        return self._speaking

    def stall(self) -> list[Output]:
        """The client ended its audio: nobody is speaking any more.

        Silence on the wire alone ends nothing. It may be the network's, and the audio that was
        kept meanwhile must give the events that it would have given at once.
        """
        if not self._speaking or self.is_over:
            return []
        self._speaking = False
        self.practice.stall()
        return self._number([Speech(state="ended", at_ms=self.now_ms)])

    def receive(self, message: ClientMessage) -> list[Output]:
        """Take in a client's message, as of the last hop heard."""
        return self._number(self.practice.receive(message))

    def voice_ready(self, utterance: int, duration_ms: int) -> list[Output]:
        """The length of an utterance is known."""
        return self._number(self.practice.voice_ready(utterance, duration_ms))

    def voice_failed(self, utterance: int) -> list[Output]:
        """An utterance can't be spoken."""
        return self._number(self.practice.voice_failed(utterance))

    def window_judged(self, request: JudgeWindow, estimate: EmotionEstimate) -> Emotion:
        """A stretch of speech was judged, or why it was not; as late as it likes."""
        return _emotion(request, estimate, self.speaker)

    def line_described(
        self, request: DescribeLine, voice: LineVoice | None, heard: LineHeard | None
    ) -> list[Output]:
        """The voice of a finished line was measured and judged, as far as that was possible."""
        takes = self.practice.performances
        place = next((i for i, take in enumerate(takes) if description_of(take) == request), None)
        if place is None:
            return []  # the line was taken back since
        described, delivery = describe_take(
            takes[place], self.plan.directions.get(request.line_id), self.speaker, voice, heard
        )
        self.speaker = self.speaker.learn(heard, delivery)
        self._has_learnt = True
        told = described.feedback[len(takes[place].feedback) :]
        takes[place] = described
        return self._number([*told])

    def line_pronounced(self, request: DescribeLine, scores: PronunciationScores) -> list[Output]:
        """The pronunciation of a finished line was judged."""
        takes = self.practice.performances
        place = next((i for i, take in enumerate(takes) if description_of(take) == request), None)
        if place is None:
            return []  # the line was taken back since
        dated = scores.shifted(request.start_ms)
        if takes[place].pronunciation == dated:
            return []  # it was told before a restart
        takes[place] = replace(takes[place], pronunciation=dated)
        return self._number([pronunciation_event(request.line_id, request.take, dated)])

    def transcribed(self, transcript: Transcript) -> list[Output]:
        """Take in what a recogniser heard; only what is final is an event."""
        return self._number([transcript]) if transcript.final else [transcript]

    @property
    def sounding(self) -> tuple[PlayedUtterance, ...]:
        """Utterances that the listener may still have to hear."""
        return self.practice.sounding

    @property
    def needs_audio_from_ms(self) -> int:
        """From where on the microphone's audio may still be asked for."""
        return self.practice.needs_audio_from_ms

    def close(self) -> list[Output]:
        """The client is gone; ends as `stop` does."""
        return [] if self.is_over else self.receive(Stop())

    def result(self) -> SessionResult:
        """What was measured so far."""
        performances = tuple(self.practice.performances)
        return SessionResult(
            practice=self.practice.name,
            scene_id=self.plan.scene.id,
            role=self.plan.role,
            duration_ms=self.now_ms,
            completed=self.practice.reached_end,
            performances=performances,
            speaker=self.speaker if self._has_learnt else None,
            summary=summarise(performances, self.now_ms),
        )

    def number(self, event: Event) -> Event:
        """Give an event the next number."""
        self.events += 1
        return msgspec.structs.replace(event, event=self.events)

    def _plan_window(self, hop: Hop) -> list[Output]:
        """Ask for the actor's last seconds to be judged, if that is due."""
        turn = self.practice.turn
        tail_ms = 0 if self.plan.options.headphones else ROOM_TAIL_MS
        window = self._windows.hear(hop, turn.heard_alone_from_ms(tail_ms) if turn else None)
        if turn is None or window is None:
            return []
        return [JudgeWindow(turn.line.id, window.start_ms, window.end_ms)]

    def _number(self, outputs: list[Output]) -> list[Output]:
        self.is_over = self.is_over or any(isinstance(o, Finish) for o in outputs)
        return [self.number(o) if isinstance(o, Event) else o for o in outputs]


def _meter(hop: Hop) -> Level:
    return Level(
        at_ms=hop.end_ms,
        level_dbfs=round(hop.level_dbfs, 1),
        loudness_lufs=round(hop.loudness_lufs, 1) if math.isfinite(hop.loudness_lufs) else None,
        f0_hz=round(hop.f0_hz, 1) if math.isfinite(hop.f0_hz) else None,
        speaking=hop.is_speech,
    )


def _emotion(request: JudgeWindow, estimate: EmotionEstimate, speaker: Speaker) -> Emotion:
    return Emotion(
        at_ms=request.end_ms,
        window_ms=request.end_ms - request.start_ms,
        line_id=request.line_id,
        arousal=_rounded(estimate.arousal),
        valence=_rounded(estimate.valence),
        label=estimate.label,
        confidence=round(estimate.confidence, 3),
        baseline=speaker.state,
        abstained=estimate.abstained.value if estimate.abstained else None,
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
