"""A finished line: its measurements, the remarks on it, and the events that tell them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dsp.line_voice import LineVoice
from models.emotion.delivery import Delivery
from models.following.heard import WordHeard
from rehearsal_server.protocol.fields import Interval
from rehearsal_server.protocol.server_messages import Cue, LineResult, ServerMessage, Timing
from rehearsal_server.scripts.syllables import syllables
from rehearsal_server.session.coaching import coach
from rehearsal_server.session.delivery_coaching import judge_delivery, remark
from rehearsal_server.session.directions import LineDirection
from rehearsal_server.session.intervals import Span
from rehearsal_server.session.line_timing import LineTiming, measure_line
from rehearsal_server.session.requests import DescribeLine
from rehearsal_server.session.result import Outcome, Performance
from rehearsal_server.session.speaker import LineHeard, Speaker
from rehearsal_server.session.take_words import judge_words, told_extras, told_words, word_scores
from rehearsal_server.session.turn import Turn


@dataclass(frozen=True)
class Ended:
    """How a line came to its end."""

    speech: list[Span]
    outcome: Outcome
    # Share of the line that was said, as the follower has it.
    fraction: float
    at_ms: int
    # The words that were heard, in order of time, if the words were followed.
    heard: Sequence[WordHeard] = ()


def judge_take(turn: Turn, ended: Ended, usual_articulation_rate: float | None) -> Performance:
    """Measure one take of one line."""
    timing = _measure(turn, ended)
    feedback = coach(turn, timing, usual_articulation_rate) if timing else []
    return Performance(
        line_id=turn.line.id,
        character=turn.line.character,
        text=turn.line.text,
        take=turn.take,
        outcome=ended.outcome,
        started_ms=timing.start_ms if timing else turn.given_ms,
        ended_ms=timing.end_ms if timing else ended.at_ms,
        timing=timing,
        prompts=len(turn.dried),
        feedback=tuple(feedback),
        wording=judge_words(turn.line.text, ended.heard, turn.prompts.prompted),
    )


def tell_take(performance: Performance) -> list[ServerMessage]:
    """The events of a finished line, in order."""
    line_id, take = performance.line_id, performance.take
    done = Cue(action="done", line_id=line_id, at_ms=performance.ended_ms)
    timing = [_timing_event(performance.timing, line_id, take)] if performance.timing else []
    wording = performance.wording
    result = LineResult(
        line_id=line_id,
        take=take,
        outcome=performance.outcome,
        words=told_words(wording),
        extras=told_extras(wording),
        scores=word_scores(wording),
    )
    return [done, *timing, *performance.feedback, result]


def description_of(performance: Performance) -> DescribeLine:
    """Ask for the voice of a take to be measured."""
    return DescribeLine(
        performance.line_id, performance.take, performance.started_ms, performance.ended_ms
    )


def describe_take(
    performance: Performance,
    direction: LineDirection | None,
    speaker: Speaker,
    voice: LineVoice | None,
    heard: LineHeard | None,
) -> tuple[Performance, Delivery | None]:
    """Add to a take how its voice was and how it came across, with the remark that this calls for.

    Also gives the measures that go into the speaker's usual.
    """
    assert performance.timing is not None, "only a line that was spoken is described"
    came_across, delivery = judge_delivery(speaker, direction, performance.timing, voice, heard)
    # Who was looking for the words has something else to work on.
    is_spoken = performance.outcome == "spoken"
    said = remark(performance.line_id, came_across, performance.timing) if is_spoken else None
    feedback = performance.feedback if said is None else (*performance.feedback, said)
    described = replace(performance, voice=voice, came_across=came_across, feedback=feedback)
    return described, delivery


def _measure(turn: Turn, ended: Ended) -> LineTiming | None:
    if not ended.speech:
        return None
    share = min(1.0, ended.fraction) if ended.outcome == "skipped" else 1.0
    return measure_line(
        ended.speech, syllables=share * syllables(turn.line.text), cue_end=turn.cue_end
    )


def _timing_event(timing: LineTiming, line_id: str, take: int) -> Timing:
    return Timing(
        line_id=line_id,
        take=take,
        pickup_ms=timing.pickup_ms,
        pickup_basis=timing.pickup_basis,
        start_ms=timing.start_ms,
        end_ms=timing.end_ms,
        duration_ms=timing.duration_ms,
        speech_rate=timing.speech_rate,
        articulation_rate=timing.articulation_rate,
        phonation_ratio=timing.phonation_ratio,
        pauses=tuple(Interval(start_ms=p.start_ms, end_ms=p.end_ms) for p in timing.pauses),
    )
