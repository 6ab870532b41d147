"""What one hop of a voice sounds like: colour, brightness, harmonics and pitch.

Computed once per hop for all streams, from the spectrum and the pitch that the live analysis has
anyway. Windows overlap six-fold, so whatever can be done per hop is done here and not per window.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt
import scipy.fft

from dsp.mel import BAND_CENTRES_HZ, BANDS
from dsp.spectrum import BIN_HZ, BINS

Float32s = npt.NDArray[np.float32]

CEPSTRA = 13
MODULATION_BANDS_HZ = ((50, 500), (500, 1500), (1500, 3500), (3500, 8000))
SEMITONE_ORIGIN_HZ = 27.5  # GeMAPS, Eyben et al. 2016

# Far below what a 16-bit converter's own noise puts into a band; keeps the logarithm finite.
_FLOOR_POWER = np.float32(1e-14)


class Column(IntEnum):
    """Where each descriptor lies in a row; the cepstra come last."""

    LEVEL = 0
    SEMITONES_EARLY = 1
    SEMITONES_LATE = 2
    CONFIDENCE = 3
    HARMONICITY = 4
    ALPHA_RATIO = 5
    HIGH_RATIO = 6
    HAMMARBERG = 7
    SLOPE_LOW = 8
    SLOPE_MIDDLE = 9
    SLOPE_HIGH = 10
    CENTROID = 11
    H1_H2 = 12
    H1_A1 = 13
    H1_A2 = 14
    H1_A3 = 15
    BAND_LEVELS = 16  # four columns
    CEPSTRA = 20  # thirteen columns


DESCRIPTORS = Column.CEPSTRA + CEPSTRA


def describe_hops(
    power: Float32s,
    mel_dbfs: Float32s,
    f0_hz: Float32s,
    f0_periodicity: Float32s,
    level_dbfs: Float32s,
) -> Float32s:
    """Describe one hop of each stream.

    Parameters
    ----------
    power : float32, shape (n, BINS)
        `dsp.spectrum.Spectrum.power`.
    mel_dbfs : float32, shape (n, BANDS)
        `dsp.descriptors.Descriptors.mel_dbfs` of the same windows.
    f0_hz, f0_periodicity : float32, shape (n, 2)
        `dsp.pitch.PitchFrames` of the same hop; NaN Hz where unvoiced.
    level_dbfs : float32, shape (n,)
        `dsp.level.Levels.level_dbfs`.

    Returns
    -------
    float32, shape (n, DESCRIPTORS)
        Columns as `Column` names them. Ratios and levels in dB, pitch in semitones over 27.5 Hz
        (NaN where unvoiced), slopes in dB per kHz, centroid in semitones over 100 Hz. Apart from
        LEVEL, SEMITONES_* and the band levels nothing changes with the microphone's gain.

    Notes
    -----
    Alpha ratio, Hammarberg index, slopes and harmonic differences after GeMAPS (Eyben et al. 2016).
    Deviations: they are read off 64 mel bands (the harmonics off the FFT); the lowest band
    begins at 50 Hz; A1 to A3 are the highest peaks of three fixed ranges (300-1000, 1000-2200,
    2200-3500 Hz) and not those nearest to tracked formants.
    """
    energy = np.power(np.float32(10), mel_dbfs / np.float32(10))
    density_db = mel_dbfs - _WIDTHS_DB
    described = np.empty((len(power), DESCRIPTORS), np.float32)
    described[:, Column.LEVEL] = level_dbfs
    described[:, Column.SEMITONES_EARLY : Column.CONFIDENCE] = hz_to_semitones(f0_hz)
    described[:, Column.CONFIDENCE] = f0_periodicity.min(axis=1)
    described[:, Column.HARMONICITY] = _harmonicity_db(f0_periodicity.mean(axis=1))
    _describe_balance(described, energy, density_db)
    _describe_harmonics(described, power, f0_hz)
    described[:, Column.CEPSTRA :] = np.matvec(_DCT, density_db)
    return described


def hz_to_semitones(f0_hz: Float32s) -> Float32s:
    """Semitones above 27.5 Hz; NaN stays NaN."""
    return np.asarray(12 * np.log2(f0_hz / np.float32(SEMITONE_ORIGIN_HZ)))


def _harmonicity_db(correlation: Float32s) -> Float32s:
    r = np.clip(correlation, 0.01, 0.995)
    return np.asarray(10 * np.log10(r / (1 - r)))


def _db(power: Float32s) -> Float32s:
    return np.asarray(10 * np.log10(power + _FLOOR_POWER))


def _describe_balance(described: Float32s, energy: Float32s, density_db: Float32s) -> None:
    low = _range_db(energy, 50, 1000)
    described[:, Column.ALPHA_RATIO] = _range_db(energy, 1000, 5000) - low
    described[:, Column.HIGH_RATIO] = _range_db(energy, 4000, 8000) - low
    loudest_low = density_db[:, _between(0, 2000)].max(axis=1)
    loudest_high = density_db[:, _between(2000, 5000)].max(axis=1)
    described[:, Column.HAMMARBERG] = loudest_low - loudest_high
    described[:, Column.SLOPE_LOW : Column.CENTROID] = np.matvec(_SLOPES, density_db)
    total = energy.sum(axis=1) + _FLOOR_POWER
    centroid_hz = np.vecdot(energy, _CENTRES_HZ) / total
    described[:, Column.CENTROID] = 12 * np.log2(np.maximum(centroid_hz, _CENTRES_HZ[0]) / 100)
    for number, (low_hz, high_hz) in enumerate(MODULATION_BANDS_HZ):
        described[:, Column.BAND_LEVELS + number] = _range_db(energy, low_hz, high_hz)


def _describe_harmonics(described: Float32s, power: Float32s, f0_hz: Float32s) -> None:
    """H1 against H2 and the formant ranges; of no use where unvoiced, and not read there."""
    first_bin = np.rint(np.nan_to_num(f0_hz[:, 0], nan=150.0) / BIN_HZ).astype(np.intp)
    h1_db = _peak_db(power, first_bin)
    described[:, Column.H1_H2] = h1_db - _peak_db(power, 2 * first_bin)
    for number, (low_hz, high_hz) in enumerate(_FORMANT_RANGES_HZ):
        loudest = power[:, round(low_hz / BIN_HZ) : round(high_hz / BIN_HZ)].max(axis=1)
        described[:, Column.H1_A1 + number] = h1_db - _db(loudest)


def _peak_db(power: Float32s, centre_bin: npt.NDArray[np.intp]) -> Float32s:
    around = np.clip(centre_bin[:, None] + np.arange(-2, 3), 0, BINS - 1)
    return _db(np.take_along_axis(power, around, axis=1).max(axis=1))


def _range_db(energy: Float32s, low_hz: float, high_hz: float) -> Float32s:
    return _db(energy[:, _between(low_hz, high_hz)].sum(axis=1))


def _between(low_hz: float, high_hz: float) -> slice:
    first, end = np.searchsorted(_CENTRES_HZ, (low_hz, high_hz))
    return slice(int(first), int(end))


def _slopes() -> Float32s:
    """Rows that give the least-squares slope of the bands in three ranges, dB per kHz."""
    rows = np.zeros((3, BANDS), np.float32)
    for row, (low_hz, high_hz) in zip(rows, ((0, 500), (500, 1500), (1500, 4500)), strict=True):
        inside = _between(low_hz, high_hz)
        khz = _CENTRES_HZ[inside] / 1000
        khz = khz - khz.mean()
        row[inside] = khz / (khz @ khz)
    return rows


_CENTRES_HZ: Float32s = BAND_CENTRES_HZ.astype(np.float32)
_WIDTHS_DB: Float32s = (10 * np.log10(np.gradient(BAND_CENTRES_HZ) / BIN_HZ)).astype(np.float32)
_SLOPES = _slopes()
_DCT: Float32s = scipy.fft.dct(np.eye(BANDS), norm="ortho", axis=0)[1 : CEPSTRA + 1].astype(
    np.float32
)
_FORMANT_RANGES_HZ = ((300, 1000), (1000, 2200), (2200, 3500))
