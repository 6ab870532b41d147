"""What the committees are trained to do, as gradients of their losses."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.emotion.categories import CATEGORIES, placement_table

Float32s = npt.NDArray[np.float32]
Labels = npt.NDArray[np.intp]

N_CATEGORIES = len(CATEGORIES)
# Logits of the categories, then arousal and valence before tanh.
N_EMOTION_OUTPUTS = N_CATEGORIES + 2
LABEL_SMOOTHING = 0.05
AFFECT_WEIGHT = 2.0


def softmax(logits: Float32s) -> Float32s:
    """Probabilities along the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def emotion_gradient(outputs: Float32s, labels: Labels) -> Float32s:
    """Cross-entropy of the category and squared error of its place in arousal and valence.

    Parameters
    ----------
    outputs : float32, shape (..., n, N_EMOTION_OUTPUTS)
    labels : intp, shape (..., n)
        Index into `CATEGORIES`.

    Returns
    -------
    float32, shape of `outputs`
    """
    wanted = np.eye(N_CATEGORIES, dtype=np.float32)[labels]
    wanted = (1 - LABEL_SMOOTHING) * wanted + np.float32(LABEL_SMOOTHING / N_CATEGORIES)
    affect = np.tanh(outputs[..., N_CATEGORIES:])
    gradient = np.empty_like(outputs)
    gradient[..., :N_CATEGORIES] = softmax(outputs[..., :N_CATEGORIES]) - wanted
    miss = affect - placement_table()[labels]
    gradient[..., N_CATEGORIES:] = AFFECT_WEIGHT * miss * (1 - np.square(affect))
    return gradient


def speech_gradient(outputs: Float32s, labels: Labels) -> Float32s:
    """Cross-entropy of speech (1) against other sounds (0) for one logit, shape (..., n, 1)."""
    probability = 1 / (1 + np.exp(-outputs[..., 0]))
    return np.asarray((probability - labels)[..., None], np.float32)
