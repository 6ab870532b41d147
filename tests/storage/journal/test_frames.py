"""Frames as bytes: written, cut short, changed, mixed up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from storage.journal.frames import Frame, Record, any_frame_after, frame_at, pack_frame

OURS, THEIRS = "a" * 32, "b" * 32
RECORDS = st.lists(st.builds(Record, st.integers(0, 255), st.binary(max_size=50)), max_size=5)


@given(records=RECORDS, sequence=st.integers(1, 2**64 - 1), before=st.binary(max_size=20))
def test_a_frame_is_read_as_it_was_written(
    records: list[Record], sequence: int, before: bytes
) -> None:
    data = before + pack_frame(OURS, sequence, records)
    expected = Frame(sequence, tuple(records), len(data))
    assert frame_at(memoryview(data), len(before), OURS) == expected


@given(records=RECORDS, data=st.data())
def test_a_frame_that_is_cut_short_is_none(records: list[Record], data: st.DataObject) -> None:
    frame = pack_frame(OURS, 1, records)
    cut = data.draw(st.integers(0, len(frame) - 1))
    assert frame_at(memoryview(frame[:cut]), 0, OURS) is None


@given(records=RECORDS, data=st.data())
def test_a_frame_with_a_changed_byte_is_none(records: list[Record], data: st.DataObject) -> None:
    frame = bytearray(pack_frame(OURS, 1, records))
    frame[data.draw(st.integers(0, len(frame) - 1))] ^= data.draw(st.integers(1, 255))
    assert frame_at(memoryview(bytes(frame)), 0, OURS) is None


def test_a_frame_of_another_session_is_none() -> None:
    frame = pack_frame(THEIRS, 1, [Record(1, b"said")])
    assert frame_at(memoryview(frame), 0, OURS) is None


@given(st.binary(max_size=200))
def test_noise_is_no_frame(noise: bytes) -> None:
    assert not any_frame_after(memoryview(noise), 0, OURS)


@given(noise=st.binary(max_size=50), records=RECORDS)
def test_a_frame_is_found_behind_noise(noise: bytes, records: list[Record]) -> None:
    data = noise + b"RJF1" + noise + pack_frame(OURS, 7, records)
    assert any_frame_after(memoryview(data), 0, OURS)
