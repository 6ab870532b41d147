"""How a finished line came across, beside what was asked of it, and the one remark on it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dsp.line_voice import LineVoice
from models.emotion.baseline import BaselineState
from models.emotion.delivery import Delivery
from models.emotion.estimate import EmotionEstimate
from models.emotion.intention import NOTABLE_AROUSAL, IntentionMatch, match_intention
from rehearsal_server.protocol.fields import Evidence, Interval
from rehearsal_server.protocol.server_messages import Feedback
from rehearsal_server.session.directions import LineDirection
from rehearsal_server.session.line_timing import LineTiming
from rehearsal_server.session.speaker import LineHeard, Speaker

# A line is remarked upon only if it clearly went elsewhere, and the model is fairly sure of it.
MISSED_BELOW = 0.4
MIN_CONFIDENCE = 0.35
LIVELY_FROM = 0.2

# Remarks that rest on a model's answer, which comes in its own time: no replay can place them.
CODES = frozenset({"direction_missed", "direction_unknown"})

_NOT_HEARD = EmotionEstimate()
_MEASURING = "voice"


@dataclass(frozen=True)
class CameAcross:
    """How one take came across.

    Attributes
    ----------
    estimate : EmotionEstimate or None
        None without a model.
    baseline : {"none", "warming", "ready"}
        Of the speaker, when it was judged.
    model : str
        Name and version of what judged it.
    direction : LineDirection or None
    match : IntentionMatch or None
        None where nothing was asked.
    """

    estimate: EmotionEstimate | None
    baseline: BaselineState
    model: str
    direction: LineDirection | None
    match: IntentionMatch | None


def judge_delivery(
    speaker: Speaker,
    direction: LineDirection | None,
    timing: LineTiming,
    voice: LineVoice | None,
    heard: LineHeard | None,
) -> tuple[CameAcross, Delivery | None]:
    """Put together what is known of a line; also its measures, for the speaker's usual."""
    delivery = _delivery(timing, voice)
    match = None
    if direction is not None and not speaker.is_calibrating:
        match = match_intention(
            direction.asked,
            heard.estimate if heard else _NOT_HEARD,
            delivery,
            usual=speaker.usual,
            baseline=speaker.state,
        )
    came_across = CameAcross(
        estimate=replace(heard.estimate, residuals=None) if heard else None,
        baseline=speaker.state,
        model=heard.model if heard else "",
        direction=direction,
        match=match,
    )
    return came_across, delivery


def remark(line_id: str, came_across: CameAcross, timing: LineTiming) -> Feedback | None:
    """What to say of a line right after it, if anything: most lines need no remark."""
    direction, match = came_across.direction, came_across.match
    if direction is None or match is None:
        return None
    if not direction.asked.is_known:
        return _unknown(line_id, match.text) if direction.by == "intention" else None
    if not _is_clear_miss(came_across.estimate, match):
        return None
    return Feedback(
        line_id=line_id,
        code="direction_missed",
        severity="notice",
        text=match.text,
        evidence=(*_measures(match, timing), *_heard(came_across, match, timing)),
    )


def _is_clear_miss(heard: EmotionEstimate | None, match: IntentionMatch) -> bool:
    if match.match is None or match.match >= MISSED_BELOW or match.confidence < MIN_CONFIDENCE:
        return False
    if match.arousal_gap is None or heard is None or heard.arousal is None:
        return True  # a manner, which is measured and not guessed
    if match.arousal_gap > 0:
        return match.arousal_gap >= NOTABLE_AROUSAL
    # Valence alone is heard too badly; and an even voice is no miss of a calm or a sad one.
    return match.arousal_gap <= -NOTABLE_AROUSAL and heard.arousal >= LIVELY_FROM


def _unknown(line_id: str, text: str) -> Feedback:
    return Feedback(
        line_id=line_id, code="direction_unknown", severity="info", text=text, evidence=()
    )


def _delivery(timing: LineTiming, voice: LineVoice | None) -> Delivery | None:
    speech_s = timing.duration_ms * timing.phonation_ratio / 1000
    if voice is None or speech_s <= 0:
        return None
    return Delivery.of_line(voice, speech_rate=timing.speech_rate, speech_s=speech_s)


def _measures(match: IntentionMatch, timing: LineTiming) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(
            measure=item.measure,
            value=round(item.value, 2),
            reference=None if item.usual is None else round(item.usual, 2),
            at=_whole(timing),
            confidence=round(match.confidence, 2),
            engine=_MEASURING,
        )
        for item in match.evidence
    )


def _heard(
    came_across: CameAcross, match: IntentionMatch, timing: LineTiming
) -> tuple[Evidence, ...]:
    heard = came_across.estimate.arousal if came_across.estimate else None
    if heard is None or match.arousal_gap is None:
        return ()
    return (
        Evidence(
            measure="arousal",
            value=round(heard, 2),
            reference=round(heard + match.arousal_gap, 2),
            at=_whole(timing),
            confidence=round(match.confidence, 2),
            engine=came_across.model,
        ),
    )


def _whole(timing: LineTiming) -> tuple[Interval, ...]:
    return (Interval(start_ms=timing.start_ms, end_ms=timing.end_ms),)
