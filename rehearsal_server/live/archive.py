"""Scripts from the database, results into it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from models.emotion.estimate import EmotionEstimate
from models.emotion.intention import IntentionMatch
from rehearsal_server.live.database_answers import database_answers
from rehearsal_server.live.history import Beginning
from rehearsal_server.live.services import NoSession
from rehearsal_server.scripts.model import Script
from rehearsal_server.session.delivery_coaching import CameAcross
from rehearsal_server.session.directions import LineDirection
from rehearsal_server.session.line_timing import LineTiming
from rehearsal_server.session.pronounced import kept_pronunciation
from rehearsal_server.session.result import Performance, SessionResult
from rehearsal_server.session.take_words import kept_wording
from storage.results import Remark, SessionResults, Take
from storage.scripts import ScriptRepository
from storage.sessions import NewSession, SessionRepository


@dataclass(frozen=True)
class DatabaseArchive:
    """The archive of a server with a database."""

    scripts: ScriptRepository
    sessions: SessionRepository

    async def find_script(self, user_id: str, script_id: str) -> Script | None:
        """A stored script of this user."""
        stored = await self.scripts.get(user_id, script_id)
        return None if stored is None else msgspec.json.decode(stored.document, type=Script)

    async def begin(self, beginning: Beginning) -> None:
        """Record that a session began."""
        start, plan = beginning.start, beginning.plan
        new = NewSession(
            user_id=beginning.user_id,
            practice=start.mode,
            script_id=start.script_id,
            scene_id=plan.scene.id,
            role=plan.role,
            options=msgspec.to_builtins(plan.options),
            started_at=datetime.now(UTC),
        )
        with database_answers():
            await self.sessions.begin(new, session_id=beginning.session_id)

    async def save(self, session_id: str, result: SessionResult) -> None:
        """Save everything that the session measured, in one transaction."""
        results = SessionResults(
            state="completed" if result.completed else "abandoned",
            ended_at=datetime.now(UTC),
            duration_ms=result.duration_ms,
            summary=dict(result.summary),
            takes=tuple(to_take(p) for p in result.performances),
            remarks=tuple(r for p in result.performances for r in to_remarks(p)),
        )
        try:
            with database_answers():
                await self.sessions.save(session_id, results)
        except LookupError as error:
            raise NoSession(str(error)) from None


def to_take(performance: Performance) -> Take:
    """Make of one performance what storage keeps of it."""
    timing = performance.timing
    return Take(
        line_id=performance.line_id,
        take=performance.take,
        character=performance.character,
        line_text=performance.text,
        started_ms=performance.started_ms,
        ended_ms=performance.ended_ms,
        pickup_ms=timing.pickup_ms if timing else None,
        duration_ms=performance.ended_ms - performance.started_ms,
        outcome=performance.outcome,
        prompts=performance.prompts,
        timing=_figures(timing) if timing else None,
        voice=msgspec.to_builtins(performance.voice) if performance.voice else None,
        emotion=_came_across(performance.came_across) if performance.came_across else None,
        scores={
            **kept_wording(performance.wording),
            **kept_pronunciation(performance.pronunciation),
        },
    )


def _figures(timing: LineTiming) -> dict[str, Any]:
    return {
        "pickup_basis": timing.pickup_basis,
        "speech_rate": timing.speech_rate,
        "articulation_rate": timing.articulation_rate,
        "phonation_ratio": timing.phonation_ratio,
        "pauses": [{"start_ms": p.start_ms, "end_ms": p.end_ms} for p in timing.pauses],
    }


def _came_across(heard: CameAcross) -> dict[str, Any]:
    return {
        "model": heard.model,
        "baseline": heard.baseline,
        **(_estimate(heard.estimate) if heard.estimate else {}),
        "direction": _direction(heard.direction, heard.match) if heard.direction else None,
    }


def _estimate(estimate: EmotionEstimate) -> dict[str, Any]:
    return {
        "abstained": estimate.abstained,
        "arousal": _rounded(estimate.arousal),
        "valence": _rounded(estimate.valence),
        "label": estimate.label,
        "confidence": round(estimate.confidence, 3),
        "probabilities": {name: round(p, 3) for name, p in estimate.probabilities.items()},
    }


def _direction(direction: LineDirection, match: IntentionMatch | None) -> dict[str, Any]:
    asked = direction.asked
    return {
        "text": asked.text,
        "by": direction.by,
        "known": asked.is_known,
        "terms": asked.terms,
        "category": asked.category,
        "arousal": _rounded(asked.affect.arousal) if asked.affect else None,
        "valence": _rounded(asked.affect.valence) if asked.affect else None,
        "manners": asked.manners,
        "sources": asked.sources,
        "match": msgspec.to_builtins(match) if match else None,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def to_remarks(performance: Performance) -> list[Remark]:
    """Make of one performance's feedback what storage keeps of it."""
    return [
        Remark(
            line_id=feedback.line_id,
            take=performance.take,
            code=feedback.code,
            severity=feedback.severity,
            text=feedback.text,
            evidence=msgspec.to_builtins(feedback.evidence),
            at_ms=performance.ended_ms,
        )
        for feedback in performance.feedback
    ]
