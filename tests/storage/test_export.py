from __future__ import annotations

import msgspec

from storage.database import Database
from storage.export import export_user
from storage.users import User
from tests.storage.samples import fill_every_table


async def test_an_export_holds_all_of_one_person_and_nothing_of_another(
    database: Database, ann: User, bob: User
) -> None:
    for user in (ann, bob):
        await fill_every_table(database, user)
    export = await export_user(database, ann.id)
    assert export is not None
    assert export.user == ann
    assert [len(part) for part in msgspec.structs.astuple(export)[1:]] == [1, 1, 1, 2, 2, 1, 1]
    written = msgspec.json.encode(export).decode()
    assert bob.id not in written
    assert "argon2" not in written


async def test_nobody_has_no_export(database: Database) -> None:
    assert await export_user(database, "0" * 32) is None
