"""Taking steady noise out of mel band powers, as the acoustic model was trained.

After pocketsphinx's ``fe_noise.c``, itself after Kim & Stern, "Power-Normalized Cepstral
Coefficients (PNCC) for Robust Speech Recognition" (ICASSP 2012): asymmetric tracking of the noise,
temporal masking, and a gain smoothed over neighbouring bands.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dsp.kernel import Slots
from models.acoustic.row_products import multiply_rows

Float32s = npt.NDArray[np.float32]

_POWER_SMOOTHING = np.float32(0.7)
# A track rises slowly and falls fast: it follows the noise between the words.
_RISE, _FALL = np.float32(0.995), np.float32(0.5)
_FIRST_NOISE_SHARE = np.float32(1 / 20)
_MASK_DECAY, _MASKED_SHARE = np.float32(0.85), np.float32(0.2)
_LEAST_GAIN, _MOST_GAIN = np.float32(1 / 20), np.float32(20)
_SMOOTHED_BANDS = 4


class NoiseSubtraction:
    """Running estimates for every stream and band; a frame goes in, a quieter one comes out."""

    def __init__(self, capacity: int, bands: int) -> None:
        # Smoothed power, noise, noise of what is left of the power, peak: in this order.
        self._tracks = np.zeros((4, capacity, bands), np.float32)
        self._is_fresh = np.ones(capacity, np.bool_)
        self._smoothing = _band_smoothing(bands)

    def resize(self, capacity: int) -> None:
        """Make room for `capacity` streams."""
        more = capacity - len(self._is_fresh)
        self._tracks = np.pad(self._tracks, ((0, 0), (0, more), (0, 0)))
        self._is_fresh = np.pad(self._is_fresh, (0, more), constant_values=True)

    def reset(self, slots: Slots) -> None:
        """Begin anew in `slots`."""
        self._is_fresh[slots] = True

    def step(self, slots: Slots, bands: Float32s) -> Float32s:
        """Band powers of the next frame of each stream, noise subtracted, shape (n, bands)."""
        fresh = self._is_fresh[slots]
        if fresh.any():
            first = bands[fresh]
            share = first * _FIRST_NOISE_SHARE
            self._tracks[:, slots[fresh]] = np.stack([first, share, share, np.zeros_like(first)])
            self._is_fresh[slots[fresh]] = False
        tracks: Float32s = self._tracks[:, slots]
        last_power, last_noise, last_floor, peak = tracks
        power = (last_power + (bands - last_power) * (1 - _POWER_SMOOTHING)).astype(np.float32)
        noise = _track(last_noise, power)
        signal: Float32s = np.maximum(power - noise, np.float32(1))
        floor = _track(last_floor, signal)
        faded = peak * _MASK_DECAY
        masked = np.where(signal < _MASK_DECAY * faded, faded * _MASKED_SHARE, signal)
        self._tracks[:, slots] = np.stack([power, noise, floor, np.maximum(faded, signal)])
        gain = np.maximum(masked, floor) / np.maximum(power, np.float32(1e-6))
        clipped = np.clip(gain, _LEAST_GAIN, _MOST_GAIN)
        return bands * multiply_rows(clipped, self._smoothing)


def _track(level: Float32s, power: Float32s) -> Float32s:
    memory = np.where(power >= level, _RISE, _FALL)
    tracked: Float32s = (power + memory * (level - power)).astype(np.float32)
    return tracked


def _band_smoothing(bands: int) -> Float32s:
    """A matrix that averages each band with its neighbours."""
    distance = np.abs(np.arange(bands)[:, None] - np.arange(bands))
    near = (distance <= _SMOOTHED_BANDS).astype(np.float32)
    return np.ascontiguousarray((near / near.sum(axis=0)).astype(np.float32))
