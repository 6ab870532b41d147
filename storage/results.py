"""What a rehearsal brought: takes of lines and feedback on them, saved whole."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec
from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.ids import new_id
from storage.tables import feedback, performances, sessions


class Take(msgspec.Struct, frozen=True, kw_only=True):
    """One delivery of one line; times in milliseconds on the microphone's sample clock."""

    line_id: str
    take: int  # 1 for the first delivery of the line in this session
    character: str
    line_text: str
    outcome: str  # "spoken", "prompted" or "skipped"
    prompts: int = 0
    started_ms: int
    ended_ms: int
    # From the heard end of the partner's line to the first sound; None without a cue to pick up.
    pickup_ms: int | None
    duration_ms: int
    # Speech rate, articulation rate, phonation ratio, pauses, …; None if nothing was said.
    timing: dict[str, Any] | None
    # Pitch contour, loudness, voice quality, …; None where the voice could not be measured.
    voice: dict[str, Any] | None = None
    # How it came across, and how far that is what was asked for; None if it was not judged.
    emotion: dict[str, Any] | None = None
    scores: dict[str, Any] = {}


class Performance(Take, frozen=True, kw_only=True):
    """A take that is saved."""

    id: str
    session_id: str
    created_at: datetime


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """Feedback on a take, or on the whole scene where line and take are None."""

    line_id: str | None = None
    take: int | None = None
    code: str
    severity: str
    text: str
    evidence: list[dict[str, Any]] = []  # what was measured, against what, where, how surely
    at_ms: int


class Feedback(msgspec.Struct, frozen=True, kw_only=True):
    """Feedback that is saved."""

    session_id: str
    position: int  # from 0, in the order in which it was given
    performance_id: str | None
    line_id: str | None
    code: str
    severity: str
    text: str
    evidence: list[dict[str, Any]]
    at_ms: int


class SessionResults(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of a rehearsal when it is over."""

    state: Literal["completed", "abandoned"]
    ended_at: datetime
    duration_ms: int
    summary: dict[str, Any]
    takes: tuple[Take, ...] = ()
    remarks: tuple[Remark, ...] = ()


async def put_results(
    connection: AsyncConnection, session_id: str, results: SessionResults
) -> None:
    """Write results inside a transaction; raises LookupError where the session is absent."""
    # First the session's row: it locks out a second saver of the same session.
    closed = await connection.execute(
        update(sessions)
        .where(sessions.c.id == session_id)
        .values(
            state=results.state,
            ended_at=results.ended_at,
            duration_ms=results.duration_ms,
            summary=results.summary,
        )
    )
    if closed.rowcount == 0:
        raise LookupError(f"no session {session_id} to save results of")
    ids = await _put_takes(connection, session_id, results)
    await _put_remarks(connection, session_id, results.remarks, ids)


TakeKey = tuple[str | None, int | None]


async def _put_takes(
    connection: AsyncConnection, session_id: str, results: SessionResults
) -> dict[TakeKey, str]:
    saved = await _saved_takes(connection, session_id)
    ids = saved.copy()
    new, again = [], []
    for take in results.takes:
        key = (take.line_id, take.take)
        row = {**msgspec.structs.asdict(take), "session_id": session_id}
        if key in saved:
            again.append({**row, "known_id": ids[key]})
        else:
            ids[key] = new_id()
            new.append({**row, "id": ids[key], "created_at": results.ended_at})
    if new:
        await connection.execute(insert(performances), new)
    if again:
        change = update(performances).where(performances.c.id == bindparam("known_id"))
        await connection.execute(change, again)
    return ids


async def _saved_takes(connection: AsyncConnection, session_id: str) -> dict[TakeKey, str]:
    query = select(performances.c.line_id, performances.c.take, performances.c.id)
    rows = await connection.execute(query.where(performances.c.session_id == session_id))
    return {(row.line_id, row.take): row.id for row in rows}


async def _put_remarks(
    connection: AsyncConnection,
    session_id: str,
    remarks: tuple[Remark, ...],
    ids: dict[TakeKey, str],
) -> None:
    await connection.execute(delete(feedback).where(feedback.c.session_id == session_id))
    rows = []
    for position, remark in enumerate(remarks):
        row = msgspec.structs.asdict(remark)
        performance_id = ids.get((remark.line_id, row.pop("take")))
        place = {"session_id": session_id, "position": position}
        rows.append({**place, "performance_id": performance_id, **row})
    if rows:
        await connection.execute(insert(feedback), rows)
