"""Records and tables are two declarations of one thing; they must not drift apart."""

from __future__ import annotations

import msgspec
import pytest
from sqlalchemy import Table

from storage import tables
from storage.export import Recording
from storage.logins import Login
from storage.results import Feedback, Performance
from storage.scripts import CastMember, StoredScript
from storage.sessions import Session
from storage.speakers import Speaker
from storage.tts_cache import CachedVoice
from storage.users import User


@pytest.mark.parametrize(
    ("record", "table", "kept_inside"),
    [
        (User, tables.users, {"password_hash"}),
        (Login, tables.logins, {"created_at", "ended_at"}),
        (Recording, tables.recordings, {"object_key"}),
        (StoredScript, tables.scripts, {"user_id", "creation_key", "creation_digest"}),
        (CastMember, tables.characters, {"script_id", "position"}),
        (Session, tables.sessions, set()),
        (Performance, tables.performances, set()),
        (Feedback, tables.feedback, set()),
        (Speaker, tables.speaker_baselines, {"user_id"}),
        (CachedVoice, tables.tts_cache, {"size_bytes", "last_used_at"}),
    ],
)
def test_a_record_has_the_columns_of_its_table(
    record: type[msgspec.Struct], table: Table, kept_inside: set[str]
) -> None:
    assert set(record.__struct_fields__) == set(table.columns.keys()) - kept_inside


def test_every_row_belongs_to_somebody_who_can_be_erased() -> None:
    for table in tables.metadata.sorted_tables:
        owners = [key for key in table.foreign_keys if key.ondelete == "CASCADE"]
        assert owners or table is tables.users, f"{table.name} would survive its user"
