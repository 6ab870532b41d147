"""A speaker's offset: shrunk while little is known, forgetful once much is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.emotion.baseline import MEMORY_S, PRIOR_S, READY_FROM_S, WARMING_FROM_S, Baseline
from models.emotion.estimate import Residuals

WIDTH = 3
UNKNOWN = Baseline.unknown("model", WIDTH)


def heard(expressive: float, neutral: float = 0.0, voiced_s: float = 1.0) -> Residuals:
    return Residuals(
        np.full(WIDTH, expressive, np.float32), np.full(WIDTH, neutral, np.float32), voiced_s
    )


def test_stranger_has_no_offset() -> None:
    assert UNKNOWN.state == "none"
    np.testing.assert_array_equal(UNKNOWN.offset, np.zeros(WIDTH))


def test_state_follows_the_seconds_of_voice() -> None:
    baseline, states = UNKNOWN, []
    for _ in range(int(READY_FROM_S) + 1):
        states.append((baseline.voiced_s, baseline.state))
        baseline = baseline.learn(heard(1.0), neutral=False)
    for voiced_s, state in states:
        expected = "none" if voiced_s < WARMING_FROM_S else "warming"
        assert state == ("ready" if voiced_s >= READY_FROM_S else expected)


@given(st.floats(0.1, 200), st.floats(-3, 3))
def test_offset_is_the_mean_pulled_to_zero_by_the_prior(voiced_s: float, residual: float) -> None:
    baseline = UNKNOWN.learn(heard(residual, voiced_s=voiced_s), neutral=False)
    expected = residual * voiced_s / (voiced_s + PRIOR_S)
    assert baseline.offset == pytest.approx(np.full(WIDTH, expected), abs=1e-5)


def test_calibration_learns_the_neutral_residual() -> None:
    calibrated = UNKNOWN.learn(heard(1.0, neutral=2.0), neutral=True)
    assert calibrated.mean == pytest.approx([2.0] * WIDTH)


def test_order_does_not_matter_while_nothing_is_forgotten() -> None:
    residuals = [heard(value, voiced_s=1 + value) for value in (0.5, 1.0, 2.0)]
    forwards, backwards = UNKNOWN, UNKNOWN
    for one, other in zip(residuals, reversed(residuals), strict=True):
        forwards = forwards.learn(one, neutral=False)
        backwards = backwards.learn(other, neutral=False)
    assert forwards.mean == pytest.approx(backwards.mean, abs=1e-6)


def test_new_microphone_is_caught_up_with() -> None:
    baseline = UNKNOWN
    for _ in range(1000):
        baseline = baseline.learn(heard(0.0), neutral=False)
    assert baseline.voiced_s == MEMORY_S
    for _ in range(int(MEMORY_S)):
        baseline = baseline.learn(heard(1.0), neutral=False)
    assert 0.6 < baseline.mean[0] < 0.7


def test_window_without_voice_teaches_nothing() -> None:
    assert UNKNOWN.learn(heard(1.0, voiced_s=0.0), neutral=False) is UNKNOWN


def test_account_keeps_it() -> None:
    baseline = UNKNOWN.learn(heard(0.25, voiced_s=20.0), neutral=False)
    again = Baseline.from_json(baseline.to_json(), model="model", width=WIDTH)
    assert again.state == "ready"
    assert again.offset == pytest.approx(baseline.offset, abs=1e-4)


def test_another_models_baseline_starts_afresh() -> None:
    saved = UNKNOWN.learn(heard(1.0, voiced_s=20.0), neutral=False).to_json()
    assert Baseline.from_json(saved, model="newer", width=5).voiced_s == 0


@pytest.mark.parametrize("saved", [b"", b"[]", b'{"model": "model", "voiced_s": 1}'])
def test_broken_save_says_so(saved: bytes) -> None:
    with pytest.raises(ValueError, match="not a saved baseline"):
        Baseline.from_json(saved, model="model", width=WIDTH)


def test_save_of_another_width_says_so() -> None:
    with pytest.raises(ValueError, match="a baseline of 3 numbers, where 4 are needed"):
        Baseline.from_json(UNKNOWN.to_json(), model="model", width=4)
