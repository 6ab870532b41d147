"""The features of every clip through many channels: computed once, trained on many times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.emotion.analysis import describe_recordings, features_of
from models.emotion.categories import CATEGORIES
from models.emotion.corpus import Clip
from models.emotion.functionals import MAX_HOPS
from models.emotion.training.augmentation import Channel, draw_channel
from models.emotion.training.materials import Materials, Samples
from models.emotion.training.other_sounds import make_sounds

Float32s = npt.NDArray[np.float32]

# Each clip is summarised whole and as one random cut of a live window's length.
CUTS = 2
MIN_CUT_HOPS, MAX_CUT_HOPS = 75, 150
CLEAN = Channel()


@dataclass(frozen=True, slots=True)
class HeardClips:
    """Clips of several speakers through several channels.

    Attributes
    ----------
    values : float32, shape (n_channels, CUTS, n_clips, n_features)
        Channel 0 is none at all: the recordings as they are.
    speaker : intp, shape (n_clips,)
        Index into `speakers`.
    category : intp, shape (n_clips,)
        Index into `CATEGORIES`; -1 for unlabelled clips.
    speakers : tuple of str
    """

    values: Float32s
    speaker: npt.NDArray[np.intp]
    category: npt.NDArray[np.intp]
    speakers: tuple[str, ...]


def hear_clips(
    clips: Sequence[Clip], materials: Materials, *, n_channels: int, seed: int
) -> HeardClips:
    """Summarise clips as they are and through `n_channels` drawn channels for each speaker."""
    speakers = tuple(sorted({clip.speaker for clip in clips}))
    cuts = np.random.default_rng([seed, 0])
    values = [_summarise([clip.samples for clip in clips], cuts)]
    for number in range(n_channels):
        channels = {
            speaker: draw_channel(np.random.default_rng([seed, 1, number, index]), materials)
            for index, speaker in enumerate(speakers)
        }
        rng = np.random.default_rng([seed, 2, number])
        values.append(_summarise(carry_clips(clips, channels, rng), cuts))
    return HeardClips(
        values=np.stack(values),
        speaker=np.array([speakers.index(clip.speaker) for clip in clips], np.intp),
        category=np.array(
            [CATEGORIES.index(clip.category) if clip.category else -1 for clip in clips], np.intp
        ),
        speakers=speakers,
    )


def carry_clips(
    clips: Sequence[Clip], channels: dict[str, Channel], rng: np.random.Generator
) -> list[Samples]:
    """Send each clip through its speaker's channel."""
    power: dict[str, list[float]] = {}
    for clip in clips:
        power.setdefault(clip.speaker, []).append(float(np.square(clip.samples).mean()))
    rms = {speaker: float(np.sqrt(np.mean(each))) for speaker, each in power.items()}
    return [channels[clip.speaker].carry(clip.samples, rms[clip.speaker], rng) for clip in clips]


def hear_sounds(sounds: Sequence[Samples], *, n_made: int, n_channels: int, seed: int) -> Float32s:
    """Summarise other sounds, recorded (through channels too) and made; shape (n, n_features)."""
    rng = np.random.default_rng([seed, 3])
    heard = list(sounds)
    for _ in range(n_channels):
        for sound in sounds:
            rms = float(np.sqrt(np.square(sound).mean())) + 1e-6
            heard.append(draw_channel(rng, Materials()).carry(sound, rms, rng))
    heard += make_sounds(n_made, MAX_CUT_HOPS / 50, rng)
    descriptors = [cut_randomly(rows, rng) for rows in describe_recordings(heard)]
    return features_of(descriptors).values


def _summarise(recordings: Sequence[Samples], rng: np.random.Generator) -> Float32s:
    descriptors = describe_recordings(recordings)
    whole = features_of([rows[:MAX_HOPS] for rows in descriptors])
    cut = features_of([cut_randomly(rows, rng) for rows in descriptors])
    return np.stack([whole.values, cut.values])


def cut_randomly(descriptors: Float32s, rng: np.random.Generator) -> Float32s:
    """A piece of a live window's length from anywhere in a recording."""
    length = int(rng.integers(MIN_CUT_HOPS, MAX_CUT_HOPS + 1))
    start = int(rng.integers(max(len(descriptors) - length, 0) + 1))
    return descriptors[start : start + length]
