from __future__ import annotations

import asyncio
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import select

from storage.database import Database
from storage.scripts import (
    Creation,
    KeyUsedOtherwise,
    RevisionChanged,
    ScriptRepository,
)
from storage.tables import characters
from storage.users import User
from tests.storage.samples import CONTENT, NOW


@pytest.fixture
def repository(database: Database) -> ScriptRepository:
    return ScriptRepository(database)


async def cast_of(database: Database, script_id: str) -> list[tuple[str, int]]:
    query = select(characters.c.name, characters.c.line_count).order_by(characters.c.position)
    async with database.read() as connection:
        rows = await connection.execute(query.where(characters.c.script_id == script_id))
        return [(row.name, row.line_count) for row in rows]


async def test_what_was_stored_is_read(
    database: Database, repository: ScriptRepository, ann: User
) -> None:
    script = await repository.create(ann.id, CONTENT, NOW)
    assert await repository.get(ann.id, script.id) == script
    assert (script.title, script.document, script.revision) == (CONTENT.title, CONTENT.document, 1)
    assert await cast_of(database, script.id) == [("ALGERNON", 2), ("LANE", 1)]


async def test_a_long_play_is_stored_whole(repository: ScriptRepository, ann: User) -> None:
    long = msgspec.structs.replace(CONTENT, document='"' + "Ünd " * 500_000 + '"')
    script = await repository.create(ann.id, long, NOW)
    found = await repository.get(ann.id, script.id)
    assert found is not None
    assert found.document == long.document


async def test_replacing_counts_the_revision_and_changes_the_cast(
    database: Database, repository: ScriptRepository, ann: User
) -> None:
    script = await repository.create(ann.id, CONTENT, NOW)
    later = NOW + timedelta(hours=1)
    new = msgspec.structs.replace(CONTENT, title="Bunbury", cast=CONTENT.cast[1:])
    replaced = await repository.replace(ann.id, script.id, new, later)
    assert replaced == msgspec.structs.replace(
        script, title="Bunbury", revision=2, updated_at=later
    )
    assert await cast_of(database, script.id) == [("LANE", 1)]


async def test_a_deleted_script_is_gone_with_its_cast(
    database: Database, repository: ScriptRepository, ann: User
) -> None:
    script = await repository.create(ann.id, CONTENT, NOW)
    assert await repository.delete(ann.id, script.id)
    assert not await repository.delete(ann.id, script.id)
    assert await repository.get(ann.id, script.id) is None
    assert await cast_of(database, script.id) == []


async def test_to_anybody_else_a_script_is_absent(
    repository: ScriptRepository, ann: User, bob: User
) -> None:
    script = await repository.create(ann.id, CONTENT, NOW)
    assert await repository.get(bob.id, script.id) is None
    assert await repository.replace(bob.id, script.id, CONTENT, NOW) is None
    assert not await repository.delete(bob.id, script.id)
    assert (await repository.list(bob.id, after=None, limit=10)).items == ()
    assert await repository.get(ann.id, script.id) == script


async def test_pages_show_every_script_once_newest_first(
    repository: ScriptRepository, ann: User
) -> None:
    # Two of each moment, so that pages end between equals.
    moments = [NOW + timedelta(microseconds=n // 2) for n in range(7)]
    made = [await repository.create(ann.id, CONTENT, moment) for moment in moments]
    seen: list[str] = []
    place = None
    while True:
        page = await repository.list(ann.id, after=place, limit=2)
        seen += [entry.id for entry in page.items]
        if (place := page.next) is None:
            break
        assert len(page.items) == 2
    expected = sorted(made, key=lambda script: (script.created_at, script.id), reverse=True)
    assert seen == [script.id for script in expected]


async def test_a_full_last_page_does_not_promise_another(
    repository: ScriptRepository, ann: User
) -> None:
    await repository.create(ann.id, CONTENT, NOW)
    page = await repository.list(ann.id, after=None, limit=1)
    assert len(page.items) == 1
    assert page.next is None


async def test_a_change_can_be_tied_to_a_revision(repository: ScriptRepository, ann: User) -> None:
    script = await repository.create(ann.id, CONTENT, NOW)
    assert await repository.replace(ann.id, script.id, CONTENT, NOW, revision=1) is not None
    with pytest.raises(RevisionChanged):
        await repository.replace(ann.id, script.id, CONTENT, NOW, revision=1)
    with pytest.raises(RevisionChanged):
        await repository.delete(ann.id, script.id, revision=1)
    assert await repository.delete(ann.id, script.id, revision=2)
    assert await repository.replace(ann.id, script.id, CONTENT, NOW, revision=2) is None
    assert not await repository.delete(ann.id, script.id, revision=2)


async def test_of_changes_of_one_revision_one_is_made(
    repository: ScriptRepository, ann: User
) -> None:
    script = await repository.create(ann.id, CONTENT, NOW)
    outcomes = await asyncio.gather(
        *(repository.replace(ann.id, script.id, CONTENT, NOW, revision=1) for _ in range(5)),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, RevisionChanged) for outcome in outcomes) == 4
    found = await repository.get(ann.id, script.id)
    assert found is not None
    assert found.revision == 2


async def test_a_creation_that_is_repeated_creates_once(
    repository: ScriptRepository, ann: User, bob: User
) -> None:
    creation = Creation(key="k", digest="d")
    made = await asyncio.gather(
        *(repository.create(ann.id, CONTENT, NOW, creation) for _ in range(5))
    )
    assert len({script.id for script in made}) == 1
    assert len((await repository.list(ann.id, after=None, limit=10)).items) == 1
    other = await repository.create(bob.id, CONTENT, NOW, creation)
    assert other.id != made[0].id


async def test_a_key_is_for_one_request(repository: ScriptRepository, ann: User) -> None:
    await repository.create(ann.id, CONTENT, NOW, Creation(key="k", digest="d"))
    with pytest.raises(KeyUsedOtherwise):
        await repository.create(ann.id, CONTENT, NOW, Creation(key="k", digest="other"))
