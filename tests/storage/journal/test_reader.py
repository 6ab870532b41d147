"""The reader against logs that something happened to: it gives a true prefix, or says damaged."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.journal.frames import Record, pack_frame
from storage.journal.reader import Damaged, cut_torn_tail, read_log, segment_path

SESSION = "5" * 32
COMMITS = st.lists(
    st.lists(st.builds(Record, st.integers(0, 255), st.binary(max_size=30)), max_size=3),
    min_size=1,
    max_size=8,
)


class WrittenLog:
    """A log on disk, its segments cut where the test likes."""

    def __init__(self, commits: list[list[Record]], first_of_segment: set[int]) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="log-"))
        self.commits = commits
        segment = segment_path(self.path, 1)
        segment.touch()
        for sequence, records in enumerate(commits, 1):
            if sequence in first_of_segment:
                segment = segment_path(self.path, sequence)
            with segment.open("ab") as file:
                file.write(pack_frame(SESSION, sequence, records))

    @property
    def segments(self) -> list[Path]:
        return sorted(self.path.iterdir())

    def prefixes(self) -> list[tuple[Record, ...]]:
        """What may be read: the records of the first none, one, two ... commits."""
        return [
            tuple(record for commit in self.commits[:count] for record in commit)
            for count in range(len(self.commits) + 1)
        ]

    def __enter__(self) -> WrittenLog:
        return self

    def __exit__(self, *_exc: object) -> None:
        shutil.rmtree(self.path)


@st.composite
def logs(draw: st.DrawFn) -> WrittenLog:
    return WrittenLog(draw(COMMITS), draw(st.sets(st.integers(2, 8), max_size=3)))


@given(logs())
@settings(deadline=None)
def test_a_whole_log_is_read_whole(written: WrittenLog) -> None:
    with written as log:
        content = read_log(log.path, SESSION)
        assert content.records == log.prefixes()[-1]
        assert content.last_sequence == len(log.commits)


@given(log=logs(), data=st.data())
@settings(deadline=None)
def test_a_torn_tail_is_cut_off_and_nothing_else(log: WrittenLog, data: st.DataObject) -> None:
    with log:
        last = log.segments[-1]
        whole = last.read_bytes()
        kept = data.draw(st.integers(0, len(whole)))
        noise = data.draw(st.binary(max_size=40))
        last.write_bytes(whole[:kept] + noise)
        content = read_log(log.path, SESSION)
        assert content.records in log.prefixes()
        assert content.whole_bytes <= kept or content.records == log.prefixes()[-1]
        cut_torn_tail(content)
        assert last.stat().st_size == content.whole_bytes
        assert read_log(log.path, SESSION) == content


@given(log=logs(), data=st.data())
@settings(deadline=None, max_examples=300)
def test_a_log_that_was_tampered_with_never_lies(log: WrittenLog, data: st.DataObject) -> None:
    with log:
        segment = data.draw(st.sampled_from(log.segments))
        content = bytearray(segment.read_bytes())
        for _ in range(data.draw(st.integers(1, 3))):
            at = data.draw(st.integers(0, max(0, len(content) - 1)))
            remove = data.draw(st.integers(0, 8))
            content[at : at + remove] = data.draw(st.binary(max_size=8))
        segment.write_bytes(bytes(content))
        try:
            read = read_log(log.path, SESSION)
        except Damaged:
            return
        assert read.records in log.prefixes()


def test_damage_before_the_last_frame_is_told(tmp_path: Path) -> None:
    commits = [[Record(1, b"first")], [Record(1, b"second")]]
    with WrittenLog(commits, set()) as log:
        (segment,) = log.segments
        changed = bytearray(segment.read_bytes())
        changed[-1 - len(pack_frame(SESSION, 2, commits[1]))] ^= 1
        segment.write_bytes(changed)
        with pytest.raises(Damaged, match="frame 1 is damaged"):
            read_log(log.path, SESSION)


def test_a_missing_segment_is_told(tmp_path: Path) -> None:
    commits = [[Record(1, b"%d" % number)] for number in range(3)]
    with WrittenLog(commits, {2, 3}) as log:
        log.segments[1].unlink()
        with pytest.raises(Damaged, match="should begin with frame 2"):
            read_log(log.path, SESSION)


def test_another_sessions_log_is_not_ours() -> None:
    with WrittenLog([[Record(1, b"x")], [Record(1, b"y")]], {2}) as log, pytest.raises(Damaged):
        read_log(log.path, "6" * 32)
