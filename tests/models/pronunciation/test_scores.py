from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.pronunciation import scores
from models.pronunciation.durations import USUAL_MS
from models.pronunciation.goodness import LineFit, PhoneFit, WordFit
from tests.models.acoustic.samples import acoustic_model

NO_F0 = np.full(1000, np.nan)
LEFT_OUT = WordFit(())


def line(*goodness: float, gap_ms: int = 0, tempo: float = 1.0) -> tuple[WordFit, ...]:
    """Words of the same three phones, each of its usual length, in a row with gaps between."""
    words, now_ms = [], 0
    for one in goodness:
        phones = []
        for phone in ("B", "IY", "T"):
            end_ms = now_ms + round(USUAL_MS[phone] * tempo)
            phones.append(PhoneFit(phone, one, now_ms, end_ms))
            now_ms = end_ms
        words.append(WordFit(tuple(phones)))
        now_ms += gap_ms
    return tuple(words)


@given(st.floats(-20, 10), st.floats(-20, 10))
def test_better_is_never_scored_lower(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0 <= scores.accuracy(line(low), 1) <= scores.accuracy(line(high), 1) <= 100


def test_native_goodness_is_full_accuracy_and_a_non_answer_none() -> None:
    assert scores.accuracy(line(0.3, 0.5), 1) == 100
    assert scores.accuracy((LEFT_OUT, LEFT_OUT), 0) == 0
    assert scores.accuracy(line(0.3), 0) == 0


def test_completeness_is_the_share_of_words() -> None:
    assert scores.completeness((*line(0, 0, 0), LEFT_OUT), 1) == 75
    assert scores.completeness((), 1) == 0


def test_what_is_not_pronounced_counts_for_completeness_only() -> None:
    assert scores.accuracy((*line(0.3, 0.3), LEFT_OUT), 1) == 100


def test_breaks_cost_fluency_but_natural_ones_do_not() -> None:
    broken = line(0, 0, 0, 0, gap_ms=600)
    assert scores.fluency(line(0, 0, 0, 0), [0] * 4) == 100
    assert scores.fluency(line(0, 0, 0, gap_ms=100), [0] * 3) == 100
    assert scores.fluency(broken, [1000] * 4) == 100
    cost = scores.fluency(broken, [0] * 4)
    assert cost is not None
    assert 35 < cost < 50


def test_a_natural_pace_with_even_rhythm_is_full_prosody() -> None:
    assert scores.prosody(line(*[0] * 8), NO_F0, 0.01) == 100


@pytest.mark.parametrize("tempo", [0.4, 2.2])
def test_a_pace_that_nobody_speaks_at_costs_prosody(tempo: float) -> None:
    found = scores.prosody(line(*[0] * 8, tempo=tempo), NO_F0, 0.01)
    assert found is not None
    assert found < 80


def test_a_monotone_costs_prosody() -> None:
    words = line(*[0] * 8)
    melody = 120 * 2 ** (np.sin(np.arange(400) / 15) * 4 / 12)
    flat = scores.prosody(words, np.full(400, 120.0), 0.01)
    lively = scores.prosody(words, melody, 0.01)
    assert flat is not None
    assert lively is not None
    assert lively - flat == pytest.approx(100 / 3, abs=1)


def test_two_words_have_neither_breaks_nor_rhythm() -> None:
    assert scores.fluency(line(0, 0), [0, 0]) is None
    assert scores.prosody(line(0, 0), NO_F0, 0.01) is None


def test_the_lowest_score_weighs_most() -> None:
    assert scores.overall([100, 100, 100, 50]) == pytest.approx(80)
    assert scores.overall([100, 100, 50]) == pytest.approx(70)
    assert scores.overall([60, 60]) == pytest.approx(60)


def test_another_text_is_recognised_as_such() -> None:
    assert scores.text_match(LineFit(line(0, 0, 0), 0.0)) == 1
    assert scores.text_match(LineFit(line(-4, -4, -4), -4.3)) == 0
    assert scores.text_match(LineFit((*line(0), *[LEFT_OUT] * 15), 0.0)) == 0


def test_every_phone_of_the_model_has_a_usual_duration() -> None:
    assert set(acoustic_model().speech_phones) == set(USUAL_MS)
