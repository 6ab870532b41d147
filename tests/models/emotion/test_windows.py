"""Speech within a window, and statistics over masked hops."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from models.emotion.analysis import describe_recordings
from models.emotion.stacking import stack_windows
from models.emotion.windows import (
    find_speech,
    mean_and_deviation,
    percentiles,
    run_lengths,
    voiced_seconds,
)
from tests.models.voices import voice

masks = hnp.arrays(np.bool_, st.tuples(st.integers(1, 4), st.integers(1, 30)))


@given(masks, st.integers(0, 2**32 - 1))
def test_percentiles_are_those_of_numpy(mask: np.ndarray, seed: int) -> None:
    values = np.random.default_rng(seed).normal(size=mask.shape).astype(np.float32)
    found = percentiles(values, mask, (5, 50, 95))
    for row, keep, given_row in zip(found, mask, values, strict=True):
        if keep.any():
            assert row == pytest.approx(np.percentile(given_row[keep], (5, 50, 95)), abs=1e-5)
        else:
            assert np.isnan(row).all()


@given(masks)
def test_run_lengths_are_those_counted_by_hand(mask: np.ndarray) -> None:
    lengths, ends = run_lengths(mask)
    for row, row_lengths, row_ends in zip(mask, lengths, ends, strict=True):
        runs = [len(run) for run in "".join("x" if m else " " for m in row).split()]
        assert row_lengths[row_ends].tolist() == runs


def test_mean_and_deviation_look_only_where_they_are_told() -> None:
    values = np.array([[1, 3, 100], [5, 5, 5]], np.float32)
    mean, deviation = mean_and_deviation(values, np.array([[True, True, False], [False] * 3]))
    assert mean == pytest.approx([2, np.nan], nan_ok=True)
    assert deviation == pytest.approx([1, np.nan], nan_ok=True)


def test_silence_at_the_edges_is_not_spoken_and_a_pause_inside_is() -> None:
    silence, sound = np.zeros(16_000, np.float32), voice(1.0)
    samples = np.concatenate([silence, sound, silence[:8000], sound, silence])
    speech = find_speech(*stack_windows(describe_recordings([samples])))
    spoken = np.flatnonzero(speech.spoken[0])
    assert spoken[[0, -1]] == pytest.approx([50, 175], abs=4)
    assert not speech.active[0, 106:120].any()


def test_voice_is_voiced_and_noise_is_not() -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, 32_000).astype(np.float32)
    voiced_s = voiced_seconds(*stack_windows(describe_recordings([voice(2.0), noise])))
    assert voiced_s[0] > 0.7
    assert voiced_s[1] < 0.1
