"""The committee learns, its gradients are right, and a seed gives the same weights."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.emotion.training import network
from models.emotion.training.losses import (
    N_EMOTION_OUTPUTS,
    emotion_gradient,
    softmax,
    speech_gradient,
)
from models.emotion.training.network import Committee, TrainingSettings, train_committee

SETTINGS = TrainingSettings(members=2, hidden=8, steps=300, batch=64, input_dropout=0.0)


def circle(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Inside or outside a circle: nothing that a line could tell."""
    points = rng.normal(size=(64, 2)).astype(np.float32)
    return points, (np.square(points).sum(axis=1) < 1.4).astype(np.intp)


def learn(seed: int) -> Committee:
    settings = replace(SETTINGS, learning_rate=2e-2, hidden_dropout=0.0, hidden=16)
    return train_committee(
        circle, speech_gradient, width=2, n_outputs=1, settings=settings, seed=seed
    )


def test_learns_what_no_line_can_tell() -> None:
    points, inside = circle(np.random.default_rng(99))
    said = learn(1).outputs(points)[:, 0] > 0
    assert (said == (inside == 1)).mean() > 0.9


def test_seed_decides_the_weights() -> None:
    for one, other in zip(learn(1).weights, learn(1).weights, strict=True):
        np.testing.assert_array_equal(one, other)
    assert not np.array_equal(learn(1).hidden_weight, learn(2).hidden_weight)


def emotion_loss(outputs: np.ndarray, labels: np.ndarray) -> float:
    """What `emotion_gradient` is the gradient of, summed over rows."""
    from models.emotion.categories import placement_table
    from models.emotion.training.losses import AFFECT_WEIGHT, LABEL_SMOOTHING, N_CATEGORIES

    wanted = (1 - LABEL_SMOOTHING) * np.eye(N_CATEGORIES)[labels] + LABEL_SMOOTHING / N_CATEGORIES
    surprise = -(wanted * np.log(softmax(outputs[..., :N_CATEGORIES]))).sum()
    miss = np.tanh(outputs[..., N_CATEGORIES:]) - placement_table()[labels]
    return float(surprise + AFFECT_WEIGHT / 2 * np.square(miss).sum())


def test_emotion_gradient_is_that_of_the_loss() -> None:
    rng = np.random.default_rng(3)
    outputs, labels = rng.normal(size=(4, N_EMOTION_OUTPUTS)), rng.integers(0, 7, 4)
    gradient = emotion_gradient(outputs.astype(np.float32), labels)
    for row, column in ((0, 0), (1, 6), (2, 7), (3, 8)):
        step = np.zeros_like(outputs)
        step[row, column] = 1e-5
        slope = (emotion_loss(outputs + step, labels) - emotion_loss(outputs - step, labels)) / 2e-5
        assert gradient[row, column] == pytest.approx(slope, abs=1e-5)


def test_weights_gradients_are_those_of_the_loss() -> None:
    rng = np.random.default_rng(4)
    settings = replace(SETTINGS, hidden_dropout=0.0, members=1)
    committee = Committee.draw(3, N_EMOTION_OUTPUTS, settings, rng)
    for weight in committee.weights:
        weight += rng.normal(0, 0.3, weight.shape).astype(np.float32)
    features = rng.normal(size=(1, 20, 3)).astype(np.float32)
    labels = rng.integers(0, 7, (1, 20))
    gradients = network._gradients(committee, features, labels, emotion_gradient, settings, rng)
    for weight, gradient in zip(committee.weights, gradients, strict=True):
        place = tuple(size // 2 for size in weight.shape)
        before = weight[place]
        losses = []
        for step in (1e-2, -1e-2):
            weight[place] = before + step
            losses.append(emotion_loss(committee.outputs(features[0]), labels[0]) / 20)
        weight[place] = before
        assert gradient[place] == pytest.approx((losses[0] - losses[1]) / 2e-2, rel=0.02, abs=2e-4)
