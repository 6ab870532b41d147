"""A whole line, which may be longer than a model takes at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from dsp.clock import HOP_MS, HOP_SAMPLES
from models.card import ModelCard, least_confidence
from models.emotion.estimate import EmotionEstimate, EmotionWindow

Float32s = npt.NDArray[np.float32]


def line_windows(
    card: ModelCard,
    descriptors: Float32s,
    *,
    baseline: Float32s | None = None,
    samples: Float32s | None = None,
) -> list[EmotionWindow]:
    """Cut a line into pieces of equal length that the model can take.

    Parameters
    ----------
    card : ModelCard
    descriptors : float32, shape (n_hops, DESCRIPTORS)
    baseline : float32, optional
    samples : float32, shape (n_hops * HOP_SAMPLES,), optional
        For a model that takes a waveform.

    Returns
    -------
    list of EmotionWindow
        One, unless the line is longer than the card's `max_window_ms`.
    """
    n_hops = len(descriptors)
    count = max(1, -(-n_hops * HOP_MS // card.max_window_ms))
    edges = [n_hops * number // count for number in range(count + 1)]
    return [
        EmotionWindow(
            descriptors[start:end],
            baseline,
            None if samples is None else samples[start * HOP_SAMPLES : end * HOP_SAMPLES],
        )
        for start, end in pairwise(edges)
    ]


def combine(
    card: ModelCard, estimates: Sequence[EmotionEstimate], *, is_stranger: bool = False
) -> EmotionEstimate:
    """One estimate for a line from those of its pieces: their mean, abstentions left out.

    If all pieces were abstained from, the first abstention stands. Residuals are not combined:
    a baseline is learnt from the pieces.
    """
    answered = [estimate for estimate in estimates if estimate.abstained is None]
    if not answered:
        return estimates[0]
    if len(answered) == 1:
        return answered[0]
    probabilities = {
        name: float(np.mean([estimate.probabilities[name] for estimate in answered]))
        for name in answered[0].probabilities
    }
    likeliest = max(probabilities, key=probabilities.__getitem__, default=None)
    confidence = probabilities[likeliest] if likeliest is not None else 0.0
    return EmotionEstimate(
        arousal=_mean([estimate.arousal for estimate in answered]),
        valence=_mean([estimate.valence for estimate in answered]),
        probabilities=probabilities,
        label=likeliest if confidence >= least_confidence(card, is_stranger=is_stranger) else None,
        confidence=confidence,
    )


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None
