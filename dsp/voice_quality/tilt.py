"""How fast a voice falls towards high frequencies."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dsp.spectrum import BIN_HZ

LOWEST_BAND_HZ, HIGHEST_BAND_HZ = 125.0, 5_000.0
BANDS_PER_OCTAVE = 3


def spectral_tilt_db_per_octave(power: npt.NDArray[np.float32]) -> float | None:
    """Slope of the long-term average spectrum.

    A straight line is fitted to the mean power density of third-octave bands from 125 Hz to 5 kHz;
    pressed and loud voices lie near -6 dB an octave, soft and breathy ones below -12.

    Parameters
    ----------
    power : float32, shape (n_frames, BINS)
        `dsp.spectrum.Spectrum.power` of the voiced frames.

    Returns
    -------
    float or None
        dB per octave; None without frames, or if some band is empty.
    """
    if not len(power):
        return None
    mean_power = power.mean(axis=0, dtype=np.float64)
    n_bands = round(BANDS_PER_OCTAVE * np.log2(HIGHEST_BAND_HZ / LOWEST_BAND_HZ))
    octaves = np.arange(n_bands) / BANDS_PER_OCTAVE
    centres_hz = LOWEST_BAND_HZ * 2**octaves
    half_band = 2 ** (0.5 / BANDS_PER_OCTAVE)
    edges = np.round(np.append(centres_hz / half_band, centres_hz[-1] * half_band) / BIN_HZ)
    starts, ends = edges[:-1].astype(int), edges[1:].astype(int)
    density = np.array([mean_power[a:b].mean() for a, b in zip(starts, ends, strict=True)])
    if not density.all():
        return None
    return float(np.polyfit(octaves, 10 * np.log10(density), 1)[0])
