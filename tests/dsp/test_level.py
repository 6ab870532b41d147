"""Levels of signals whose level is known."""

from __future__ import annotations

import numpy as np
import pytest

from dsp.clock import ANALYSIS_RATE_HZ, HOP_SAMPLES
from dsp.level import FLOOR_DBFS, measure_levels

# 1 kHz: a whole number of periods in a hop.
SINE = np.sin(2 * np.pi * 1000 * np.arange(HOP_SAMPLES) / ANALYSIS_RATE_HZ).astype(np.float32)


@pytest.mark.parametrize("level_dbfs", [0.0, -6.0, -60.0])
def test_sine_has_the_level_of_its_amplitude(level_dbfs: float) -> None:
    levels = measure_levels(SINE[None] * np.float32(10 ** (level_dbfs / 20)))
    assert levels.level_dbfs[0] == pytest.approx(level_dbfs, abs=1e-3)
    assert levels.peak_dbfs[0] == pytest.approx(level_dbfs, abs=1e-3)


def test_silence_lies_on_the_floor() -> None:
    levels = measure_levels(np.zeros((1, HOP_SAMPLES), np.float32))
    assert levels.level_dbfs[0] == pytest.approx(FLOOR_DBFS, abs=1e-4)
    assert levels.peak_dbfs[0] == pytest.approx(FLOOR_DBFS, abs=1e-4)
    assert not levels.clipped[0]


def test_constant_offset_is_not_level() -> None:
    levels = measure_levels(np.float32(0.1) + np.float32(0.01) * SINE[None])
    assert levels.level_dbfs[0] == pytest.approx(-40, abs=0.01)


def test_clipping_needs_more_than_one_full_sample() -> None:
    one_peak = 0.5 * SINE
    one_peak[7] = 1.0
    overdriven = np.clip(2 * SINE, -1, 1)
    levels = measure_levels(np.stack([0.9 * SINE, one_peak, overdriven]))
    assert levels.clipped.tolist() == [False, False, True]
