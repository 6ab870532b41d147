"""Normalised autocorrelation of short frames, and the periods it proposes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.fft
import scipy.signal

from dsp.clock import ANALYSIS_RATE_HZ
from dsp.pitch.ranges import PitchRange

Floats = npt.NDArray[np.float32]

_TINY = np.float32(1e-12)
_NOT_A_PEAK = np.float32(-2.0)
# So few that their spectra stay in the processor's cache.
_ROWS_AT_ONCE = 64
# How much a peak loses in the ranking per octave of a longer period.
OCTAVE_COST = 0.01


class Candidates(NamedTuple):
    """Periods of each frame, best first.

    Attributes
    ----------
    f0_hz, strength : float32, shape (n_frames, count)
        A missing candidate has strength 0 and the lowest F0.
    """

    f0_hz: Floats
    strength: Floats


class Autocorrelator:
    """Finds the periods of frames that have the length of a range.

    The autocorrelation is that of Boersma [1]_, divided by the window's, but made from the
    magnitude spectrum instead of the power spectrum: compressing the spectrum keeps one strong
    formant from hiding the other harmonics (Tolonen and Karjalainen [2]_ take the power of 0.67).
    Results are bit-equal whatever the batch.

    References
    ----------
    .. [1] P. Boersma (1993), "Accurate short-term analysis of the fundamental frequency and the
       harmonics-to-noise ratio of a sampled sound", Proc. Inst. Phonetic Sciences 17, 97-110.
    .. [2] T. Tolonen, M. Karjalainen (2000), "A computationally efficient multipitch analysis
       model", IEEE Trans. Speech and Audio Processing 8(6), 708-716.
    """

    def __init__(self, pitch_range: PitchRange) -> None:
        self._range = pitch_range
        self._window = scipy.signal.get_window("hann", pitch_range.frame_samples).astype(np.float32)
        self._mean = (self._window / self._window.sum()).astype(np.float32)
        self._bins = pitch_range.fft_samples // (2 * pitch_range.lag_samples) + 1
        self.bin_hz = ANALYSIS_RATE_HZ / pitch_range.fft_samples
        self._weight = self._band_weight()
        lag_rate_hz = ANALYSIS_RATE_HZ / pitch_range.lag_samples
        # One more at either end, so that the outermost periods can be peaks.
        self._first_lag = int(lag_rate_hz / pitch_range.ceiling_hz) - 1
        lags = np.arange(self._first_lag, int(np.ceil(lag_rate_hz / pitch_range.floor_hz)) + 2)
        self._undo_window = self._window_correction(lags)
        self._cost = (OCTAVE_COST * np.log2(lags[1:-1] / lags[1])).astype(np.float32)
        self._cosines = self._cosine_table()
        self._padded = np.zeros((_ROWS_AT_ONCE, pitch_range.fft_samples), np.float32)
        self._lag_rate_hz = np.float32(lag_rate_hz)

    def power(self, frames: Sequence[Floats]) -> Floats:
        """Power spectrum of each frame under the window, its mean taken away.

        Parameters
        ----------
        frames : sequence of float32, shape (n, frame_samples)

        Returns
        -------
        float32, shape (len(frames) * n, fft_samples // 2 + 1)
        """
        n = len(frames[0])
        power = np.empty((len(frames) * n, self._range.fft_samples // 2 + 1), np.float32)
        for start, some in zip(range(0, len(power), n or 1), frames, strict=False):
            for first in range(0, n, _ROWS_AT_ONCE):
                rows = some[first : first + _ROWS_AT_ONCE]
                self._power_of(rows, power[start + first :][: len(rows)])
        return power

    def _power_of(self, frames: Floats, power: Floats) -> None:
        windowed = self._padded[: len(frames)]
        framed = windowed[:, : self._range.frame_samples]
        np.subtract(frames, np.vecdot(frames, self._mean)[:, None], out=framed)
        framed *= self._window
        spectrum = scipy.fft.rfft(windowed, axis=1)
        parts = spectrum.view(np.float32)
        np.square(parts, out=parts)
        np.add(parts[:, ::2], parts[:, 1::2], out=power)

    def normalised(self, power: Floats) -> Floats:
        """Autocorrelation of the compressed spectrum, 1 for a perfectly periodic frame.

        Parameters
        ----------
        power : float32, shape (n_frames, fft_samples // 2 + 1)

        Returns
        -------
        float32, shape (n_frames, n_lags)
            Digital silence gives 0.
        """
        magnitude = np.sqrt(power[:, : self._bins])
        magnitude *= self._weight
        correlation = scipy.fft.dct(magnitude, 1, axis=1, overwrite_x=True)
        whole = correlation[:, :1] + _TINY
        normalised = correlation[:, self._first_lag : self._first_lag + len(self._undo_window)]
        return np.asarray(normalised * self._undo_window / whole, np.float32)

    def candidates(self, normalised: Floats, count: int) -> Candidates:
        """Pick the strongest peaks, read between the lags by a parabola.

        Parameters
        ----------
        normalised : float32, shape (n_frames, n_lags)
        count : int > 0
        """
        middle = normalised[:, 1:-1]
        is_peak = middle >= normalised[:, :-2]
        is_peak &= middle > normalised[:, 2:]
        is_peak &= middle > 0
        ranking = np.where(is_peak, middle - self._cost, _NOT_A_PEAK)
        rows = np.arange(len(normalised))
        best = np.empty((len(rows), count), np.intp)
        for candidate in range(count):
            peak = ranking.argmax(axis=1, out=best[:, candidate])
            ranking[rows, peak] = _NOT_A_PEAK
        # Where peaks run out, the first lag is taken, which is no peak, or one that is had twice.
        return self._refine(normalised, best, is_peak[rows[:, None], best])

    def periodicity(self, power: Floats, f0_hz: Floats) -> Floats:
        """Boersma's normalised autocorrelation, of the spectrum as it is, at one period each.

        Parameters
        ----------
        power : float32, shape (n_frames, fft_samples // 2 + 1)
        f0_hz : float32, shape (n_frames,)

        Returns
        -------
        float32, shape (n_frames,), 0 to 1
        """
        lag = np.rint(np.float32(ANALYSIS_RATE_HZ) / f0_hz).astype(np.intp)
        used = power[:, : self._bins]
        at_period = np.vecdot(used, self._cosines[lag])
        whole = np.vecdot(used, self._cosines[0]) + _TINY
        periodicity: Floats = np.clip(at_period / whole, 0, 1)
        return periodicity

    def _refine(
        self, normalised: Floats, best: npt.NDArray[np.intp], found: npt.NDArray[np.bool_]
    ) -> Candidates:
        flat = normalised.ravel()
        at = best + (np.arange(len(best)) * normalised.shape[1])[:, None]
        left, peak, right = flat[at], flat[at + 1], flat[at + 2]
        tilt = np.float32(0.5) * (left - right)
        offset = tilt / np.minimum(left - 2 * peak + right, -_TINY)
        np.clip(offset, np.float32(-0.5), np.float32(0.5), out=offset)
        period = (best + (self._first_lag + 1)).astype(np.float32) + offset
        f0_hz = np.where(found, self._lag_rate_hz / period, np.float32(self._range.floor_hz))
        height = np.minimum(peak - np.float32(0.5) * tilt * offset, np.float32(1))
        return Candidates(f0_hz, np.where(found, height, np.float32(0)))

    def _band_weight(self) -> Floats:
        hz = np.arange(self._bins) * self.bin_hz
        full_hz, end_hz = self._range.full_band_hz, self._range.band_hz
        weight: Floats = np.clip((end_hz - hz) / (end_hz - full_hz), 0, 1).astype(np.float32)
        return weight

    def _cosine_table(self) -> Floats:
        """Row by lag in samples: what makes the sum of a power spectrum the autocorrelation."""
        n = self._range.fft_samples
        longest = ANALYSIS_RATE_HZ / self._range.floor_hz + 2 * self._range.lag_samples
        lags = np.arange(int(np.ceil(longest)) + 1)
        cosines = np.cos(2 * np.pi * np.outer(lags, np.arange(self._bins)) / n)
        window = scipy.fft.irfft(np.abs(scipy.fft.rfft(self._window.astype(np.float64), n)) ** 2, n)
        cosines *= (window[0] / window[lags])[:, None]
        return cosines.astype(np.float32)

    def _window_correction(self, lags: npt.NDArray[np.intp]) -> Floats:
        n = self._range.fft_samples
        power = np.abs(scipy.fft.rfft(self._window.astype(np.float64), n)) ** 2
        correlation = scipy.fft.irfft(power, n)[:: self._range.lag_samples]
        correction: Floats = (correlation[0] / correlation[lags]).astype(np.float32)
        return correction
