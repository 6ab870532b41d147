"""Streams in which an instrument is played, people speak and things make noise, in known order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import signal

from benchmarks.labelled_speech import LABEL_SAMPLES, Clip, energy_db, fill_gaps
from benchmarks.noises import (
    Drawn,
    Noise,
    Samples,
    babble,
    coloured,
    generated,
    hum,
    read_recordings,
    recorded,
)
from benchmarks.speech_in_noise import heard_otherwise
from dsp.clock import ANALYSIS_RATE_HZ

# A note is heard until it has fallen this far below the loudest; further down, who can tell?
AUDIBLE_DB = 45.0
DOUBTFUL_DB = 60.0
# And until it is this far below what else sounds.
MASKED_DB = 4.0
# Rests within a phrase are part of playing.
PHRASE_GAP_LABELS = 30

_PARTS = ("play", "speech", "noise", "rest")
_PART_SHARES = (0.42, 0.30, 0.14, 0.14)
_HUM_SHARE = 0.15


@dataclass(frozen=True, slots=True)
class MusicScene:
    """A stream to listen to.

    Attributes
    ----------
    samples : float32, shape (n_samples,)
        At the analysis rate, in [-1, 1].
    is_playing : bool, shape (n_samples // LABEL_SAMPLES,)
    is_certain : bool, shape (n_samples // LABEL_SAMPLES,)
        False where a note fades away, which no listener could label.
    """

    samples: npt.NDArray[np.float32]
    is_playing: npt.NDArray[np.bool_]
    is_certain: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Take:
    """A recording of one instrument, with its level re its loudest moment for each label."""

    instrument: str
    samples: npt.NDArray[np.float32]
    below_peak_db: npt.NDArray[np.float64]

    @classmethod
    def of(cls, instrument: str, samples: npt.NDArray[np.float32]) -> Take | None:
        """Measure a recording; None if it is silent."""
        whole = samples[: len(samples) // LABEL_SAMPLES * LABEL_SAMPLES]
        if len(whole) < LABEL_SAMPLES or np.abs(whole).max() < 1e-4:
            return None
        level_db = energy_db(whole)
        return cls(instrument, whole, level_db - level_db.max())


@dataclass(frozen=True, slots=True)
class Material:
    """What scenes are made of."""

    takes: Mapping[str, Sequence[Take]]
    speech: Sequence[Clip]
    noises: Mapping[str, Noise]


def noises_of(data: Path, clips: Sequence[Clip], *, held_out: bool) -> dict[str, Noise]:
    """Every kind of noise but music, made from one half of the recordings."""
    around = [
        path
        for path in sorted((data / "noise").glob("*.flac"))
        if not any(word in path.stem for word in ("rir", "impulse", "silent", "p286", "guitar"))
    ]
    made = generated()
    del made["tune"]
    speeds = (1.0, 1.0) if held_out else (0.6, 1.7)
    half = around[int(held_out) :: 2]
    return {
        **made,
        "babble": babble([clip.samples for clip in clips]),
        "surroundings": recorded(read_recordings(half), at_once=1, speeds=speeds),
    }


class _Timeline:
    """Puts one part after the other until the scene is full."""

    def __init__(self, n_labels: int) -> None:
        self.samples = np.zeros(n_labels * LABEL_SAMPLES)
        self.below_peak_db = np.full(n_labels, -np.inf)
        self.at = 0

    @property
    def room(self) -> int:
        return len(self.below_peak_db) - self.at

    def rest(self, seconds: float) -> None:
        self.at = min(len(self.below_peak_db), self.at + int(100 * seconds))

    def sound(self, samples: Samples, below_peak_db: npt.NDArray[np.float64] | None = None) -> None:
        """Add a sound; with its levels if it is an instrument's."""
        labels = min(len(samples) // LABEL_SAMPLES, self.room)
        here = slice(self.at * LABEL_SAMPLES, (self.at + labels) * LABEL_SAMPLES)
        self.samples[here] += samples[: labels * LABEL_SAMPLES]
        if below_peak_db is not None:
            self.below_peak_db[self.at : self.at + labels] = below_peak_db[:labels]
        self.at += labels


def draw_scene(rng: Drawn, material: Material, seconds: float) -> MusicScene:
    """Draw a scene of one instrument; microphone, room, level and background at random."""
    timeline = _Timeline(int(100 * seconds))
    instruments = list(material.takes)
    takes = material.takes[instruments[int(rng.integers(len(instruments)))]]
    speech_db = rng.uniform(-12, 6)
    timeline.rest(rng.uniform(0, 2))
    while timeline.room > PHRASE_GAP_LABELS:
        part = str(rng.choice(_PARTS, p=_PART_SHARES))
        if part == "play":
            timeline.sound(*_excerpt(rng, takes[int(rng.integers(len(takes)))]))
        elif part == "speech":
            clip = material.speech[int(rng.integers(len(material.speech)))]
            timeline.sound(_at_db(clip.samples[: 6 * ANALYSIS_RATE_HZ], speech_db))
        elif part == "noise":
            length = min(timeline.room, int(rng.uniform(50, 800))) * LABEL_SAMPLES
            timeline.sound(_at_db(_draw_noise(rng, material, length), rng.uniform(-25, 0)))
        else:
            timeline.rest(rng.uniform(0.3, 5))
    return _hear(rng, timeline, material)


def _excerpt(rng: Drawn, take: Take) -> tuple[Samples, npt.NDArray[np.float64]]:
    """One to twelve seconds of a take, at an RMS of 1, faded out so that no cut is heard."""
    length = int(rng.uniform(100, 1200))
    first = int(rng.integers(0, max(1, len(take.below_peak_db) - length)))
    labels = take.below_peak_db[first : first + length]
    samples = take.samples[first * LABEL_SAMPLES : (first + len(labels)) * LABEL_SAMPLES]
    fade = np.ones(len(samples))
    fade[-2 * LABEL_SAMPLES :] = np.linspace(1, 0, 2 * LABEL_SAMPLES)
    return _at_db(samples, 0) * fade, labels


def _draw_noise(rng: Drawn, material: Material, n_samples: int) -> Samples:
    # A hum that is switched on is the noise most like a held note, and a common one.
    if rng.random() < _HUM_SHARE:
        return hum(rng, n_samples)
    names = list(material.noises)
    return material.noises[names[int(rng.integers(len(names)))]](rng, n_samples)


def _hear(rng: Drawn, timeline: _Timeline, material: Material) -> MusicScene:
    clean = heard_otherwise(rng, timeline.samples)
    heard = clean + _background(rng, material, len(clean))
    below_peak_db = timeline.below_peak_db
    # Away from digital silence, so that decibels stay finite.
    above_rest_db = energy_db((0.1 * clean).astype(np.float32)) - energy_db(
        (0.1 * (heard - clean)).astype(np.float32)
    )
    is_heard = above_rest_db > -MASKED_DB
    is_playing = fill_gaps((below_peak_db > -AUDIBLE_DB) & is_heard, PHRASE_GAP_LABELS)
    is_certain = is_playing | (below_peak_db < -DOUBTFUL_DB)
    level = 10 ** (rng.uniform(-42, -14) / 20)
    return MusicScene(np.clip(heard * level, -1, 1).astype(np.float32), is_playing, is_certain)


def _background(rng: Drawn, material: Material, n_samples: int) -> Samples:
    """What sounds all the time: a room's tone, often a television or another noise over it."""
    sound = _at_db(coloured(rng, n_samples, rng.uniform(0, 2)), -rng.uniform(40, 70))
    kind = rng.choice(["nothing", "television", "noise"], p=[0.17, 0.33, 0.5])
    if kind == "television":
        sound = sound + _at_db(_television(rng, material.speech, n_samples), -rng.uniform(6, 30))
    elif kind == "noise":
        sound = sound + _at_db(_draw_noise(rng, material, n_samples), -rng.uniform(8, 40))
    return sound


def _television(rng: Drawn, clips: Sequence[Clip], n_samples: int) -> Samples:
    """People who go on talking, in a room with much echo."""
    said: list[Samples] = []
    while sum(map(len, said)) < n_samples:
        said.append(_at_db(clips[int(rng.integers(len(clips)))].samples, 0))
        said.append(np.zeros(int(rng.uniform(0, 0.8) * ANALYSIS_RATE_HZ)))
    t = np.arange(ANALYSIS_RATE_HZ // 2) / ANALYSIS_RATE_HZ
    echo = 0.1 * rng.standard_normal(len(t)) * np.exp(-6.9 * t / rng.uniform(0.3, 0.7))
    echo[0] = 1
    return np.asarray(signal.fftconvolve(np.concatenate(said)[:n_samples], echo)[:n_samples])


def _at_db(samples: npt.NDArray[np.floating], rms_db: float) -> Samples:
    unit = samples / (samples.std(dtype=np.float64) + 1e-9)
    return np.asarray(unit * 10 ** (rms_db / 20), np.float64)
