"""What this server can and cannot do, told to every client in `hello`."""

from __future__ import annotations

from collections.abc import Sequence

from models.registry import ModelStatus
from rehearsal_server.live.word_following import WordFollowing
from rehearsal_server.protocol.server_messages import Engine
from rehearsal_server.transcripts.transcriber import Transcriber
from rehearsal_server.voices.speaker import Speaker

# Each says what happens instead, so that nobody mistakes an estimate for a measurement.
_ABSENT = (Engine(name="recording", available=False, detail="not built yet: no audio is kept"),)


async def list_engines(
    speaker: Speaker,
    transcriber: Transcriber,
    models: Sequence[ModelStatus],
    words: WordFollowing,
) -> tuple[Engine, ...]:
    """Every engine, present or absent."""
    learned = tuple(
        Engine(name=model.task, available=model.available, detail=model.detail) for model in models
    )
    voices = tuple(
        Engine(
            name=f"voice:{status.name}",
            available=status.absence is None,
            detail=status.absence or status.version,
        )
        for status in await speaker.engines()
    )
    analysis = Engine(
        name="analysis",
        available=True,
        detail="voice activity, pitch, level, loudness, voice quality",
    )
    return (analysis, words.engine(), *voices, *_recognisers(transcriber), *learned, *_ABSENT)


def _recognisers(transcriber: Transcriber) -> tuple[Engine, ...]:
    return tuple(
        Engine(
            name=f"recogniser:{status.name}",
            available=status.absence is None,
            detail=status.absence or status.detail,
        )
        for status in transcriber.statuses()
    )
