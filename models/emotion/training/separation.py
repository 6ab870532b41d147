"""Standardised features, taken apart into what the speaker brings and what the emotion brings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.emotion.categories import CATEGORIES
from models.emotion.training.training_set import HeardClips

Float32s = npt.NDArray[np.float32]

# Beyond this many deviations a feature says no more than that it is far out.
MAX_DEVIATIONS = 6.0
_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Standard:
    """Mean and deviation of each feature over the training speech.

    Attributes
    ----------
    mean, deviation : float32, shape (n_features,)
    """

    mean: Float32s
    deviation: Float32s

    @classmethod
    def of(cls, values: Float32s) -> Standard:
        """Measure features whose last axis is the feature; NaNs are left out."""
        rows = values.reshape(-1, values.shape[-1])
        mean, deviation = np.nanmean(rows, axis=0), np.nanstd(rows, axis=0)
        return cls(mean.astype(np.float32), (deviation + 1e-6).astype(np.float32))

    def apply(self, values: Float32s) -> Float32s:
        """Standardise; what could not be measured becomes 0, the mean."""
        standardised = np.nan_to_num((values - self.mean) / self.deviation)
        return np.asarray(np.clip(standardised, -MAX_DEVIATIONS, MAX_DEVIATIONS))


@dataclass(frozen=True, slots=True)
class Separation:
    """Standardised features as category mean + speaker's offset + the rest.

    Attributes
    ----------
    category_means : float32, shape (7, n_features)
    offsets : float32, shape (n_channels, n_speakers, n_features)
        Of each speaker through each channel; both cuts of a clip share it.
    relative : float32, shape (n_channels, CUTS, n_clips, n_features)
        The features without the offset of their speaker.
    """

    category_means: Float32s
    offsets: Float32s
    relative: Float32s


def separate(standardised: Float32s, heard: HeardClips) -> Separation:
    """Alternate between the mean of each category and the offset of each speaker and channel.

    An offset is the mean over the speaker's categories, each counted alike, of what its clips lie
    above their category's mean: a speaker who was recorded angry more often is not taken for one
    with an angry voice.
    """
    relative = standardised
    weights = _balancing_weights(heard)
    means = _category_means(relative, heard.category)
    offsets = np.zeros((len(standardised), len(heard.speakers), standardised.shape[-1]), np.float32)
    for _ in range(_ROUNDS):
        residual = (standardised - means[heard.category]).mean(axis=1)
        for index in range(len(heard.speakers)):
            offsets[:, index] = np.einsum("i,kif->kf", weights[index], residual)
        relative = standardised - offsets[:, None, heard.speaker]
        means = _category_means(relative, heard.category)
    return Separation(means, offsets, relative)


def _category_means(values: Float32s, category: npt.NDArray[np.intp]) -> Float32s:
    return np.stack(
        [values[:, :, category == index].mean(axis=(0, 1, 2)) for index in range(len(CATEGORIES))]
    )


def _balancing_weights(heard: HeardClips) -> Float32s:
    """For each speaker weights of the clips: theirs only, each category alike, of sum one."""
    weights = np.zeros((len(heard.speakers), len(heard.category)), np.float32)
    for row, index in zip(weights, range(len(heard.speakers)), strict=True):
        theirs = heard.speaker == index
        count = np.bincount(heard.category[theirs], minlength=len(CATEGORIES))
        row[theirs] = 1 / count[heard.category[theirs]]
        row /= row.sum()
    return weights
