"""Sign-ins and their refresh tokens, stored hashed, each usable once (RFC 9700, 4.14.2)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from enum import Enum
from typing import Any

import msgspec
from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.ids import new_id
from storage.rows import to_record
from storage.tables import logins, refresh_tokens


class Login(msgspec.Struct, frozen=True, kw_only=True):
    """One sign-in on one device; every refresh token of it descends from the first."""

    id: str
    user_id: str
    expires_at: datetime  # however often it is refreshed


class RotationRefused(Enum):
    """Why a refresh token gave no successor."""

    UNKNOWN = "unknown, expired or ended"
    REUSED = "used before: the whole login is ended, for one of its two holders is a thief"
    PARALLEL = "another request was using it at the same moment"


class LoginRepository:
    """Sign-ins in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(
        self, *, user_id: str, refresh_hash: str, now: datetime, expires_at: datetime
    ) -> Login:
        """Record a sign-in and its first refresh token; forget those that have expired."""
        login = Login(id=new_id(), user_id=user_id, expires_at=expires_at)
        row = {**msgspec.structs.asdict(login), "created_at": now}
        async with self._database.write() as connection:
            await connection.execute(delete(logins).where(logins.c.expires_at <= now))
            await connection.execute(insert(logins).values(row))
            await _add_token(connection, login.id, refresh_hash, now)
        return login

    async def active(self, login_id: str, now: datetime) -> Login | None:
        """Look up a login that is neither ended nor expired."""
        query = select(logins).where(
            logins.c.id == login_id, logins.c.ended_at.is_(None), logins.c.expires_at > now
        )
        async with self._database.read() as connection:
            return to_record((await connection.execute(query)).one_or_none(), Login)

    async def active_among(self, login_ids: Collection[str], now: datetime) -> frozenset[str]:
        """Of many logins, those that are neither ended nor expired."""
        query = select(logins.c.id).where(
            logins.c.id.in_(login_ids), logins.c.ended_at.is_(None), logins.c.expires_at > now
        )
        async with self._database.read() as connection:
            return frozenset((await connection.execute(query)).scalars())

    async def rotate(
        self,
        presented_hash: str,
        successor_hash: str,
        *,
        arrived_at: datetime,
        clock: Callable[[], datetime],
    ) -> Login | RotationRefused:
        """Exchange a refresh token for its one successor.

        Parameters
        ----------
        arrived_at : when the request arrived.
            A second use of a token ends its login, unless it arrived before the first use was
            through: then the same client asked twice at once, and is only refused.
        clock : the present time; asked at the end, when the lock is held.
        """
        async with self._database.write() as connection:
            token = await _lock_token(connection, presented_hash)
            if token is None or token.ended_at is not None or token.expires_at <= arrived_at:
                return RotationRefused.UNKNOWN
            if token.used_at is None:
                await _add_token(connection, token.id, successor_hash, arrived_at)
                await connection.execute(
                    update(refresh_tokens)
                    .where(refresh_tokens.c.token_hash == presented_hash)
                    .values(used_at=clock())
                )
                return Login(id=token.id, user_id=token.user_id, expires_at=token.expires_at)
            if arrived_at <= token.used_at:
                return RotationRefused.PARALLEL
            await _end(connection, logins.c.id == token.id, clock())
            return RotationRefused.REUSED

    async def end(self, login_id: str, now: datetime) -> None:
        """End one login: its refresh and access tokens are void from now on."""
        async with self._database.write() as connection:
            await _end(connection, logins.c.id == login_id, now)

    async def end_all(self, user_id: str, now: datetime, *, sparing: str | None = None) -> None:
        """End every login of a user, except perhaps one."""
        which = (logins.c.user_id == user_id) & (logins.c.id != (sparing or ""))
        async with self._database.write() as connection:
            await _end(connection, which, now)


async def _lock_token(connection: AsyncConnection, token_hash: str) -> Row[*tuple[Any, ...]] | None:
    query = (
        select(logins, refresh_tokens.c.used_at)
        .join(refresh_tokens, refresh_tokens.c.login_id == logins.c.id)
        .where(refresh_tokens.c.token_hash == token_hash)
        # Whoever comes second waits here (SQLite: at BEGIN IMMEDIATE) and then sees it used.
        .with_for_update()
    )
    return (await connection.execute(query)).one_or_none()


async def _add_token(
    connection: AsyncConnection, login_id: str, token_hash: str, now: datetime
) -> None:
    row = {"token_hash": token_hash, "login_id": login_id, "created_at": now}
    await connection.execute(insert(refresh_tokens).values(row))


async def _end(connection: AsyncConnection, which: Any, now: datetime) -> None:
    """End the logins that are not ended yet."""
    still_open = logins.c.ended_at.is_(None)
    await connection.execute(update(logins).where(which, still_open).values(ended_at=now))
