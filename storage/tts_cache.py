"""Voices already spoken, so that a line is synthesised once; bounded, the longest unused goes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.rows import to_record
from storage.tables import tts_cache

# A use is noted at most this often: each note is a commit, and reading has to be quick.
USE_NOTED_EVERY = timedelta(hours=1)


class CachedVoice(msgspec.Struct, frozen=True, kw_only=True):
    """One synthesised line."""

    key: str  # SHA-256 in hexadecimal of all that decides the sound
    # In whose rehearsal it was spoken first: the words are theirs, and go when they go.
    user_id: str | None
    engine: str
    voice: str
    sample_rate_hz: int
    pcm: bytes  # mono, 16-bit signed little-endian
    words: list[dict[str, Any]]  # word times, as the engine gave them
    duration_ms: int


class TtsCacheRepository:
    """Synthesised lines in a database, at most `capacity_bytes` of PCM."""

    def __init__(self, database: Database, *, capacity_bytes: int) -> None:
        self._database = database
        self._capacity_bytes = capacity_bytes

    async def get(self, key: str, now: datetime) -> CachedVoice | None:
        """Look a line up, and note that it was used."""
        query = select(tts_cache).where(tts_cache.c.key == key)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is not None and row.last_used_at <= now - USE_NOTED_EVERY:
            used = update(tts_cache).where(tts_cache.c.key == key).values(last_used_at=now)
            async with self._database.write() as connection:
                await connection.execute(used)
        return to_record(row, CachedVoice)

    async def put(self, voice: CachedVoice, now: datetime) -> None:
        """Keep a line, and drop the longest unused ones if that makes too many."""
        if len(voice.pcm) > self._capacity_bytes:
            return
        row = {
            **msgspec.structs.asdict(voice),
            "size_bytes": len(voice.pcm),
            "last_used_at": now,
        }
        try:
            async with self._database.write() as connection:
                await connection.execute(delete(tts_cache).where(tts_cache.c.key == voice.key))
                await connection.execute(insert(tts_cache).values(row))
                await _evict(connection, self._capacity_bytes)
        except IntegrityError:
            # Another session put the same line at the same moment (same key, same sound), or
            # the user was erased meanwhile: either way there is nothing to keep.
            return


async def _evict(connection: AsyncConnection, capacity_bytes: int) -> None:
    total = (await connection.execute(select(func.sum(tts_cache.c.size_bytes)))).scalar_one()
    excess_bytes = int(total) - capacity_bytes  # MySQL's sums are decimals
    if excess_bytes <= 0:
        return
    oldest = select(tts_cache.c.key, tts_cache.c.size_bytes).order_by(tts_cache.c.last_used_at)
    dropped: list[str] = []
    for key, size_bytes in await connection.execute(oldest):
        if excess_bytes <= 0:
            break
        dropped.append(key)
        excess_bytes -= size_bytes
    await connection.execute(delete(tts_cache).where(tts_cache.c.key.in_(dropped)))
