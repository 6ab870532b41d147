"""Mel cepstra with deltas as the acoustic model was trained on, for many streams at once.

After pocketsphinx 5.1 (``fe_sigproc.c``, ``fe_noise.c``, ``feat.c``) with the model's
``feat.params``: pre-emphasis, 25.6 ms Hamming windows every 10 ms, 25 mel bands from 130 to
6,800 Hz, noise subtraction, DCT, lifter, deltas over two and three frames. Deviations:

- Powers have a floor of one least significant bit of white noise, where pocketsphinx would dither:
  digital silence is then like any other.
- Frames begin 320 samples before the stream, so that each hop of 20 ms brings exactly two.
- The mean is subtracted by whoever scores (`subtract_mean`), who knows whose speech it is.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dsp.clock import ANALYSIS_RATE_HZ, HOP_SAMPLES
from dsp.kernel import Hops, Slots
from models.acoustic.noise_subtraction import NoiseSubtraction
from models.acoustic.row_products import multiply_rows

Float32s = npt.NDArray[np.float32]

FRAME_SAMPLES = 160
FRAMES_PER_HOP = HOP_SAMPLES // FRAME_SAMPLES
FRAMES_PER_S = ANALYSIS_RATE_HZ // FRAME_SAMPLES
FRAME_MS = 1000 * FRAME_SAMPLES // ANALYSIS_RATE_HZ
BANDS = 25
CEPSTRA = 13
FEATURES = 3 * CEPSTRA
# The centre of the last frame of a hop lies this far before the hop's end: half a window and the
# frames that its deltas look ahead.
LATENCY_MS = 47

_WINDOW_SAMPLES = 410
_FFT_SAMPLES = 512
_PRE_EMPHASIS = np.float32(0.97)
_LOWEST_HZ, _HIGHEST_HZ = 130.0, 6800.0
_LIFTER = 22
_DELTA_REACH = 3
_FULL_SCALE = np.float32(32_768.0)
# Power of white noise of one bit (16-bit samples) in a band.
_POWER_FLOOR = np.float32(5.0)


class FrontEnd:
    """A kernel of the analysis bank's kind (`dsp.kernel.StreamKernel`).

    Parameters
    ----------
    capacity : int > 0
        Streams there is room for.
    """

    def __init__(self, capacity: int) -> None:
        self._noise = NoiseSubtraction(capacity, BANDS)
        self._last_sample = np.zeros(capacity, np.float32)
        self._previous = np.zeros((capacity, HOP_SAMPLES), np.float32)
        # The newest cepstra, oldest first: what deltas reach back to.
        self._cepstra = np.zeros((capacity, 2 * _DELTA_REACH, CEPSTRA), np.float32)
        self._is_fresh = np.ones(capacity, np.bool_)

    def resize(self, capacity: int) -> None:
        """Make room for `capacity` streams."""
        more = capacity - len(self._is_fresh)
        self._noise.resize(capacity)
        self._last_sample = np.pad(self._last_sample, (0, more))
        self._previous = np.pad(self._previous, ((0, more), (0, 0)))
        self._cepstra = np.pad(self._cepstra, ((0, more), (0, 0), (0, 0)))
        self._is_fresh = np.pad(self._is_fresh, (0, more), constant_values=True)

    def reset(self, slots: Slots) -> None:
        """Begin anew in `slots`."""
        self._noise.reset(slots)
        self._last_sample[slots] = 0
        self._previous[slots] = 0
        self._is_fresh[slots] = True

    def step(self, slots: Slots, hops: Hops) -> Float32s:
        """Advance some streams by one hop each.

        Parameters
        ----------
        slots : intp, shape (n,)
        hops : float32, shape (n, HOP_SAMPLES)
            In [-1, 1], at the analysis rate.

        Returns
        -------
        float32, shape (n, FRAMES_PER_HOP, FEATURES)
            Cepstra, deltas, second deltas of two frames, the later one centred `LATENCY_MS`
            before the end of the hop. Bit-equal whatever other streams are stepped.
        """
        cepstra = self._next_cepstra(slots, hops)
        fresh = slots[self._is_fresh[slots]]
        if len(fresh):
            # Before the first frame everything was as in the first frame.
            self._cepstra[fresh] = cepstra[self._is_fresh[slots], :1]
            self._is_fresh[fresh] = False
        context = np.concatenate([self._cepstra[slots], cepstra], axis=1)
        self._cepstra[slots] = context[:, FRAMES_PER_HOP:]
        return _with_deltas(context)

    def _next_cepstra(self, slots: Slots, hops: Hops) -> Float32s:
        samples = hops * _FULL_SCALE
        before = np.concatenate([self._last_sample[slots, None], samples[:, :-1]], axis=1)
        self._last_sample[slots] = samples[:, -1]
        emphasised = samples - _PRE_EMPHASIS * before
        both = np.concatenate([self._previous[slots], emphasised], axis=1)
        self._previous[slots] = emphasised
        bands = np.stack(
            [
                _band_powers(both[:, start : start + _WINDOW_SAMPLES])
                for start in range(0, HOP_SAMPLES, FRAME_SAMPLES)
            ],
            axis=1,
        )
        quieter = np.stack(
            [self._noise.step(slots, bands[:, frame]) for frame in range(FRAMES_PER_HOP)], axis=1
        )
        logs = np.log(quieter + _POWER_FLOOR).reshape(-1, BANDS)
        return multiply_rows(logs, _COSINES).reshape(len(slots), FRAMES_PER_HOP, CEPSTRA)


def subtract_mean(features: Float32s, mean: Float32s) -> Float32s:
    """Take the mean cepstrum off; deltas have none.

    Parameters
    ----------
    features : float32, shape (n, ..., FEATURES)
    mean : float32, shape (n, CEPSTRA)
        Of each stream's speech: what the room, the microphone and the level add to all of it.
    """
    shifted = features.copy()
    shape = (len(mean), *(1,) * (features.ndim - 2), CEPSTRA)
    shifted[..., :CEPSTRA] -= mean.reshape(shape)
    return shifted


def _band_powers(frames: Float32s) -> Float32s:
    spectrum = np.fft.rfft(frames * _WINDOW, _FFT_SAMPLES)
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    return multiply_rows(power, _FILTERS)


def _with_deltas(context: Float32s) -> Float32s:
    """Features of the frames in the middle of ``(n, 2 * reach + frames, CEPSTRA)`` cepstra."""

    def at(offset: int) -> Float32s:
        return context[:, _DELTA_REACH + offset : _DELTA_REACH + offset + FRAMES_PER_HOP]

    delta = at(2) - at(-2)
    second = (at(3) - at(-1)) - (at(1) - at(-3))
    return np.concatenate([at(0), delta, second], axis=2)


def _window() -> Float32s:
    phase = 2 * np.pi * np.arange(_WINDOW_SAMPLES) / (_WINDOW_SAMPLES - 1)
    window: Float32s = (0.54 - 0.46 * np.cos(phase)).astype(np.float32)
    return window


def _filters() -> Float32s:
    """Mel triangles of unit area, shape (n_bins, BANDS), their edges on whole FFT bins."""
    bin_hz = ANALYSIS_RATE_HZ / _FFT_SAMPLES
    lowest, highest = (2595 * np.log10(1 + hz / 700) for hz in (_LOWEST_HZ, _HIGHEST_HZ))
    edges_mel = np.linspace(lowest, highest, BANDS + 2)
    edges_hz = np.floor(700 * (10 ** (edges_mel / 2595) - 1) / bin_hz + 0.5) * bin_hz
    low, centre, high = edges_hz[:-2], edges_hz[1:-1], edges_hz[2:]
    hz = np.arange(_FFT_SAMPLES // 2 + 1)[:, None] * bin_hz
    rising, falling = (hz - low) / (centre - low), (high - hz) / (high - centre)
    triangles = np.maximum(0, np.minimum(rising, falling)) * 2 / (high - low)
    filters: Float32s = triangles.astype(np.float32)
    return filters


def _cosines() -> Float32s:
    """Orthonormal DCT and sine lifter in one matrix, shape (BANDS, CEPSTRA)."""
    order = np.arange(CEPSTRA)
    cosines = np.cos(np.pi / BANDS * (np.arange(BANDS)[:, None] + 0.5) * order)
    cosines *= np.where(order == 0, np.sqrt(1 / BANDS), np.sqrt(2 / BANDS))
    cosines *= 1 + _LIFTER / 2 * np.sin(order * np.pi / _LIFTER)
    matrix: Float32s = cosines.astype(np.float32)
    return matrix


_WINDOW, _FILTERS, _COSINES = _window(), _filters(), _cosines()
