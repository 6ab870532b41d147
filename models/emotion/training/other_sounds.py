"""Sounds that are not speech, made up: what the model must learn to say nothing about."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy import signal

from dsp.clock import ANALYSIS_RATE_HZ
from models.emotion.training.augmentation import coloured_noise

Samples = npt.NDArray[np.float32]
Make = Callable[[int, np.random.Generator], Samples]


def hum(n_samples: int, rng: np.random.Generator) -> Samples:
    """Mains or a motor: a steady low tone with harmonics, and a little noise."""
    f0_hz = rng.uniform(45, 250)
    return _tone(n_samples, np.full(n_samples, f0_hz), rng) + _hiss(n_samples, rng)


def siren(n_samples: int, rng: np.random.Generator) -> Samples:
    """A tone that sweeps up and down, as alarms and wind do."""
    phase = 2 * np.pi * rng.uniform(0.2, 2) * np.arange(n_samples) / ANALYSIS_RATE_HZ
    f0_hz = rng.uniform(150, 900) * 2 ** (rng.uniform(0.1, 1) * np.sin(phase))
    return _tone(n_samples, f0_hz, rng) + _hiss(n_samples, rng)


def melody(n_samples: int, rng: np.random.Generator) -> Samples:
    """Notes of an instrument, one after another, each dying away."""
    sound, position = _hiss(n_samples, rng), 0
    while position < n_samples:
        length = int(rng.uniform(0.12, 0.8) * ANALYSIS_RATE_HZ)
        f0_hz = 110 * 2 ** (rng.integers(0, 36) / 12)
        note = _tone(length, np.full(length, f0_hz), rng)
        note *= np.exp(-np.arange(length) / (rng.uniform(0.1, 1) * ANALYSIS_RATE_HZ))
        end = min(position + length, n_samples)
        sound[position:end] += note[: end - position]
        position = end
    return sound


def knocks(n_samples: int, rng: np.random.Generator) -> Samples:
    """Typing, steps, cutlery: short decaying bursts at uneven times."""
    sound = _hiss(n_samples, rng)
    for start in rng.integers(0, n_samples, rng.integers(3, 25)):
        length = int(rng.uniform(0.01, 0.15) * ANALYSIS_RATE_HZ)
        burst = rng.normal(size=length) * np.exp(-6 * np.arange(length) / length)
        cut = signal.butter(2, rng.uniform(300, 6000) / (ANALYSIS_RATE_HZ / 2))
        burst = signal.lfilter(*cut, burst)[: n_samples - start]
        sound[start : start + len(burst)] += burst.astype(np.float32)
    return sound


def steady_noise(n_samples: int, rng: np.random.Generator) -> Samples:
    """A fan, rain, traffic: coloured noise that may swell and fade."""
    noise = coloured_noise(rng.uniform(0, 2))(np.zeros(n_samples, np.float32), rng)
    time_s = np.arange(n_samples) / ANALYSIS_RATE_HZ
    cycles = rng.uniform(0.1, 4) * time_s + rng.random()
    swell_db = rng.uniform(0, 12) * np.sin(2 * np.pi * cycles)
    return np.asarray(noise * 10 ** (swell_db / 20), np.float32)


MAKERS: tuple[Make, ...] = (hum, siren, melody, knocks, steady_noise)


def make_sounds(count: int, seconds: float, rng: np.random.Generator) -> list[Samples]:
    """Make sounds of all kinds in turn, peaks anywhere from -60 to 0 dBFS."""
    n_samples = int(seconds * ANALYSIS_RATE_HZ)
    sounds = [MAKERS[number % len(MAKERS)](n_samples, rng) for number in range(count)]
    return [
        (sound * (10 ** (rng.uniform(-60, 0) / 20) / np.abs(sound).max())).astype(np.float32)
        for sound in sounds
    ]


def _tone(n_samples: int, f0_hz: npt.NDArray[np.float64], rng: np.random.Generator) -> Samples:
    phase = 2 * np.pi * np.cumsum(f0_hz) / ANALYSIS_RATE_HZ
    partials = int(min(rng.integers(1, 12), ANALYSIS_RATE_HZ / 2 // f0_hz.max()))
    falling = rng.uniform(0.3, 2)
    tone = sum(np.sin(k * phase) / k**falling for k in range(1, partials + 1))
    return np.asarray(tone, np.float32)


def _hiss(n_samples: int, rng: np.random.Generator) -> Samples:
    return (10 ** rng.uniform(-4, -1.5) * rng.normal(size=n_samples)).astype(np.float32)
