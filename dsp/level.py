"""Level, peak and clipping of each hop."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dsp.clock import HOP_SAMPLES
from dsp.decibels import power_to_db
from dsp.kernel import Hops

# What 24 bits of silence measure; keeps the logarithm finite.
FLOOR_DBFS = -144.0
# Converters and resamplers rarely hit full scale exactly when they clip.
CLIPPING_AMPLITUDE = 0.99
CLIPPING_SAMPLES = 3

_FLOOR_POWER = np.float32(10 ** (FLOOR_DBFS / 10))
_MEAN = np.full(HOP_SAMPLES, 1 / HOP_SAMPLES, np.float32)
_TWO_OVER_HOP = np.float32(2 / HOP_SAMPLES)


@dataclass(frozen=True, slots=True)
class Levels:
    """Levels of one hop per stream.

    Attributes
    ----------
    level_dbfs : float32, shape (n_streams,)
        RMS level without the hop's mean, relative to a full-scale *sine* (AES17-2015: a sine that
        just touches full scale is 0 dBFS, a full-scale square wave +3.01). Removing the mean
        deviates from AES17; it keeps a microphone's constant offset from passing for sound.
    peak_dbfs : float32, shape (n_streams,)
        Largest absolute sample, relative to full scale. Not a true peak (BS.1770 annex 2).
    clipped : bool, shape (n_streams,)
        At least `CLIPPING_SAMPLES` samples at or beyond `CLIPPING_AMPLITUDE`.
    """

    level_dbfs: npt.NDArray[np.float32]
    peak_dbfs: npt.NDArray[np.float32]
    clipped: npt.NDArray[np.bool_]


def measure_levels(hops: Hops) -> Levels:
    """Measure each hop by itself.

    Parameters
    ----------
    hops : float32, shape (n_streams, HOP_SAMPLES)
        Samples in [-1, 1].

    Returns
    -------
    Levels
        Neither level goes below `FLOOR_DBFS`.
    """
    # A sine of amplitude 1 has a power of a half: twice the power is relative to it.
    power = np.empty((2, len(hops)), np.float32)
    np.multiply(np.vecdot(hops, hops), _TWO_OVER_HOP, out=power[0])
    power[0] -= 2 * np.square(np.vecdot(hops, _MEAN))
    amplitude = np.abs(hops)
    peak = np.maximum.reduce(amplitude, axis=1)
    np.square(peak, out=power[1])
    clipped = peak >= CLIPPING_AMPLITUDE
    if np.logical_or.reduce(clipped):
        clipped = (amplitude >= CLIPPING_AMPLITUDE).sum(axis=1) >= CLIPPING_SAMPLES
    level_dbfs, peak_dbfs = power_to_db(power, _FLOOR_POWER)
    return Levels(level_dbfs, peak_dbfs, clipped)
