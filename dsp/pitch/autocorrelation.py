"""Normalised autocorrelation of short frames, and the periods it proposes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.fft

from dsp.clock import ANALYSIS_RATE_HZ

Floats = npt.NDArray[np.float32]

FRAME_SAMPLES = 768  # 48 ms: just under three periods of the lowest voice
FLOOR_HZ = 60.0
CEILING_HZ = 2000.0

_SHORTEST_LAG = int(ANALYSIS_RATE_HZ / CEILING_HZ) - 1
_LONGEST_LAG = int(np.ceil(ANALYSIS_RATE_HZ / FLOOR_HZ)) + 1
# Long enough that lags up to the longest do not wrap round.
_FFT_SAMPLES = scipy.fft.next_fast_len(FRAME_SAMPLES + _LONGEST_LAG + 1, real=True)
_TINY = np.float32(1e-12)
_NOT_A_PEAK = np.float32(-2.0)


def _window_and_its_autocorrelation() -> tuple[Floats, Floats]:
    window = np.hanning(FRAME_SAMPLES + 2)[1:-1]
    power = np.abs(scipy.fft.rfft(window, _FFT_SAMPLES)) ** 2
    return window.astype(np.float32), scipy.fft.irfft(power, _FFT_SAMPLES).astype(np.float32)


_WINDOW, _WINDOW_AUTOCORRELATION = _window_and_its_autocorrelation()
_LAGS = np.arange(_SHORTEST_LAG, _LONGEST_LAG + 1)
_UNDO_WINDOW = _WINDOW_AUTOCORRELATION[0] / _WINDOW_AUTOCORRELATION[_LAGS]


def normalised_autocorrelation(frames: Floats) -> Floats:
    """Autocorrelation of the signal under the window, divided by that of the window.

    Parameters
    ----------
    frames : float32, shape (n_frames, FRAME_SAMPLES)

    Returns
    -------
    float32, shape (n_frames, n_lags)
        1 for a perfectly periodic frame at its period. Digital silence gives 0.

    References
    ----------
    P. Boersma (1993), "Accurate short-term analysis of the fundamental frequency and the
    harmonics-to-noise ratio of a sampled sound", Proc. Inst. Phonetic Sciences 17, 97-110.
    """
    windowed = frames - frames.mean(axis=1, keepdims=True)
    windowed *= _WINDOW
    spectrum = scipy.fft.rfft(windowed, _FFT_SAMPLES, axis=1)
    power = np.square(spectrum.real) + np.square(spectrum.imag)
    correlation: Floats = scipy.fft.irfft(power, _FFT_SAMPLES, axis=1)
    normalised: Floats = correlation[:, _LAGS[0] : _LAGS[-1] + 1] * _UNDO_WINDOW
    normalised /= correlation[:, :1] + _TINY
    return normalised


def strongest_periods(
    normalised: Floats, *, count: int, octave_cost: float
) -> tuple[Floats, Floats]:
    """Pick the peaks of a normalised autocorrelation.

    Parameters
    ----------
    normalised : float32, shape (n_frames, n_lags)
        From `normalised_autocorrelation`.
    count : int
        How many candidates to keep.
    octave_cost : float
        How much a peak loses in the ranking per octave of a longer period.

    Returns
    -------
    f0_hz, strength : float32, shape (n_frames, count)
        Best first. A missing candidate has strength 0 and `FLOOR_HZ`.
    """
    middle = normalised[:, 1:-1]
    is_peak = (middle >= normalised[:, :-2]) & (middle > normalised[:, 2:]) & (middle > 0)
    cost = (octave_cost * np.log2(_LAGS[1:-1] / _LAGS[0])).astype(np.float32)
    ranking = np.where(is_peak, middle - cost, _NOT_A_PEAK)
    rows = np.arange(len(normalised))
    f0_hz = np.full((len(rows), count), FLOOR_HZ, np.float32)
    strength = np.zeros((len(rows), count), np.float32)
    for candidate in range(count):
        best = ranking.argmax(axis=1)
        found = ranking[rows, best] > _NOT_A_PEAK
        left, peak, right = (normalised[rows, best + shift] for shift in (0, 1, 2))
        bend = np.minimum(left - 2 * peak + right, -_TINY)
        offset = np.clip(0.5 * (left - right) / bend, -0.5, 0.5)
        period = _LAGS[0] + 1 + best + offset
        f0_hz[:, candidate] = np.where(found, ANALYSIS_RATE_HZ / period, FLOOR_HZ)
        height = np.minimum(peak - 0.25 * (left - right) * offset, 1)
        strength[:, candidate] = np.where(found, height, 0)
        ranking[rows, best] = _NOT_A_PEAK
    return f0_hz, strength
