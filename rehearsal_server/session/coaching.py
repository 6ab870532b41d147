"""Feedback after a line: what was measured, what it was compared with, what to do.

Only what an actor can act on, the most useful first; a line without remarks is a good line.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from rehearsal_server.protocol.fields import Evidence, Interval
from rehearsal_server.protocol.server_messages import Feedback
from rehearsal_server.session.intervals import Span
from rehearsal_server.session.line_timing import LineTiming
from rehearsal_server.session.turn import Turn

# Gaps between people centre near 200 ms (Stivers et al. 2009); beyond this a gap is heard as one.
LATE_PICKUP_MS = 1000
EARLY_PICKUP_MS = -300
# A scripted interruption overlaps; this much after the cue line it is none.
LATE_INTERRUPTION_MS = 150
# A pause as long as this is heard as one wherever it stands (Speechace: over 1 s is long).
LONG_PAUSE_MS = 1000
# Phonation this much faster or slower than the actor's own median is a change of pace.
PACE_RATIO = 1.35

Severity = Literal["info", "notice", "warning"]

_ENGINE = "timing"


def coach(turn: Turn, timing: LineTiming, usual_articulation_rate: float | None) -> list[Feedback]:
    """Judge one line by its timing; the actor's own usual rate is the reference for pace."""
    return [
        *_judge_prompts(turn),
        *_judge_pickup(turn, timing),
        *_judge_pauses(turn, timing),
        *_judge_pace(turn, timing, usual_articulation_rate),
    ]


def _judge_prompts(turn: Turn) -> Iterator[Feedback]:
    if turn.prompts.used:
        words = len(turn.prompts.prompted)
        yield Feedback(
            line_id=turn.line.id,
            code="prompted",
            severity="notice",
            text=f"You needed {words} word{'s' if words > 1 else ''} from the prompter. "
            "Take the line once more from its cue.",
            evidence=(_evidence("prompted_words", words, at=turn.dried),),
        )


def _judge_pickup(turn: Turn, timing: LineTiming) -> Iterator[Feedback]:
    if timing.pickup_ms is None or turn.prompts.used:
        return
    at = [Span(timing.start_ms - max(timing.pickup_ms, 0), timing.start_ms)]
    confidence = 1.0 if timing.pickup_basis == "heard" else 0.5
    judgement = _name_pickup(turn, timing.pickup_ms)
    if judgement is None:
        return
    code, severity, reference, text = judgement
    evidence = _evidence("pickup_ms", timing.pickup_ms, reference, at, confidence)
    yield Feedback(
        line_id=turn.line.id, code=code, severity=severity, text=text, evidence=(evidence,)
    )


def _name_pickup(turn: Turn, pickup_ms: int) -> tuple[str, Severity, int, str] | None:
    """Code, severity, reference and text of what is to be said of a pick-up, if anything is."""
    if turn.cue_interrupted:
        if pickup_ms <= LATE_INTERRUPTION_MS:
            return None
        text = (
            "The script has you cut your partner off here; you waited until they had finished. "
            "Aim for the last word but one."
        )
        return "late_interruption", "notice", LATE_INTERRUPTION_MS, text
    if turn.cut_in:
        text = f"You cut your partner off {-pickup_ms} ms before the end of the cue line."
        return "cut_in", "info", 0, text
    if pickup_ms > LATE_PICKUP_MS:
        text = (
            f"You came in {pickup_ms} ms after your cue; a conversation leaves about 200 ms. "
            "Breathe in while your partner is still speaking."
        )
        return "late_pickup", "notice", LATE_PICKUP_MS, text
    if pickup_ms < EARLY_PICKUP_MS:
        text = f"You started {-pickup_ms} ms before your partner had finished."
        return "early_pickup", "info", EARLY_PICKUP_MS, text
    return None


def _judge_pauses(turn: Turn, timing: LineTiming) -> Iterator[Feedback]:
    if turn.prompts.used:
        return
    allowed = max((length for _, length in turn.written_pauses), default=0)
    long_pauses = [p for p in timing.pauses if p.length_ms > LONG_PAUSE_MS + allowed]
    if long_pauses:
        longest = max(p.length_ms for p in long_pauses)
        yield Feedback(
            line_id=turn.line.id,
            code="long_pause",
            severity="info",
            text=f"A pause of {longest / 1000:.1f} s inside the line, where the script has none. "
            "If you meant it, keep it; if you were looking for the words, they need another look.",
            evidence=(_evidence("pause_ms", longest, LONG_PAUSE_MS, long_pauses),),
        )


def _judge_pace(turn: Turn, timing: LineTiming, usual: float | None) -> Iterator[Feedback]:
    rate = timing.articulation_rate
    if usual is None or usual / PACE_RATIO <= rate <= usual * PACE_RATIO:
        return
    word = "faster" if rate > usual else "slower"
    yield Feedback(
        line_id=turn.line.id,
        code="pace_change",
        severity="info",
        text=f"{rate:.1f} syllables a second, {word} than your usual {usual:.1f} in this scene.",
        evidence=(
            _evidence(
                "articulation_rate", rate, usual, [Span(timing.start_ms, timing.end_ms)], 0.6
            ),
        ),
    )


def _evidence(
    measure: str,
    value: float,
    reference: float | None = None,
    at: list[Span] | None = None,
    confidence: float = 1.0,
) -> Evidence:
    return Evidence(
        measure=measure,
        value=float(value),
        reference=None if reference is None else float(reference),
        at=tuple(Interval(start_ms=s.start_ms, end_ms=s.end_ms) for s in at or ()),
        confidence=confidence,
        engine=_ENGINE,
    )
