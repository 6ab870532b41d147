from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dsp.clock import HOP_S
from dsp.rhythm import (
    SpeechTiming,
    measure_timing,
    silent_pauses,
    speech_intervals,
    words_per_minute,
)

NOTHING = np.zeros((0, 2))


def intervals(*rows: tuple[float, float]) -> npt.NDArray[np.float64]:
    return np.array(rows, np.float64)


def test_a_line_with_pauses_of_every_length() -> None:
    speech = intervals((1.0, 2.0), (2.2, 3.0), (3.3, 4.0), (4.5, 5.0), (6.2, 7.0))
    timing = measure_timing(speech, n_syllables=24)
    assert timing is not None
    assert timing.duration_s == pytest.approx(6.0)
    assert timing.phonation_s == pytest.approx(6.0 - 0.3 - 0.5 - 1.2)
    assert timing.phonation_ratio == pytest.approx(4.0 / 6.0)
    assert timing.speech_rate == pytest.approx(4.0)
    assert timing.articulation_rate == pytest.approx(6.0)
    assert (timing.pauses, timing.medium_pauses, timing.long_pauses) == (3, 2, 1)


def test_speech_without_pause_is_all_phonation() -> None:
    timing = measure_timing(intervals((0.5, 2.5)), n_syllables=9)
    assert timing == SpeechTiming(2.0, 2.0, 1.0, 4.5, 4.5, 0, 0, 0)


def test_silence_at_the_edges_is_no_pause() -> None:
    assert len(silent_pauses(intervals((5.0, 6.0)))) == 0


def test_a_gap_shorter_than_a_pause_belongs_to_articulation() -> None:
    gap = intervals((0.0, 1.0), (1.24, 2.0))
    assert len(silent_pauses(gap)) == 0
    assert silent_pauses(gap, min_pause_s=0.2).tolist() == [[1.0, 1.24]]


def test_a_pause_of_exactly_the_minimum_counts_whatever_its_offset() -> None:
    for start in range(200):
        hops = np.ones(400, np.bool_)
        hops[start + 1 : start + 26] = False  # 25 hops of 10 ms
        speech = speech_intervals(hops, hop_s=0.01)
        assert len(silent_pauses(speech)) == 1


def test_nothing_said_has_no_timing() -> None:
    assert measure_timing(NOTHING, n_syllables=0) is None
    assert words_per_minute(0, NOTHING) is None
    assert len(silent_pauses(NOTHING)) == 0


def test_words_per_minute_counts_the_pauses() -> None:
    assert words_per_minute(30, intervals((2, 4), (6, 14))) == pytest.approx(150)


@given(hnp.arrays(np.bool_, st.integers(0, 100)))
def test_intervals_cover_exactly_the_speech(is_speech: npt.NDArray[np.bool_]) -> None:
    found = speech_intervals(is_speech, hop_s=HOP_S)
    centres_s = (np.arange(len(is_speech)) + 0.5) * HOP_S
    inside = (found[:, :1] <= centres_s) & (centres_s < found[:, 1:])
    assert inside.sum(axis=0).tolist() == is_speech.astype(int).tolist()


@given(hnp.arrays(np.bool_, st.integers(1, 200)), st.integers(0, 50))
def test_phonation_and_pauses_make_up_the_line(
    is_speech: npt.NDArray[np.bool_], n_syllables: int
) -> None:
    speech = speech_intervals(is_speech, hop_s=HOP_S)
    timing = measure_timing(speech, n_syllables=n_syllables)
    if timing is None:
        assert not is_speech.any()
        return
    pauses = silent_pauses(speech)
    paused_s = (pauses[:, 1] - pauses[:, 0]).sum()
    assert timing.phonation_s + paused_s == pytest.approx(timing.duration_s)
    assert 0 < timing.phonation_ratio <= 1
    assert timing.speech_rate <= timing.articulation_rate
    assert timing.long_pauses <= timing.medium_pauses <= timing.pauses == len(pauses)


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ([[2.0, 1.0]], "columns swapped"),
        ([[0.0, float("nan")]], "columns swapped"),
        ([[0.0, 2.0], [1.0, 3.0]], "overlap"),
        ([[5.0, 6.0], [1.0, 2.0]], "out of order"),
        ([0.0, 1.0], "rows of"),
    ],
)
def test_bad_intervals_are_refused(rows: list[list[float]], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        silent_pauses(np.array(rows))


def test_bad_counts_and_hops_are_refused() -> None:
    with pytest.raises(ValueError, match="-1 syllables"):
        measure_timing(intervals((0, 1)), n_syllables=-1)
    with pytest.raises(ValueError, match="hop_s is 0"):
        speech_intervals(np.ones(3, np.bool_), hop_s=0)
    with pytest.raises(ValueError, match="one decision per hop"):
        speech_intervals(np.ones((3, 2), np.bool_), hop_s=0.02)
