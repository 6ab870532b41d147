"""Two takes: truth on takes that were made from each other, and what must not matter."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.take_comparison import TakeContour, align, compare_takes


def take(n_hops: int = 150, *, seed: int = 0) -> TakeContour:
    """Syllables with a melody, unvoiced between them."""
    rng = np.random.default_rng(seed)
    time = np.linspace(0, 1, n_hops)
    melody = 27 + np.interp(time, np.linspace(0, 1, 12), rng.normal(0, 3, 12))
    syllable = np.sin(2 * np.pi * 6 * time + rng.random()) > -0.4
    loudness = np.interp(time, np.linspace(0, 1, 20), rng.normal(-25, 5, 20))
    return TakeContour(
        semitones=np.where(syllable, melody, np.nan).astype(np.float32),
        level_dbfs=np.where(syllable, loudness, -55).astype(np.float32),
        is_speech=np.ones(n_hops, np.bool_),
    )


def stretched(original: TakeContour, n_hops: int) -> TakeContour:
    nearest = np.round(np.linspace(0, len(original.semitones) - 1, n_hops)).astype(int)
    return TakeContour(
        original.semitones[nearest], original.level_dbfs[nearest], original.is_speech[nearest]
    )


def test_take_against_itself_differs_in_nothing() -> None:
    same = compare_takes(take(), take())
    np.testing.assert_array_equal(same.path[:, 0], same.path[:, 1])
    assert same.pitch_shift_semitones == 0
    assert same.pitch_range_ratio == pytest.approx(1)
    assert same.pitch_correlation == pytest.approx(1)
    assert same.pitch_difference_semitones == 0
    assert same.level_correlation == pytest.approx(1)
    assert same.tempo == pytest.approx(np.ones(150))


def test_higher_and_wider_melody_is_told_as_such() -> None:
    first = take()
    middle = np.nanmedian(first.semitones)
    wider = middle + 1.5 * (first.semitones - middle) + 4
    second = TakeContour(wider, first.level_dbfs + 6, first.is_speech)
    found = compare_takes(first, second)
    assert found.pitch_shift_semitones == pytest.approx(4, abs=0.2)
    assert found.pitch_range_ratio == pytest.approx(1.5, abs=0.01)
    assert found.pitch_correlation == pytest.approx(1, abs=0.01)
    assert found.level_shift_db == pytest.approx(6, abs=1e-3)


@pytest.mark.parametrize("n_hops", [100, 200])
def test_other_tempo_is_undone_by_the_alignment(n_hops: int) -> None:
    found = compare_takes(take(150), stretched(take(150), n_hops))
    assert found.duration_ratio == pytest.approx(n_hops / 150)
    assert np.median(found.tempo) == pytest.approx(150 / n_hops, rel=0.15)
    assert found.pitch_correlation == pytest.approx(1, abs=0.05)
    assert found.pitch_shift_semitones == pytest.approx(0, abs=0.3)


def test_tempo_tells_where_the_second_take_lingers() -> None:
    first = take(200)
    slow_end = np.concatenate([np.arange(100), np.repeat(np.arange(100, 200), 2)])
    second = TakeContour(
        first.semitones[slow_end], first.level_dbfs[slow_end], first.is_speech[slow_end]
    )
    tempo = compare_takes(first, second).tempo
    assert np.median(tempo[20:80]) == pytest.approx(1, abs=0.1)
    assert np.median(tempo[120:180]) == pytest.approx(0.5, abs=0.1)


def test_another_line_correlates_less() -> None:
    other = compare_takes(take(seed=0), take(seed=3))
    assert other.pitch_correlation is not None
    assert other.pitch_correlation < 0.9


def test_pauses_are_told_for_each_take() -> None:
    first, second = take(), take()
    second.is_speech[60:80] = False
    found = compare_takes(first, second)
    assert found.pauses_s[0].shape == (0, 2)
    assert found.pauses_s[1] == pytest.approx(np.array([[1.2, 1.6]]))


def test_whispered_take_has_no_pitch_to_compare() -> None:
    first = take()
    whispered = TakeContour(np.full(150, np.nan, np.float32), first.level_dbfs, first.is_speech)
    found = compare_takes(first, whispered)
    assert found.pitch_shift_semitones is None
    assert found.pitch_correlation is None


def test_take_without_speech_and_uneven_arrays_say_so() -> None:
    silent = TakeContour(take().semitones, take().level_dbfs, np.zeros(150, np.bool_))
    with pytest.raises(ValueError, match="the second take has no speech"):
        compare_takes(take(), silent)
    uneven = TakeContour(take().semitones[:-1], take().level_dbfs, take().is_speech)
    with pytest.raises(ValueError, match="the first take's pitch, level and speech differ"):
        compare_takes(uneven, take())


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 2**32 - 1))
def test_path_goes_from_corner_to_corner_by_single_steps(
    rows: int, columns: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    path = align(rng.normal(size=(rows, 2)), rng.normal(size=(columns, 2)))
    assert path[0].tolist() == [0, 0]
    assert path[-1].tolist() == [rows - 1, columns - 1]
    steps = np.diff(path, axis=0)
    assert ((steps >= 0) & (steps <= 1)).all()
    assert (steps.sum(axis=1) >= 1).all()
