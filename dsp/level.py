"""Level, peak and clipping of each hop."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dsp.clock import HOP_SAMPLES
from dsp.kernel import Hops

# What 24 bits of silence measure; keeps the logarithm finite.
FLOOR_DBFS = -144.0
# Converters and resamplers rarely hit full scale exactly when they clip.
CLIPPING_AMPLITUDE = 0.99
CLIPPING_SAMPLES = 3

_FLOOR_POWER = 10 ** (FLOOR_DBFS / 10) / 2
_FLOOR_AMPLITUDE = 10 ** (FLOOR_DBFS / 20)


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
    mean = hops.mean(axis=1)
    power = np.vecdot(hops, hops) / np.float32(HOP_SAMPLES) - np.square(mean)
    amplitude = np.abs(hops)
    peak = amplitude.max(axis=1)
    clipped = peak >= CLIPPING_AMPLITUDE
    if clipped.any():
        clipped = (amplitude >= CLIPPING_AMPLITUDE).sum(axis=1) >= CLIPPING_SAMPLES
    return Levels(
        level_dbfs=10 * np.log10(2 * np.maximum(power, np.float32(_FLOOR_POWER))),
        peak_dbfs=20 * np.log10(np.maximum(peak, np.float32(_FLOOR_AMPLITUDE))),
        clipped=clipped,
    )
