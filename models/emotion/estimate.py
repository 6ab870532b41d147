"""What an emotion model is asked and what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import numpy as np
import numpy.typing as npt

from models.card import ModelCard

Float32s = npt.NDArray[np.float32]


class Abstention(StrEnum):
    """Why a window is not judged at all."""

    TOO_SHORT = "too_short"
    TOO_LITTLE_VOICE = "too_little_voice"
    NOT_SPEECH = "not_speech"
    # Nothing is wrong with the window: too many were waiting, or the model failed.
    OVERLOAD = "overload"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class EmotionWindow:
    """One stretch of one speaker.

    Attributes
    ----------
    descriptors : float32, shape (n_hops, DESCRIPTORS)
        `models.emotion.descriptors.describe_hops` of consecutive hops, oldest first.
    baseline : float32, shape (width,), or None
        `models.emotion.baseline.Baseline.offset`; None where nothing is known of the speaker.
    samples : float32, shape (n_hops * HOP_SAMPLES,), or None
        The same stretch at 16 kHz; only models that take a waveform need it.
    """

    descriptors: Float32s
    baseline: Float32s | None = None
    samples: Float32s | None = None


@dataclass(frozen=True, slots=True)
class Residuals:
    """What a window says about its speaker, in the model's own standardised units.

    Attributes
    ----------
    expressive : float32, shape (width,)
        With the emotion that the model hears taken out.
    neutral : float32, shape (width,)
        If the speaker is known to have spoken neutrally.
    voiced_s : float
        Seconds of voice that they rest on.
    """

    expressive: Float32s
    neutral: Float32s
    voiced_s: float


@dataclass(frozen=True, slots=True)
class EmotionEstimate:
    """How a window came across, or why that cannot be said.

    Attributes
    ----------
    abstained : Abstention or None
        Set: nothing else is.
    arousal, valence : float or None
        -1 to 1, 0 as the speaker's neutral speech; None if the model does not say.
    probabilities : dict of str to float
        Calibrated; empty if the model names no categories.
    label : str or None
        The likeliest category; None if the confidence is below the card's.
    confidence : float
        Probability that the likeliest category is the right one.
    residuals : Residuals or None
        For `Baseline.learn`; None if the model takes no baseline.
    """

    abstained: Abstention | None = None
    arousal: float | None = None
    valence: float | None = None
    probabilities: dict[str, float] = field(default_factory=dict)
    label: str | None = None
    confidence: float = 0.0
    residuals: Residuals | None = None


class EmotionModel(Protocol):
    """Anything that judges windows; see `models.registry` for how one is opened."""

    @property
    def card(self) -> ModelCard:
        """Its card."""

    def predict(self, windows: Sequence[EmotionWindow]) -> list[EmotionEstimate]:
        """Judge a batch; as many estimates as windows, in their order."""
