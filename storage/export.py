"""Everything that is kept about one person, to be handed to them."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, Table, select

from storage.database import Database
from storage.results import Feedback, Performance
from storage.rows import Record, to_records
from storage.scripts import StoredScript
from storage.sessions import Session
from storage.speakers import Speaker
from storage.tables import (
    feedback,
    logins,
    performances,
    recordings,
    scripts,
    sessions,
    speaker_baselines,
    users,
)
from storage.users import User

Which = ColumnElement[bool]


class PastLogin(msgspec.Struct, frozen=True, kw_only=True):
    """When somebody signed in."""

    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """Audio that was kept."""

    id: str
    session_id: str
    performance_id: str | None
    sample_rate_hz: int
    samples: int
    sha256: str
    retention: str
    created_at: datetime


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """All that a person's account holds, without secrets."""

    user: User
    logins: tuple[PastLogin, ...]
    scripts: tuple[StoredScript, ...]
    sessions: tuple[Session, ...]
    performances: tuple[Performance, ...]
    feedback: tuple[Feedback, ...]
    recordings: tuple[Recording, ...]
    speaker: tuple[Speaker, ...]  # one, or none where nothing was learnt yet


async def export_user(database: Database, user_id: str) -> Export | None:
    """Collect everything of a user; None if there is no such user."""
    of_user = sessions.c.user_id == user_id
    async with database.read() as connection:

        async def collect(table: Table, kind: type[Record], *which: Which) -> tuple[Record, ...]:
            return to_records(await connection.execute(select(table).where(*which)), kind)

        def of_sessions(table: Table) -> Which:
            return table.c.session_id.in_(select(sessions.c.id).where(of_user))

        found = await collect(users, User, users.c.id == user_id)
        if not found:
            return None
        return Export(
            user=found[0],
            logins=await collect(logins, PastLogin, logins.c.user_id == user_id),
            scripts=await collect(scripts, StoredScript, scripts.c.user_id == user_id),
            sessions=await collect(sessions, Session, of_user),
            performances=await collect(performances, Performance, of_sessions(performances)),
            feedback=await collect(feedback, Feedback, of_sessions(feedback)),
            recordings=await collect(recordings, Recording, of_sessions(recordings)),
            speaker=await collect(
                speaker_baselines, Speaker, speaker_baselines.c.user_id == user_id
            ),
        )
