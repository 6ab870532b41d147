"""Mel bands, and the spectral descriptors drawn from them, shared by every later kernel."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.sparse

from dsp.spectrum import BIN_HZ, BINS, FFT_SAMPLES, WINDOW

BANDS = 64
LOWEST_HZ = 50.0
HIGHEST_HZ = 8000.0
# Below what 16 bits can hold in a band; keeps logarithms finite.
MEL_FLOOR_DBFS = -120.0

Float32s = npt.NDArray[np.float32]

# Parseval over half the spectrum: with it, the bands of a full-scale sine add up to one.
_FULL_SCALE_POWER = FFT_SAMPLES / 2 * float(np.square(WINDOW).sum()) / 2


def hz_to_mel(hz: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """O'Shaughnessy's mel scale, as HTK has it."""
    mel: npt.NDArray[np.float64] = 2595 * np.log10(1 + hz / 700)
    return mel


def mel_to_hz(mel: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Inverse of `hz_to_mel`."""
    hz: npt.NDArray[np.float64] = 700 * (10 ** (mel / 2595) - 1)
    return hz


_LOWEST_MEL, _HIGHEST_MEL = hz_to_mel(np.array([LOWEST_HZ, HIGHEST_HZ]))
_EDGES_HZ = mel_to_hz(np.linspace(_LOWEST_MEL, _HIGHEST_MEL, BANDS + 2))
BAND_CENTRES_HZ = _EDGES_HZ[1:-1]


def _triangles() -> npt.NDArray[np.float64]:
    bins_hz = np.arange(BINS) * BIN_HZ
    low, centre, high = (_EDGES_HZ[i : i + BANDS, None] for i in range(3))
    rising = (bins_hz - low) / (centre - low)
    falling = (high - bins_hz) / (high - centre)
    return np.maximum(0, np.minimum(rising, falling))


# Sparse because most weights are zero, and because its product sums each band in the same order
# whatever the batch: BLAS does not, and results would differ in the last digits.
_FILTERS = scipy.sparse.csr_array((_triangles() / _FULL_SCALE_POWER).astype(np.float32))


def mel_power(power: Float32s) -> Float32s:
    """Sum a power spectrum into mel bands.

    Parameters
    ----------
    power : float32, shape (n_streams, BINS)
        From `dsp.spectrum`.

    Returns
    -------
    float32, shape (n_streams, BANDS)
        Power relative to a full-scale sine, whose bands add up to 1. Triangles of height one, half
        overlapping (HTK), so that the bands together keep the power between the outer centres.
        Bit-equal whatever the batch.
    """
    bands: Float32s = np.ascontiguousarray((_FILTERS @ power.T).T)
    return bands
