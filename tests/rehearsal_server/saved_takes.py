"""Takes as they are saved, of voices made up for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import numpy as np

from dsp.line_voice import describe_line
from storage.results import Performance
from tests.models.voices import voice

NOW = datetime(2026, 3, 1, tzinfo=UTC)
EMOTION = {
    "model": "m 1",
    "baseline": "ready",
    "arousal": 0.4,
    "valence": -0.2,
    "label": "anger",
    "confidence": 0.7,
    "direction": None,
}


def saved_voice(seconds: float = 3.0, **changes: Any) -> dict[str, Any]:
    """Describe a voice with room before and after it, as the archive writes it."""
    room = 1e-3 * np.random.default_rng(3).standard_normal(8000).astype(np.float32)
    samples = np.concatenate([room, voice(seconds, **changes), room])
    return dict(msgspec.to_builtins(describe_line(samples)))


def performance(number: int, saved: dict[str, Any] | None, **changes: Any) -> Performance:
    take = Performance(
        id=f"{number:032x}",
        session_id="5" * 32,
        created_at=NOW,
        line_id="L2",
        take=number,
        character="BEN",
        line_text="I have been waiting for you.",
        outcome="spoken",
        started_ms=1000,
        ended_ms=4000,
        pickup_ms=None,
        duration_ms=3000,
        timing={"speech_rate": 4.0, "articulation_rate": 4.2, "pauses": []},
        voice=saved,
        emotion=EMOTION,
    )
    return msgspec.structs.replace(take, **changes)
