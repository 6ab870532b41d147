"""The measures of pitch, on contours whose scores can be counted by hand."""

from __future__ import annotations

import hypothesis
import hypothesis.extra.numpy as hnp
import hypothesis.strategies as st
import numpy as np
import numpy.typing as npt
import pytest

from dsp.pitch import measures

NAN = float("nan")
#                      right  30c   60c  octave  gross missed  false  silent
REFERENCE = np.array([100.0, 100.0, 100, 100.0, 100.0, 100.0, NAN, 0.0])
ESTIMATE = np.array([100.0, 101.8, 103.6, 200.0, 130.0, 0.0, 90.0, NAN])


def test_each_measure_counts_what_it_says() -> None:
    scores = measures.score(REFERENCE, ESTIMATE)
    assert scores.gpe == pytest.approx(2 / 5)
    assert scores.octave_error == pytest.approx(1 / 5)
    assert scores.rpa == pytest.approx(2 / 6)
    assert scores.rca == pytest.approx(3 / 6)
    assert scores.vde == pytest.approx(2 / 8)
    assert scores.ffe == pytest.approx(4 / 8)


def test_percentages_have_two_decimals() -> None:
    assert measures.score(REFERENCE, ESTIMATE).as_percentages()["rpa"] == 33.33


@pytest.mark.parametrize("estimate_hz", [119.0, 81.0])
def test_less_than_a_fifth_off_is_not_gross(estimate_hz: float) -> None:
    assert measures.gross_pitch_error(np.array([100.0]), np.array([estimate_hz])) == 0


def test_nothing_voiced_leaves_the_pitch_measures_undefined() -> None:
    silence = np.full(4, np.nan)
    assert np.isnan(measures.gross_pitch_error(silence, silence))
    assert np.isnan(measures.raw_pitch_accuracy(silence, silence))
    assert measures.voicing_decision_error(silence, silence) == 0


def test_contours_of_two_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="contour_at"):
        measures.score(np.ones(3), np.ones(4))


@hypothesis.given(
    hnp.arrays(np.float64, 30, elements=st.sampled_from([0.0, 80.0, 100.0, 160.0, 320.0])),
    hnp.arrays(np.float64, 30, elements=st.sampled_from([0.0, 80.0, 100.0, 160.0, 320.0])),
)
def test_chroma_forgives_no_less_than_pitch_and_frames_no_more_than_voicing(
    reference_hz: npt.NDArray[np.float64], estimate_hz: npt.NDArray[np.float64]
) -> None:
    hypothesis.assume((reference_hz > 0).any() and ((reference_hz > 0) & (estimate_hz > 0)).any())
    scores = measures.score(reference_hz, estimate_hz)
    assert scores.rca >= scores.rpa
    assert scores.ffe >= scores.vde
    assert scores.octave_error <= scores.gpe


def test_a_contour_is_read_between_its_frames() -> None:
    times_s = np.array([0.0, 0.01, 0.02, 0.03])
    f0_hz = np.array([100.0, 400.0, NAN, NAN])
    read = measures.contour_at(times_s, f0_hz, np.array([-1.0, 0.005, 0.014, 0.016, 9.0]))
    np.testing.assert_allclose(read, [100, 200, 400, NAN, NAN])
