"""The short-time power spectrum that every spectral kernel shares: one FFT per stream and hop.

The window ends with the hop, so nothing here looks ahead; what a frame speaks of is its centre,
`CENTRE_LAG_SAMPLES` (24 ms) before the end of the hop.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.fft
import scipy.signal

from dsp.clock import ANALYSIS_RATE_HZ, HOP_SAMPLES
from dsp.kernel import Hops, Rows, Slots

# 48 ms holds three periods of 62.5 Hz, what Boersma's autocorrelation needs, and is long enough
# for the lowest mel bands.
WINDOW_SAMPLES = 768
# The next power of two. Padding to WINDOW + longest lag would rule out wrap-around for lags above
# 256; the window's tails are so small there that 1024 loses nothing measurable and costs less.
FFT_SAMPLES = 1024
BINS = FFT_SAMPLES // 2 + 1
BIN_HZ = ANALYSIS_RATE_HZ / FFT_SAMPLES
CENTRE_LAG_SAMPLES = WINDOW_SAMPLES // 2

HISTORY_SAMPLES = WINDOW_SAMPLES - HOP_SAMPLES

Window = npt.NDArray[np.float32]
# Periodic Hann (Harris 1978), the usual choice for overlapped spectra.
WINDOW: Window = scipy.signal.get_window("hann", WINDOW_SAMPLES).astype(np.float32)
WINDOW_MEAN: Window = (WINDOW / WINDOW.sum()).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Spectrum:
    """One analysis window per stream and its power spectrum.

    Attributes
    ----------
    samples : float32, shape (n_streams, WINDOW_SAMPLES)
        The newest samples, oldest first, as they came: neither windowed nor freed of their mean.
        Zeros stand for the time before the stream began.
    power : float32, shape (n_streams, BINS)
        ``|FFT|^2`` of the windowed samples after their windowed mean is taken away (so that a
        microphone's constant offset does not leak into the lowest bins), unnormalised.
    """

    samples: npt.NDArray[np.float32]
    power: npt.NDArray[np.float32]


class ShortTimeSpectrum:
    """Kernel: the power spectrum of the last `WINDOW_SAMPLES` of each stream.

    Results are bit-equal whatever the batch: pocketfft does the same operations in the same order
    on each row, and everything else here works element by element or row by row.
    """

    def __init__(self, capacity: int) -> None:
        self._history = np.zeros((capacity, HISTORY_SAMPLES), np.float32)

    def resize(self, capacity: int) -> None:
        """Make room for at least `capacity` slots, keeping the state of those in use."""
        grown = np.zeros((capacity, HISTORY_SAMPLES), np.float32)
        grown[: len(self._history)] = self._history
        self._history = grown

    def reset(self, slots: Slots) -> None:
        """Bring `slots` to the state of a stream that has not begun."""
        self._history[slots] = 0.0

    def step(self, slots: Rows, hops: Hops) -> Spectrum:
        """Advance `slots` by one hop.

        Parameters
        ----------
        slots : Rows of n_streams streams
        hops : float32, shape (n_streams, HOP_SAMPLES)

        Returns
        -------
        Spectrum
        """
        samples = np.empty((len(hops), WINDOW_SAMPLES), np.float32)
        samples[:, :HISTORY_SAMPLES] = self._history[slots]
        samples[:, HISTORY_SAMPLES:] = hops
        self._history[slots] = samples[:, HOP_SAMPLES:]
        return Spectrum(samples, power_spectrum(samples))


def power_spectrum(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Hann-windowed power spectrum of each row.

    Parameters
    ----------
    samples : float32, shape (n_frames, WINDOW_SAMPLES)

    Returns
    -------
    float32, shape (n_frames, BINS)
        ``|FFT|^2``, unnormalised: a sine of amplitude a on a bin has a peak of
        ``(a * WINDOW.sum() / 2) ** 2``.
    """
    offset = np.vecdot(samples, WINDOW_MEAN)
    windowed = samples - offset[:, None]
    windowed *= WINDOW
    bins = scipy.fft.rfft(windowed, FFT_SAMPLES, axis=1, overwrite_x=True)
    power: npt.NDArray[np.float32] = np.square(bins.real)
    power += np.square(bins.imag)
    return power
