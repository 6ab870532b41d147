"""Password resets under way, stored hashed, each usable once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select, update

from storage.database import Database
from storage.tables import logins, password_resets, users


class ResetRepository:
    """Password resets in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self, *, token_hash: str, user_id: str, now: datetime, expires_at: datetime
    ) -> None:
        """Keep a reset in the place of any earlier one, and forget those that expired."""
        stale = (password_resets.c.expires_at <= now) | (password_resets.c.user_id == user_id)
        row = {"token_hash": token_hash, "user_id": user_id, "expires_at": expires_at}
        async with self._database.write() as connection:
            await connection.execute(delete(password_resets).where(stale))
            await connection.execute(insert(password_resets).values(row))

    async def complete(self, token_hash: str, password_hash: str, now: datetime) -> str | None:
        """Set the new password and end every login; returns whose it was, None if nobody's.

        Of several requests with the same token exactly one deletes the row and goes on.
        """
        is_it = password_resets.c.token_hash == token_hash
        query = select(password_resets.c.user_id).where(is_it, password_resets.c.expires_at > now)
        async with self._database.write() as connection:
            user_id = (await connection.execute(query)).scalar_one_or_none()
            taken = await connection.execute(delete(password_resets).where(is_it))
            if user_id is None or taken.rowcount == 0:
                return None
            mine, open_logins = users.c.id == user_id, logins.c.ended_at.is_(None)
            await connection.execute(update(users).where(mine).values(password_hash=password_hash))
            await connection.execute(
                update(logins).where(logins.c.user_id == user_id, open_logins).values(ended_at=now)
            )
        return str(user_id)
