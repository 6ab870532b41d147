"""A committee of small networks, trained together with plain arrays.

Each member has one hidden layer beside a direct linear path. The committee answers with the mean of
its members' outputs, so that the whole of it is one wide hidden layer when it is exported.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Float32s = npt.NDArray[np.float32]
Labels = npt.NDArray[np.intp]
# Draws a batch for one member: features (n, width) and labels (n,).
Draw = Callable[[np.random.Generator], tuple[Float32s, Labels]]
# From outputs (..., n, n_outputs) and labels (..., n) to the gradient of each row's loss.
LossGradient = Callable[[Float32s, Labels], Float32s]


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How a committee is trained."""

    members: int = 6
    hidden: int = 32
    steps: int = 1500
    batch: int = 256
    learning_rate: float = 2e-3
    weight_decay: float = 5e-2
    input_dropout: float = 0.25
    hidden_dropout: float = 0.4


@dataclass(slots=True)
class Committee:
    """Weights of all members; the first axis is the member."""

    hidden_weight: Float32s  # (members, width, hidden)
    hidden_bias: Float32s  # (members, 1, hidden)
    output_weight: Float32s  # (members, hidden, n_outputs)
    direct_weight: Float32s  # (members, width, n_outputs)
    output_bias: Float32s  # (members, 1, n_outputs)

    @classmethod
    def draw(
        cls, width: int, n_outputs: int, settings: TrainingSettings, rng: np.random.Generator
    ) -> Committee:
        """Untrained weights, after He et al. (2015); the direct path starts at nothing."""
        members, hidden = settings.members, settings.hidden

        def normal(*shape: int) -> Float32s:
            return rng.normal(0, np.sqrt(2 / shape[-2]), shape).astype(np.float32)

        return cls(
            hidden_weight=normal(members, width, hidden),
            hidden_bias=np.zeros((members, 1, hidden), np.float32),
            output_weight=np.float32(0.1) * normal(members, hidden, n_outputs),
            direct_weight=np.zeros((members, width, n_outputs), np.float32),
            output_bias=np.zeros((members, 1, n_outputs), np.float32),
        )

    @property
    def weights(self) -> list[Float32s]:
        """All arrays, in a fixed order; changing them changes the committee."""
        return [
            self.hidden_weight,
            self.hidden_bias,
            self.output_weight,
            self.direct_weight,
            self.output_bias,
        ]

    def outputs(self, features: Float32s) -> Float32s:
        """Mean of the members' outputs, float32, shape (n, n_outputs)."""
        hidden = np.maximum(features @ self.hidden_weight + self.hidden_bias, 0)
        each = hidden @ self.output_weight + features @ self.direct_weight + self.output_bias
        return np.asarray(each.mean(axis=0))


def train_committee(
    draw: Draw,
    loss_gradient: LossGradient,
    *,
    width: int,
    n_outputs: int,
    settings: TrainingSettings,
    seed: int,
) -> Committee:
    """Train all members side by side, each on batches of its own.

    Adam with decoupled weight decay (Loshchilov and Hutter 2019), the rate falling along a half
    cosine. The same seed gives the same weights on the same machine and libraries.
    """
    rng = np.random.default_rng(seed)
    committee = Committee.draw(width, n_outputs, settings, rng)
    momentum = [np.zeros_like(weight) for weight in committee.weights]
    scale = [np.zeros_like(weight) for weight in committee.weights]
    for step in range(settings.steps):
        batches = [draw(rng) for _ in range(settings.members)]
        features = np.stack([batch[0] for batch in batches])
        labels = np.stack([batch[1] for batch in batches])
        gradients = _gradients(committee, features, labels, loss_gradient, settings, rng)
        rate = settings.learning_rate * 0.5 * (1 + np.cos(np.pi * step / settings.steps))
        decay = settings.weight_decay
        for weight, gradient, first, second in zip(
            committee.weights, gradients, momentum, scale, strict=True
        ):
            _adam_step(weight, gradient, first, second, step + 1, rate, decay)
    return committee


def _gradients(
    committee: Committee,
    features: Float32s,
    labels: Labels,
    loss_gradient: LossGradient,
    settings: TrainingSettings,
    rng: np.random.Generator,
) -> list[Float32s]:
    features = features * _dropout(features.shape, settings.input_dropout, rng)
    before = features @ committee.hidden_weight + committee.hidden_bias
    kept = _dropout(before.shape, settings.hidden_dropout, rng) * (before > 0)
    hidden = before * kept
    outputs = hidden @ committee.output_weight + features @ committee.direct_weight
    error = loss_gradient(outputs + committee.output_bias, labels) / np.float32(labels.shape[-1])
    hidden_error = (error @ committee.output_weight.transpose(0, 2, 1)) * kept
    back = features.transpose(0, 2, 1)
    return [
        back @ hidden_error,
        hidden_error.sum(axis=1, keepdims=True),
        hidden.transpose(0, 2, 1) @ error,
        back @ error,
        error.sum(axis=1, keepdims=True),
    ]


def _dropout(shape: tuple[int, ...], share: float, rng: np.random.Generator) -> Float32s:
    return ((rng.random(shape, np.float32) >= share) / np.float32(1 - share)).astype(np.float32)


def _adam_step(
    weight: Float32s,
    gradient: Float32s,
    first: Float32s,
    second: Float32s,
    step: int,
    rate: float,
    decay: float,
) -> None:
    """Update a weight and its two moments in place; the usual constants 0.9, 0.999 and 1e-8."""
    first += np.float32(0.1) * (gradient - first)
    second += np.float32(0.001) * (np.square(gradient) - second)
    update = (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    weight -= (rate * (update + decay * weight)).astype(np.float32)
