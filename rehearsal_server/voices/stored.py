"""Utterances in the database: a line is synthesised once, whatever is restarted in between."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from rehearsal_server.voices.cache import CachedUtterance, VoiceCacheError
from rehearsal_server.voices.engine import VoiceSpec, Word
from storage.tts_cache import CachedVoice, TtsCacheRepository


class StoredVoiceCache:
    """A `VoiceCache` in the table of spoken lines, which keeps to its size by last use."""

    def __init__(
        self,
        repository: TtsCacheRepository,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._repository = repository
        self._clock = clock

    async def get(self, key: str) -> CachedUtterance | None:
        """Find an utterance; raises `VoiceCacheError`."""
        try:
            stored = await self._repository.get(key, self._clock())
        except SQLAlchemyError as error:
            raise VoiceCacheError(f"the table of spoken lines cannot be read: {error}") from error
        return None if stored is None else _from_stored(stored)

    async def put(self, key: str, utterance: CachedUtterance) -> None:
        """Keep an utterance; raises `VoiceCacheError`."""
        try:
            await self._repository.put(_to_stored(key, utterance), self._clock())
        except SQLAlchemyError as error:
            raise VoiceCacheError(
                f"the table of spoken lines cannot be written: {error}"
            ) from error


def _to_stored(key: str, utterance: CachedUtterance) -> CachedVoice:
    return CachedVoice(
        key=key,
        user_id=utterance.user_id,
        engine=utterance.spec.engine,
        voice=msgspec.json.encode(utterance.spec).decode(),
        sample_rate_hz=utterance.sample_rate,
        pcm=utterance.pcm,
        words=msgspec.to_builtins(utterance.words),
        duration_ms=len(utterance.pcm) // 2 * 1000 // utterance.sample_rate,
    )


def _from_stored(stored: CachedVoice) -> CachedUtterance:
    return CachedUtterance(
        sample_rate=stored.sample_rate_hz,
        pcm=stored.pcm,
        words=msgspec.convert(stored.words, tuple[Word, ...]),
        spec=msgspec.json.decode(stored.voice, type=VoiceSpec),
        user_id=stored.user_id,
    )
