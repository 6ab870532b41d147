from __future__ import annotations

import asyncio
from datetime import timedelta

import msgspec
import pytest

from storage.database import Database
from storage.results import Performance, Take
from storage.scripts import ScriptRepository
from storage.sessions import NewSession, Session, SessionRepository
from storage.users import User
from tests.storage.samples import CONTENT, NOW, REMARK, RESULTS, SKIPPED_TAKE, TAKE


@pytest.fixture
def repository(database: Database) -> SessionRepository:
    return SessionRepository(database)


@pytest.fixture
async def session(repository: SessionRepository, ann: User) -> Session:
    return await repository.begin(
        NewSession(
            user_id=ann.id,
            practice="scene",
            scene_id="S1",
            role="LANE",
            options={"prompt_after_ms": 3000},
            started_at=NOW,
        )
    )


def take_of(performance: Performance) -> Take:
    fields = {name: getattr(performance, name) for name in Take.__struct_fields__}
    return Take(**fields)


async def test_a_session_is_live_until_its_results_are_saved(
    repository: SessionRepository, session: Session, ann: User
) -> None:
    found = await repository.get(ann.id, session.id)
    assert found == session
    assert session.state == "live"
    await repository.save(session.id, RESULTS)
    found = await repository.get(ann.id, session.id)
    assert found == msgspec.structs.replace(
        session,
        state="completed",
        ended_at=RESULTS.ended_at,
        duration_ms=12_000,
        summary={"lines": 1, "takes": 2},
    )


async def test_takes_are_read_as_they_were_saved(
    repository: SessionRepository, session: Session, ann: User
) -> None:
    saved = await repository.save(session.id, RESULTS)
    assert [take_of(performance) for performance in saved] == [TAKE, SKIPPED_TAKE]
    assert await repository.performances(ann.id, session.id) == saved
    assert await repository.performance(ann.id, saved[1].id) == saved[1]


async def test_feedback_is_found_with_its_take_and_its_session(
    repository: SessionRepository, session: Session, ann: User
) -> None:
    first, second = await repository.save(session.id, RESULTS)
    on_line, on_scene = await repository.feedback(ann.id, session.id)
    assert (on_line.performance_id, on_line.text) == (first.id, "A little late.")
    assert on_line.evidence == REMARK.evidence
    assert (on_scene.performance_id, on_scene.line_id) == (None, None)
    assert await repository.performance_feedback(ann.id, first.id) == (on_line,)
    assert await repository.performance_feedback(ann.id, second.id) == ()


async def test_saving_again_changes_nothing(
    repository: SessionRepository, session: Session, ann: User
) -> None:
    saved = await repository.save(session.id, RESULTS)
    said = await repository.feedback(ann.id, session.id)
    assert await repository.save(session.id, RESULTS) == saved
    assert await repository.feedback(ann.id, session.id) == said


async def test_saving_at_once_from_two_sides_doubles_nothing(
    repository: SessionRepository, session: Session, ann: User
) -> None:
    saved = await asyncio.gather(*(repository.save(session.id, RESULTS) for _ in range(4)))
    assert len({tuple(p.id for p in performances) for performances in saved}) == 1
    assert len(await repository.feedback(ann.id, session.id)) == 2


async def test_a_later_save_adds_what_came_since(
    repository: SessionRepository, session: Session, ann: User
) -> None:
    half = msgspec.structs.replace(RESULTS, state="abandoned", takes=(TAKE,), remarks=(REMARK,))
    (first,) = await repository.save(session.id, half)
    better = msgspec.structs.replace(TAKE, scores={"accuracy": 1.0})
    whole = msgspec.structs.replace(RESULTS, takes=(better, SKIPPED_TAKE))
    again, second = await repository.save(session.id, whole)
    assert again == msgspec.structs.replace(first, scores={"accuracy": 1.0})
    assert second.take == 2
    assert len(await repository.feedback(ann.id, session.id)) == 2


async def test_a_failed_save_leaves_the_session_live(
    repository: SessionRepository, session: Session, ann: User
) -> None:
    twice_the_same = msgspec.structs.replace(RESULTS, takes=(TAKE, TAKE))
    with pytest.raises(Exception, match=r"UNIQUE|unique|Duplicate"):
        await repository.save(session.id, twice_the_same)
    assert await repository.get(ann.id, session.id) == session
    assert await repository.performances(ann.id, session.id) == ()


async def test_there_is_nothing_to_save_into_an_absent_session(
    repository: SessionRepository,
) -> None:
    with pytest.raises(LookupError, match="no session"):
        await repository.save("0" * 32, RESULTS)


async def test_a_silent_rehearsal_is_saved_too(
    repository: SessionRepository, session: Session
) -> None:
    empty = msgspec.structs.replace(RESULTS, takes=(), remarks=())
    assert await repository.save(session.id, empty) == ()


async def test_to_anybody_else_a_session_is_absent(
    repository: SessionRepository, session: Session, bob: User
) -> None:
    saved = await repository.save(session.id, RESULTS)
    assert await repository.get(bob.id, session.id) is None
    assert await repository.performances(bob.id, session.id) == ()
    assert await repository.performance(bob.id, saved[0].id) is None
    assert await repository.performance_feedback(bob.id, saved[0].id) == ()
    assert await repository.feedback(bob.id, session.id) == ()
    assert (await repository.list(bob.id, after=None, limit=10)).items == ()


async def test_sessions_are_listed_newest_first(
    repository: SessionRepository, session: Session, ann: User
) -> None:
    newer = await repository.begin(
        NewSession(user_id=ann.id, practice="scene", started_at=NOW + timedelta(hours=1))
    )
    page = await repository.list(ann.id, after=None, limit=1)
    assert page.items == (newer,)
    page = await repository.list(ann.id, after=page.next, limit=1)
    assert page.items == (session,)
    assert page.next is None


async def test_a_session_outlives_its_script(
    database: Database, repository: SessionRepository, ann: User
) -> None:

    scripts = ScriptRepository(database)
    script = await scripts.create(ann.id, CONTENT, NOW)
    session = await repository.begin(
        NewSession(user_id=ann.id, practice="scene", script_id=script.id, started_at=NOW)
    )
    await scripts.delete(ann.id, script.id)
    assert await repository.get(ann.id, session.id) == msgspec.structs.replace(
        session, script_id=None
    )
