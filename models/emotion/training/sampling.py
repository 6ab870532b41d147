"""Batches for training, varied in ways that recordings of other people will vary in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.emotion.categories import NEUTRAL
from models.emotion.training.separation import Separation
from models.emotion.training.training_set import HeardClips

Float32s = npt.NDArray[np.float32]
Labels = npt.NDArray[np.intp]

MAX_INPUT = 4.0  # the graph clips there too


@dataclass(frozen=True, slots=True)
class Variation:
    """How batches are varied.

    Attributes
    ----------
    fading_share : float
        Share of rows blended with a neutral clip of the same speaker and channel: acted emotion
        in another corpus is seldom as strong.
    weakest : float
        Least share that the emotion keeps in such a blend.
    speech_share : float
        Share of rows that get the deviation of a read sentence from its speaker's mean: ten
        sentences do not show how much the words alone move the features.
    read_share : float
        Share of the neutral rows that are replaced by read speech of other speakers. It carries no
        label, but nobody reads out a sentence of a newspaper in anger.
    unknown_share : float
        Share of rows that keep their speaker's whole offset, as of one never heard before.
    least_known : float
        Of the other rows' offsets at least this share is taken off.
    offset_error : float
        Largest part of a stranger's offset that is added: a baseline is never exact.
    """

    fading_share: float = 0.3
    weakest: float = 0.5
    speech_share: float = 0.3
    read_share: float = 0.4
    unknown_share: float = 0.25
    least_known: float = 0.5
    offset_error: float = 0.3


@dataclass(frozen=True, slots=True)
class ReadSpeech:
    """Unlabelled read speech, taken apart as if all of it were neutral.

    Attributes
    ----------
    deviations : float32, shape (n, n_features)
        Of each piece from its speaker's mean through the same channel.
    offsets : float32, shape (n, n_features)
        Of that mean from the mean of neutral speech.
    """

    deviations: Float32s
    offsets: Float32s

    def draw(self, size: int, rng: np.random.Generator) -> tuple[Float32s, Float32s]:
        """Deviations and the offsets that belong to them; zeros if there is no read speech."""
        if not len(self.deviations):
            nothing = np.zeros((size, self.deviations.shape[1]), np.float32)
            return nothing, nothing
        piece = rng.integers(len(self.deviations), size=size)
        return self.deviations[piece], self.offsets[piece]


@dataclass(frozen=True, slots=True)
class EmotionBatches:
    """Draws batches in which each category is equally likely.

    Attributes
    ----------
    heard : HeardClips
    separation : Separation
    read : ReadSpeech
        May be empty.
    batch : int
    variation : Variation
    """

    heard: HeardClips
    separation: Separation
    read: ReadSpeech
    batch: int
    variation: Variation

    def __call__(self, rng: np.random.Generator) -> tuple[Float32s, Labels]:
        """Draw one batch."""
        category = self.heard.category
        likelihood = 1 / np.bincount(category)[category]
        clip = rng.choice(len(category), self.batch, p=likelihood / likelihood.sum())
        channel = rng.integers(len(self.separation.relative), size=self.batch)
        cut = rng.integers(self.separation.relative.shape[1], size=self.batch)
        rows = self.separation.relative[channel, cut, clip]
        offsets = self.separation.offsets[channel, self.heard.speaker[clip]]
        rows = self._fade(rows, clip, channel, cut, rng)
        rows = self._vary_words(rows, rng)
        self._read_instead(rows, offsets, category[clip], rng)
        rows = self._shift(rows, offsets, rng)
        return np.clip(rows, -MAX_INPUT, MAX_INPUT).astype(np.float32), category[clip]

    def _fade(
        self, rows: Float32s, clip: Labels, channel: Labels, cut: Labels, rng: np.random.Generator
    ) -> Float32s:
        kept = rng.uniform(self.variation.weakest, 1, self.batch)
        kept[rng.random(self.batch) >= self.variation.fading_share] = 1
        neutral = self._neutral_clip_of(self.heard.speaker[clip], rng)
        blend = self.separation.relative[channel, cut, neutral]
        return np.asarray(kept[:, None] * rows + (1 - kept[:, None]) * blend)

    def _neutral_clip_of(self, speaker: Labels, rng: np.random.Generator) -> Labels:
        chosen = np.empty(len(speaker), np.intp)
        for index in np.unique(speaker):
            theirs = (self.heard.speaker == index) & (self.heard.category == NEUTRAL)
            asked = speaker == index
            chosen[asked] = rng.choice(np.flatnonzero(theirs), asked.sum())
        return chosen

    def _vary_words(self, rows: Float32s, rng: np.random.Generator) -> Float32s:
        amount = rng.random(self.batch) * (rng.random(self.batch) < self.variation.speech_share)
        deviation, _ = self.read.draw(self.batch, rng)
        return np.asarray(rows + amount[:, None] * deviation)

    def _read_instead(
        self, rows: Float32s, offsets: Float32s, category: Labels, rng: np.random.Generator
    ) -> None:
        """Put read speech in the place of some neutral rows, and its speakers' offsets with it."""
        if not len(self.read.deviations):
            return
        replaced = (category == NEUTRAL) & (rng.random(self.batch) < self.variation.read_share)
        deviation, offset = self.read.draw(int(replaced.sum()), rng)
        rows[replaced] = self.separation.category_means[NEUTRAL] + deviation
        offsets[replaced] = offset

    def _shift(self, rows: Float32s, offsets: Float32s, rng: np.random.Generator) -> Float32s:
        known = rng.uniform(self.variation.least_known, 1, (self.batch, 1))
        known[rng.random(self.batch) < self.variation.unknown_share] = 0
        everyone = self.separation.offsets.reshape(-1, rows.shape[1])
        stranger = everyone[rng.integers(len(everyone), size=self.batch)]
        error = rng.uniform(-1, 1, (self.batch, 1)) * self.variation.offset_error
        return np.asarray(rows + (1 - known) * offsets + known * error * stranger)


@dataclass(frozen=True, slots=True)
class SpeechBatches:
    """Draws batches that are half speech (1), half other sounds (0), both standardised."""

    speech: Float32s
    sounds: Float32s
    batch: int

    def __call__(self, rng: np.random.Generator) -> tuple[Float32s, Labels]:
        """Draw one batch."""
        half = self.batch // 2
        spoken = self.speech[rng.integers(len(self.speech), size=half)]
        other = self.sounds[rng.integers(len(self.sounds), size=half)]
        rows = np.clip(np.concatenate([spoken, other]), -MAX_INPUT, MAX_INPUT)
        return rows, np.repeat(np.array([1, 0], np.intp), half)
