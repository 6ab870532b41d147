"""Tempo of made pulses."""

from __future__ import annotations

import numpy as np
import pytest

from dsp.playing.tempo import LEAST_ONSETS, estimate_tempo


@pytest.mark.parametrize("bpm", [60, 84, 96, 120, 132, 160])
def test_a_regular_pulse(bpm: float) -> None:
    found = estimate_tempo(np.arange(24) * (60 / bpm))
    assert found is not None
    assert found.bpm == pytest.approx(bpm, rel=0.02)


def test_a_human_pulse_with_missing_and_added_notes() -> None:
    rng = np.random.default_rng(2)
    beats = np.arange(48) * 0.6 + rng.normal(0, 0.012, 48)
    kept = beats[rng.random(48) > 0.2]
    halves = beats[::6] + 0.3
    found = estimate_tempo(np.sort(np.concatenate([kept, halves])).astype(np.float64))
    assert found is not None
    assert found.bpm == pytest.approx(100, rel=0.02)


def test_chance_has_less_confidence_than_a_pulse() -> None:
    rng = np.random.default_rng(3)
    chance = estimate_tempo(np.sort(rng.uniform(0, 30, 50)))
    pulse = estimate_tempo(np.arange(50) * 0.6)
    assert chance is not None
    assert pulse is not None
    assert chance.confidence < 0.6 * pulse.confidence


@pytest.mark.parametrize("onsets", [[], [1.0], list(range(LEAST_ONSETS - 1))])
def test_a_few_notes_have_no_tempo(onsets: list[float]) -> None:
    assert estimate_tempo(np.array(onsets, np.float64)) is None


def test_notes_all_at_once_have_no_tempo() -> None:
    assert estimate_tempo(np.linspace(0, 0.5, 10)) is None
