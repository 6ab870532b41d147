"""Notes, and how far they are out of tune."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.playing.notes import find_notes, nearest_note


@pytest.mark.parametrize(
    ("hz", "name"),
    [(440, "A4"), (261.6256, "C4"), (82.4069, "E2"), (41.2034, "E1"), (466.1638, "B♭4")],
)
def test_notes_by_name(hz: float, name: str) -> None:
    found, cents_off = nearest_note(hz)
    assert found == name
    assert cents_off == pytest.approx(0, abs=0.01)


@given(st.integers(20, 100), st.floats(-49, 49), st.floats(415, 466))
def test_cents_are_from_the_concert_pitch(key: int, cents: float, concert_a_hz: float) -> None:
    _, found = nearest_note(concert_a_hz * 2 ** ((key - 69 + cents / 100) / 12), concert_a_hz)
    assert found == pytest.approx(cents, abs=1e-6)


def test_no_frequency_has_no_note() -> None:
    with pytest.raises(ValueError, match="positive"):
        nearest_note(0)


def test_a_track_is_cut_where_the_pitch_changes_and_where_there_is_none() -> None:
    rest = np.full(10, np.nan)
    track = np.concatenate([rest, np.full(50, 220.0), np.full(30, 247.2), rest, np.full(20, 440.0)])
    found = find_notes(track, frame_s=0.01)
    assert [note.name for note in found] == ["A3", "B3", "A4"]
    assert [note.start_s for note in found] == pytest.approx([0.1, 0.6, 1.0])
    assert [note.end_s for note in found] == pytest.approx([0.6, 0.9, 1.2])
    assert found[1].cents_off == pytest.approx(1.85, abs=0.1)


def test_a_glide_and_a_blip_are_no_notes() -> None:
    glide = 220 * 2 ** np.linspace(0, 1, 60)
    assert not find_notes(glide, frame_s=0.01)
    assert not find_notes(np.full(11, 220.0), frame_s=0.01)
    assert not find_notes(np.full(50, np.nan), frame_s=0.01)
