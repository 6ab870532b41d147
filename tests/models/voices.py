"""Voices made up for tests: a buzz through two resonances, with a melody and syllables."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import signal

from dsp.clock import ANALYSIS_RATE_HZ

Samples = npt.NDArray[np.float32]


def voice(
    seconds: float = 3.0,
    *,
    f0_hz: float = 130.0,
    melody_st: float = 3.0,
    syllables_per_s: float = 4.0,
    level_dbfs: float = -20.0,
    seed: int = 0,
) -> Samples:
    """Syllables of a sung vowel with consonants of noise between them."""
    rng = np.random.default_rng(seed)
    time_s = np.arange(int(seconds * ANALYSIS_RATE_HZ)) / ANALYSIS_RATE_HZ
    semitones = melody_st * np.sin(2 * np.pi * 0.7 * time_s + seed)
    phase = 2 * np.pi * np.cumsum(f0_hz * 2 ** (semitones / 12)) / ANALYSIS_RATE_HZ
    buzz = np.sum([np.sin(k * phase) / k for k in range(1, 25)], axis=0)
    for centre_hz in (600 + 40 * (seed % 5), 1500):
        width = 0.08 * centre_hz / (ANALYSIS_RATE_HZ / 2)
        centre = centre_hz / (ANALYSIS_RATE_HZ / 2)
        band = signal.butter(1, [centre - width, centre + width], "band")
        buzz = buzz + 3 * signal.lfilter(*band, buzz)
    opening = np.clip(np.sin(2 * np.pi * syllables_per_s * time_s) + 0.5, 0, 1)
    sound = buzz * opening + 0.02 * rng.normal(size=len(time_s))
    gain = 10 ** (level_dbfs / 20) / np.sqrt(np.square(sound).mean())
    return np.asarray(sound * gain, np.float32)
