"""How each user sounds when they express nothing in particular."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from storage.database import Database
from storage.rows import to_record
from storage.tables import speaker_baselines


class Speaker(msgspec.Struct, frozen=True, kw_only=True):
    """What was learnt of one speaker."""

    # What a model learnt, with the model's name in it; None if it learns nothing.
    learnt: dict[str, Any] | None
    # Mean measures of their lines: pitch, loudness, tempo; None before the first line.
    usual: dict[str, Any] | None
    # When they last read neutrally for this purpose; None if they never did.
    calibrated_at: datetime | None
    updated_at: datetime


class SpeakerRepository:
    """Speakers in a database: one row a user at most."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, user_id: str) -> Speaker | None:
        """Look up what is known of a user's voice."""
        query = select(speaker_baselines).where(speaker_baselines.c.user_id == user_id)
        async with self._database.read() as connection:
            return to_record((await connection.execute(query)).one_or_none(), Speaker)

    async def put(self, user_id: str, speaker: Speaker) -> bool:
        """Keep what was learnt, in the place of anything earlier; False if the user is gone.

        Of two sessions that end at the same moment one wins: each has learnt from a mean that
        moves slowly, so that little is lost.
        """
        mine = speaker_baselines.c.user_id == user_id
        row = {"user_id": user_id, **msgspec.structs.asdict(speaker)}
        try:
            async with self._database.write() as connection:
                await connection.execute(delete(speaker_baselines).where(mine))
                await connection.execute(insert(speaker_baselines).values(row))
        except IntegrityError:
            return await self.get(user_id) is not None
        return True

    async def forget(self, user_id: str) -> bool:
        """Delete what is known of a user's voice; False if nothing is."""
        mine = speaker_baselines.c.user_id == user_id
        async with self._database.write() as connection:
            deleted = await connection.execute(delete(speaker_baselines).where(mine))
        return deleted.rowcount == 1
