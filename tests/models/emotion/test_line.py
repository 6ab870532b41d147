"""A line of any length: cut for the model, and put together again."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from dsp.clock import HOP_SAMPLES
from models.emotion.descriptors import DESCRIPTORS
from models.emotion.estimate import Abstention, EmotionEstimate
from models.emotion.line import combine, line_windows
from tests.models.graphs import loudness_card

CARD = loudness_card(b"")  # takes at most 3 s


@pytest.mark.parametrize(("n_hops", "lengths"), [(1, [1]), (150, [150]), (151, [75, 76]), (0, [0])])
def test_line_is_cut_evenly(n_hops: int, lengths: list[int]) -> None:
    rows = np.arange(n_hops * DESCRIPTORS, dtype=np.float32).reshape(n_hops, DESCRIPTORS)
    samples = np.arange(n_hops * HOP_SAMPLES, dtype=np.float32)
    windows = line_windows(CARD, rows, samples=samples)
    assert [len(window.descriptors) for window in windows] == lengths
    np.testing.assert_array_equal(np.concatenate([w.descriptors for w in windows]), rows)
    heard = [window.samples for window in windows if window.samples is not None]
    np.testing.assert_array_equal(np.concatenate(heard), samples)


def test_line_is_the_mean_of_what_was_answered() -> None:
    answered = [
        EmotionEstimate(arousal=0.2, probabilities={"anger": 0.9, "neutral": 0.1}, confidence=0.9),
        EmotionEstimate(arousal=0.6, probabilities={"anger": 0.5, "neutral": 0.5}, confidence=0.5),
        EmotionEstimate(abstained=Abstention.TOO_SHORT),
    ]
    line = combine(CARD, answered)
    assert line.arousal == pytest.approx(0.4)
    assert line.valence is None
    assert line.label == "anger"
    assert line.confidence == pytest.approx(0.7)


def test_more_confidence_is_needed_to_name_what_a_stranger_expresses() -> None:
    card = msgspec.structs.replace(CARD, min_confidence_stranger=0.75)
    pieces = [EmotionEstimate(probabilities={"anger": 0.7, "neutral": 0.3}, confidence=0.7)] * 2
    assert combine(card, pieces).label == "anger"
    assert combine(card, pieces, is_stranger=True).label is None


def test_line_of_abstentions_stays_one() -> None:
    silent = EmotionEstimate(abstained=Abstention.TOO_LITTLE_VOICE)
    assert combine(CARD, [silent, silent]) is silent
