"""What the storage tests store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
from sqlalchemy import func, insert, select

from storage.database import Database
from storage.ids import new_id
from storage.logins import LoginRepository
from storage.resets import ResetRepository
from storage.results import Remark, SessionResults, Take
from storage.scripts import CastMember, ScriptContent, ScriptRepository
from storage.sessions import NewSession, SessionRepository
from storage.speakers import Speaker, SpeakerRepository
from storage.tables import metadata, recordings
from storage.tickets import TicketRepository
from storage.tts_cache import CachedVoice, TtsCacheRepository
from storage.users import User, UserRepository

NOW = datetime(2026, 3, 1, 19, 30, 0, 123456, tzinfo=UTC)
CONTENT = ScriptContent(
    title="The Importance of Being Earnest",
    author="Oscar Wilde",
    format="stage",
    document='{"title":"Ünïcode — 🎭"}',
    cast=(
        CastMember(name="ALGERNON", line_count=2),
        CastMember(name="LANE", line_count=1),
    ),
)
TAKE = Take(
    line_id="L2",
    take=1,
    character="LANE",
    line_text="I didn’t think it polite to listen, sir.",
    outcome="spoken",
    started_ms=4_200,
    ended_ms=6_900,
    pickup_ms=180,
    duration_ms=2_700,
    timing={"speech_rate": 4.1, "pauses": [[5.0, 5.3]]},
    emotion={"arousal": 0.25, "label": None, "direction": {"text": "(politely)"}},
    scores={"accuracy": 0.96},
)
SKIPPED_TAKE = msgspec.structs.replace(
    TAKE,
    take=2,
    outcome="skipped",
    prompts=1,
    started_ms=9_000,
    ended_ms=11_000,
    pickup_ms=None,
    timing=None,
)
REMARK = Remark(
    line_id="L2",
    take=1,
    code="late_pickup",
    severity="info",
    text="A little late.",
    evidence=[{"measure": "pickup_ms", "value": 180.0, "reference": 90.0}],
    at_ms=6_900,
)
SCENE_REMARK = Remark(code="pace_even", severity="praise", text="Even pace.", at_ms=12_000)
RESULTS = SessionResults(
    state="completed",
    ended_at=NOW + timedelta(seconds=12),
    duration_ms=12_000,
    summary={"lines": 1, "takes": 2},
    takes=(TAKE, SKIPPED_TAKE),
    remarks=(REMARK, SCENE_REMARK),
)
VOICE = CachedVoice(
    key="a" * 64,
    user_id=None,
    engine="espeak",
    voice="en-gb",
    sample_rate_hz=22_050,
    pcm=bytes(range(256)),
    words=[{"text": "Lane!", "start_ms": 0, "end_ms": 310}],
    duration_ms=310,
)
SPEAKER = Speaker(
    learnt={"model": "5" * 64, "voiced_s": 21.5, "mean": [0.25, -1.5]},
    usual={"speech_s": 60.0, "pitch_st": 27.25, "projection_db": None},
    calibrated_at=NOW,
    updated_at=NOW + timedelta(minutes=5),
)


async def make_user(database: Database, email: str) -> User:
    user = await UserRepository(database).create(
        email=email, display_name="", password_hash="$argon2id$v=19$", now=NOW
    )
    assert user is not None
    return user


async def fill_every_table(database: Database, user: User) -> None:
    later = NOW + timedelta(days=1)
    login = await LoginRepository(database).begin(
        user_id=user.id, refresh_hash=new_id(), now=NOW, expires_at=later
    )
    await TicketRepository(database).add(
        ticket_hash=new_id(),
        login_id=login.id,
        now=NOW,
        expires_at=later,
        access_expires_at=later,
    )
    await ResetRepository(database).add(
        token_hash=new_id(), user_id=user.id, now=NOW, expires_at=later
    )
    cast = (CastMember(name="ALGERNON", line_count=1),)
    content = ScriptContent(title="", author="", format="stage", document="{}", cast=cast)
    script = await ScriptRepository(database).create(user.id, content, NOW)
    sessions = SessionRepository(database)
    session = await sessions.begin(
        NewSession(user_id=user.id, practice="scene", script_id=script.id, started_at=NOW)
    )
    await sessions.save(session.id, RESULTS)
    recording = {
        "id": new_id(),
        "session_id": session.id,
        "object_key": new_id(),
        "sample_rate_hz": 16_000,
        "samples": 2**40,
        "sha256": "0" * 64,
        "retention": "keep",
        "created_at": NOW,
    }
    async with database.write() as connection:
        await connection.execute(insert(recordings).values(recording))
    await SpeakerRepository(database).put(user.id, SPEAKER)
    voice = msgspec.structs.replace(VOICE, key=new_id(), user_id=user.id)
    await TtsCacheRepository(database, capacity_bytes=1000).put(voice, NOW)


async def rows_per_table(database: Database) -> dict[str, int]:
    async with database.read() as connection:
        return {
            table.name: (
                await connection.execute(select(func.count()).select_from(table))
            ).scalar_one()
            for table in metadata.sorted_tables
        }
