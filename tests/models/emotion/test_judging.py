"""A clip is never judged with a baseline that it went into."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
import pytest

from models.card import ModelCard, ModelInput
from models.emotion.corpus import Clip
from models.emotion.descriptors import DESCRIPTORS
from models.emotion.estimate import EmotionEstimate, EmotionWindow, Residuals
from models.emotion.evaluation import judge_corpus, measure
from models.emotion.judging import DescribedClip, judge_speaker
from tests.models.graphs import loudness_card

N_CLIPS = 5


class FakeModel:
    """Answers with the baseline it is given; clip number n leaves the n-th unit vector."""

    card: ModelCard = msgspec.structs.replace(
        loudness_card(b""),
        input=ModelInput(kind="features", name="x", baseline="b", features=("f",) * N_CLIPS),
    )

    def __init__(self) -> None:
        self.offsets: dict[int, np.ndarray] = {}

    def predict(self, windows: Sequence[EmotionWindow]) -> list[EmotionEstimate]:
        estimates = []
        for window in windows:
            number = int(window.descriptors[0, 0])
            if window.baseline is not None:
                self.offsets[number] = window.baseline
            unit = np.eye(N_CLIPS, dtype=np.float32)[number]
            estimates.append(
                EmotionEstimate(
                    arousal=0.5 if number == 0 else -0.5,
                    valence=0.0,
                    probabilities={"anger": 0.9, "neutral": 0.1}
                    if number == 0
                    else {"anger": 0.2, "neutral": 0.8},
                    confidence=0.9,
                    residuals=Residuals(unit, 10 * unit, 1.0),
                )
            )
        return estimates


def clips() -> list[DescribedClip]:
    made = []
    for number in range(N_CLIPS):
        category = "anger" if number < 2 else "neutral"
        samples = np.zeros(320, np.float32)
        descriptors = np.full((1, DESCRIPTORS), number, np.float32)
        made.append(DescribedClip(Clip(str(number), "s", category, samples), descriptors, samples))
    return made


def test_stranger_gets_no_baseline() -> None:
    model = FakeModel()
    judge_speaker(model, clips(), "none")
    assert model.offsets == {}


def test_neutral_baseline_is_made_of_the_other_neutral_clips() -> None:
    model = FakeModel()
    judge_speaker(model, clips(), "neutral")
    for own in range(N_CLIPS):
        used = {index for index in range(N_CLIPS) if model.offsets[own][index] > 0}
        assert used == {2, 3, 4} - {own}


def test_adapted_baseline_is_made_of_all_the_others() -> None:
    model = FakeModel()
    judge_speaker(model, clips(), "adapted")
    for own in range(N_CLIPS):
        used = {index for index in range(N_CLIPS) if model.offsets[own][index] > 0}
        assert used == set(range(N_CLIPS)) - {own}


def test_measures_of_a_known_case() -> None:
    model = FakeModel()
    measures = measure(judge_corpus(lambda speaker: model, clips(), "none"))
    # One of two angry clips is missed; all neutral ones are found.
    assert measures["uar"] == pytest.approx(0.75)
    assert measures["recall_anger"] == pytest.approx(0.5)
    assert measures["arousal_uar"] == pytest.approx(0.75)
    assert measures["answered"] == 1
    assert "uar_4" not in measures
