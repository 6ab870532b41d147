"""A journal on a real disk: committed by its thread, read back, continued, put aside."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from storage.ids import new_id
from storage.journal import Damaged, DirectoryInUse, JournalDirectory, JournalFailed, Record
from storage.journal.group_commit import GroupCommit
from storage.journal.session_log import SessionLog

FIRST = Record(0, b"begin")


class Follower:
    """Notes what a log reports, and can be waited for."""

    def __init__(self, log: SessionLog) -> None:
        self.log = log
        self.failure: JournalFailed | None = None
        self._changed = asyncio.Event()
        log.watcher = self

    def durable(self, sequence: int) -> None:
        self._changed.set()

    def failed(self, error: JournalFailed) -> None:
        self.failure = error
        self._changed.set()

    async def commit(self, *records: Record) -> None:
        sequence = self.log.append(*records)
        self.log.commit()
        async with asyncio.timeout(10):
            while self.log.durable < sequence and self.failure is None:
                self._changed.clear()
                await self._changed.wait()


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[JournalDirectory]:
    journal = JournalDirectory(tmp_path / "journal", segment_bytes=200)
    journal.acquire()
    yield journal
    journal.release()


@pytest_asyncio.fixture
async def committer() -> AsyncIterator[GroupCommit]:
    committer = GroupCommit()
    yield committer
    committer.close()


def numbered(count: int) -> list[Record]:
    return [Record(1, b"record %d" % number) for number in range(count)]


async def test_what_is_durable_can_be_read(
    journal: JournalDirectory, committer: GroupCommit
) -> None:
    session = new_id()
    follower = Follower(journal.create(session, (FIRST,), committer))
    for record in numbered(30):
        await follower.commit(record)
    assert journal.read(session) == (FIRST, *numbered(30))
    assert len(list(follower.log.directory.iterdir())) > 2  # bounded segments


async def test_many_appends_are_one_commit(
    journal: JournalDirectory, committer: GroupCommit
) -> None:
    follower = Follower(journal.create(new_id(), (FIRST,), committer))
    sequences = {follower.log.append(record) for record in numbered(10)}
    await follower.commit()
    assert sequences == {2}
    assert follower.log.durable == 2


async def test_what_was_not_committed_is_not_there(
    journal: JournalDirectory, committer: GroupCommit
) -> None:
    session = new_id()
    log = journal.create(session, (FIRST,), committer)
    log.append(*numbered(3))
    assert journal.read(session) == (FIRST,)


async def test_a_log_goes_on_after_a_torn_tail(
    journal: JournalDirectory, committer: GroupCommit
) -> None:
    session = new_id()
    follower = Follower(journal.create(session, (FIRST,), committer))
    for record in numbered(20):
        await follower.commit(record)
    follower.log.close()
    last = max(follower.log.directory.iterdir())
    with last.open("ab") as file:
        file.write(b"RJF1 half a frame")
    reopened, records = journal.reopen(session, committer)
    assert records == (FIRST, *numbered(20))
    follower = Follower(reopened)
    await follower.commit(Record(2, b"more"))
    assert journal.read(session) == (FIRST, *numbered(20), Record(2, b"more"))


async def test_a_damaged_log_is_put_aside(
    journal: JournalDirectory, committer: GroupCommit, tmp_path: Path
) -> None:
    session = new_id()
    follower = Follower(journal.create(session, (FIRST,), committer))
    for record in numbered(20):
        await follower.commit(record)
    follower.log.close()
    first = min(follower.log.directory.iterdir())
    first.write_bytes(first.read_bytes()[:-1] + b"?")
    with pytest.raises(Damaged):
        journal.reopen(session, committer)
    assert journal.sessions() == ()
    (kept,) = (tmp_path / "journal" / "damaged").iterdir()
    assert kept.name.startswith(session)


async def test_a_log_of_which_nothing_became_durable(
    journal: JournalDirectory, committer: GroupCommit, tmp_path: Path
) -> None:
    session = new_id()
    (tmp_path / "journal" / session).mkdir()
    with pytest.raises(FileNotFoundError):
        journal.reopen(session, committer)
    assert journal.sessions() == ()


@pytest.mark.parametrize("session_id", ["0" * 32, "..", "", "damaged"])
async def test_there_is_no_log_of_an_unknown_session(
    journal: JournalDirectory, session_id: str
) -> None:
    with pytest.raises(FileNotFoundError):
        journal.read(session_id)


async def test_a_log_that_cannot_be_written_fails_for_good(
    journal: JournalDirectory, committer: GroupCommit
) -> None:
    session = new_id()
    follower = Follower(journal.create(session, (FIRST,), committer))
    await follower.commit(*numbered(1))
    follower.log.close()  # as the committer sees a disk that is gone
    await follower.commit(Record(1, b"lost"))
    assert follower.failure is not None
    assert journal.read(session) == (FIRST, *numbered(1))


async def test_a_log_whose_next_file_cannot_be_made_keeps_what_it_has(
    journal: JournalDirectory, committer: GroupCommit
) -> None:
    session = new_id()
    follower = Follower(journal.create(session, (FIRST,), committer))
    in_the_way = follower.log.directory / f"{2:012d}.log"
    in_the_way.mkdir()
    await follower.commit(Record(1, bytes(300)))
    assert follower.failure is not None
    in_the_way.rmdir()
    assert journal.read(session) == (FIRST,)


async def test_a_removed_log_is_gone(journal: JournalDirectory, committer: GroupCommit) -> None:
    session = new_id()
    journal.create(session, (FIRST,), committer)
    assert journal.sessions() == (session,)
    journal.remove(session)
    journal.remove(session)
    assert journal.sessions() == ()


def test_two_servers_do_not_share_a_directory(journal: JournalDirectory, tmp_path: Path) -> None:
    other = JournalDirectory(tmp_path / "journal")
    with pytest.raises(DirectoryInUse, match="another server"):
        other.acquire()
    journal.release()
    other.acquire()
    other.release()
