"""What a session leaves behind, as plain data for storage and the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from dsp.line_voice import LineVoice
from models.pronunciation.assessment import PronunciationScores
from rehearsal_server.protocol.server_messages import Feedback
from rehearsal_server.session.delivery_coaching import CameAcross
from rehearsal_server.session.line_timing import LineTiming
from rehearsal_server.session.speaker import Speaker
from rehearsal_server.wording.miscues import Wording

# Lines measured before an actor has a "usual" pace.
_LINES_FOR_USUAL_PACE = 2

Outcome = Literal["spoken", "prompted", "skipped"]


@dataclass(frozen=True)
class Performance:
    """One take of one line."""

    line_id: str
    character: str
    text: str
    take: int
    outcome: Outcome
    started_ms: int
    ended_ms: int
    timing: LineTiming | None  # None if nothing was said
    prompts: int
    feedback: tuple[Feedback, ...]
    # What became of each word; None if the words were not followed.
    wording: Wording | None = None
    # Comes after the line, from its audio; None until then, or where it could not be measured.
    voice: LineVoice | None = None
    pronunciation: PronunciationScores | None = None
    came_across: CameAcross | None = None


@dataclass(frozen=True)
class SessionResult:
    """Everything a session measured."""

    practice: str
    scene_id: str
    role: str
    duration_ms: int
    completed: bool  # the scene was played to its end
    performances: tuple[Performance, ...]
    speaker: Speaker | None  # what is known of the voice now; None if nothing was learnt
    summary: dict[str, float | int | None]

    def figures(self) -> str:
        """The summary in one line, for the log."""
        return " ".join(f"{name}={value}" for name, value in self.summary.items())


def summarise(
    performances: Sequence[Performance], duration_ms: int
) -> dict[str, float | int | None]:
    """Figures of a whole session; medians, because one dry line must not colour the rest."""
    timings = [p.timing for p in performances if p.timing is not None]
    pickups = [t.pickup_ms for t in timings if t.pickup_ms is not None]
    return {
        "duration_ms": duration_ms,
        "takes": len(performances),
        "lines": len({p.line_id for p in performances}),
        "prompted": sum(p.outcome == "prompted" for p in performances),
        "skipped": sum(p.outcome == "skipped" for p in performances),
        "median_pickup_ms": _median([float(p) for p in pickups]),
        "median_speech_rate": _median([t.speech_rate for t in timings]),
        "median_articulation_rate": _median([t.articulation_rate for t in timings]),
        "pauses": sum(len(t.pauses) for t in timings),
        "feedback": sum(len(p.feedback) for p in performances),
    }


def usual_articulation_rate(performances: Sequence[Performance]) -> float | None:
    """The actor's own pace so far; None until there are enough lines to call it usual."""
    rates = [p.timing.articulation_rate for p in performances if p.timing]
    return median(rates) if len(rates) >= _LINES_FOR_USUAL_PACE else None


def _median(values: list[float]) -> float | None:
    return round(median(values), 2) if values else None
