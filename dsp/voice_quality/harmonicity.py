"""How much of a voice is tone and how much is breath: the harmonics-to-noise ratio."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.fft
from numpy.lib.stride_tricks import sliding_window_view
from scipy import signal

from dsp.clock import ANALYSIS_RATE_HZ

Float64s = npt.NDArray[np.float64]

FRAME_STEP_S = 0.01
LOWEST_F0_HZ, HIGHEST_F0_HZ = 75, 600
SILENCE_SHARE = 0.1  # frames whose peak is below this share of the loudest are silent
# Without it, a longer lag would win by chance: it is one octave's worth of correlation.
OCTAVE_COST = 0.01
# Between samples at 16 kHz a peak of 3 kHz hides; twice as many leave the parabola little to guess.
UPSAMPLING = 2

_RATE_HZ = UPSAMPLING * ANALYSIS_RATE_HZ
_WINDOW = _RATE_HZ // LOWEST_F0_HZ  # compared with its copy up to one longest period later
_LONGEST_LAG = _RATE_HZ // LOWEST_F0_HZ
_SHORTEST_LAG = _RATE_HZ // HIGHEST_F0_HZ
_FFT = scipy.fft.next_fast_len(2 * _WINDOW + _LONGEST_LAG, real=True)


def harmonics_to_noise_db(samples: Float64s, f0_hz: Float64s, *, frame_s: float) -> float | None:
    """Mean harmonics-to-noise ratio of the voiced frames, by forward cross-correlation.

    With ``r`` the highest normalised correlation of a frame with itself one or more periods later,
    a frame has ``10 log10(r / (1 - r))`` dB: 20 dB is 1 % noise.

    Parameters
    ----------
    samples : float64, shape (n,)
        At the analysis rate.
    f0_hz : float64, shape (n_frames,)
        Frame ``i`` is centred at ``i * frame_s``; NaN or 0 where unvoiced. Only says which frames
        are voiced and how short a lag may be.
    frame_s : float > 0, seconds

    Returns
    -------
    float or None
        dB; None if no frame is voiced.

    Notes
    -----
    Praat 6, "To Harmonicity (cc)" with its defaults (75 Hz, silence 0.1, one period a window).
    Deviations: voicing comes from the given contour; the peak is interpolated by a parabola on
    twice the rate instead of by a sinc.
    """
    centres, shortest_lags = _voiced_frames(f0_hz, frame_s, len(samples))
    if not len(centres):
        return None
    upsampled = signal.resample_poly(samples, UPSAMPLING, 1)
    starts = UPSAMPLING * centres - (_WINDOW + _LONGEST_LAG) // 2
    frames = sliding_window_view(upsampled, _WINDOW + _LONGEST_LAG)[starts]
    frames = frames - frames.mean(axis=1, keepdims=True)
    audible = np.abs(frames).max(axis=1) > SILENCE_SHARE * np.abs(samples).max()
    if not audible.any():
        return None
    correlations = _correlations(frames[audible])
    highest = _highest(correlations, UPSAMPLING * shortest_lags[audible])
    r = np.clip(highest, 1e-6, 1 - 1e-6)
    return float(np.mean(10 * np.log10(r / (1 - r))))


def _voiced_frames(
    f0_hz: Float64s, frame_s: float, n_samples: int
) -> tuple[npt.NDArray[np.intp], Float64s]:
    """Centre sample and shortest lag (0.8 of the period) of each voiced frame, every 10 ms."""
    every = max(1, round(FRAME_STEP_S / frame_s))
    frames = np.flatnonzero(f0_hz > 0)
    frames = frames[frames % every == 0]
    centres = np.round(frames * frame_s * ANALYSIS_RATE_HZ).astype(np.intp)
    reach = (_WINDOW + _LONGEST_LAG) // (2 * UPSAMPLING) + 1
    inside = (centres >= reach) & (centres < n_samples - reach)
    return centres[inside], 0.8 * ANALYSIS_RATE_HZ / f0_hz[frames[inside]]


def _correlations(frames: Float64s) -> Float64s:
    """Normalised correlation of the first window of each row with the windows 0, 1, ... later."""
    windows = frames[:, :_WINDOW]
    spectra = scipy.fft.rfft(frames, _FFT, axis=1)
    spectra *= np.conj(scipy.fft.rfft(windows, _FFT, axis=1))
    products = scipy.fft.irfft(spectra, _FFT, axis=1)[:, : _LONGEST_LAG + 1]
    energy = np.pad(np.cumsum(np.square(frames), axis=1), ((0, 0), (1, 0)))
    later_energy = energy[:, _WINDOW:] - energy[:, : _LONGEST_LAG + 1]
    scale = np.sqrt(np.maximum(later_energy * later_energy[:, :1], 1e-30))
    return np.asarray(products / scale)


def _highest(correlations: Float64s, shortest_lags: Float64s) -> Float64s:
    """Height of the best peak of each row, between the samples."""
    lags = np.arange(correlations.shape[1])
    scores = correlations - OCTAVE_COST * np.log2(np.maximum(lags, 1) / _SHORTEST_LAG)
    scores[lags < shortest_lags[:, None]] = -np.inf
    best = np.clip(scores.argmax(axis=1), 1, _LONGEST_LAG - 1)
    left, centre, right = (
        np.take_along_axis(correlations, best[:, None] + offset, 1)[:, 0] for offset in (-1, 0, 1)
    )
    curvature = np.minimum(left - 2 * centre + right, -1e-12)
    vertex = centre - (left - right) ** 2 / (8 * curvature)
    is_peak = (centre >= left) & (centre >= right)
    return np.asarray(np.where(is_peak, vertex, centre))
