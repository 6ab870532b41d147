"""Measures with known answers."""

from __future__ import annotations

import numpy as np
import pytest

from models.emotion.measures import (
    best_temperature,
    concordance,
    expected_calibration_error,
    low_threshold,
    unweighted_average_recall,
)


def test_uar_counts_each_category_alike() -> None:
    truth = np.array([0, 0, 0, 0, 1])
    assert unweighted_average_recall(truth, np.array([0, 0, 0, 1, 1])) == (0.75 + 1) / 2
    assert unweighted_average_recall(truth, np.zeros(5, int)) == 0.5


def test_abstention_is_never_right() -> None:
    assert unweighted_average_recall(np.array([0, 1]), np.array([-1, 1])) == 0.5


def test_nothing_to_judge_says_so() -> None:
    with pytest.raises(ValueError, match="nothing to judge"):
        unweighted_average_recall(np.array([], int), np.array([], int))


def test_calibration_error_is_the_gap_between_confidence_and_accuracy() -> None:
    confidence = np.full(10, 0.75)
    assert expected_calibration_error(confidence, np.arange(10) < 7.5) == pytest.approx(0.05)
    assert expected_calibration_error(confidence, np.zeros(10, bool)) == pytest.approx(0.75)
    assert expected_calibration_error(np.ones(4), np.ones(4, bool)) == 0


def test_concordance_knows_correlation_scale_and_shift() -> None:
    truth = np.array([-1.0, 0.0, 1.0])
    assert concordance(truth, truth) == pytest.approx(1)
    assert concordance(truth, -truth) == pytest.approx(-1)
    assert concordance(truth, truth + 1) < 0.6
    assert concordance(truth, 0.1 * truth) < 0.3
    assert concordance(np.zeros(3), np.zeros(3)) == 0


def test_overconfident_probabilities_get_a_temperature_above_one() -> None:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, 2000)
    is_right = rng.random(2000) < 0.7
    estimate = np.where(is_right, truth, 1 - truth)
    sure = np.where(np.eye(2)[estimate] > 0, 0.9, 0.1)
    temperature = best_temperature(sure, truth)
    # The logit of 0.9 over the temperature should be that of 0.7.
    assert temperature == pytest.approx(np.log(9) / np.log(7 / 3), rel=0.1)


def test_threshold_is_the_lowest_that_tells_low_from_high() -> None:
    values = np.array([-0.3, -0.2, 0.1, 0.4, 0.45, 0.5])
    assert low_threshold(values, values > 0.2) == pytest.approx(0.1, abs=0.021)
