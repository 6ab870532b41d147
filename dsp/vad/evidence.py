"""What tells speech from background in one hop: levels against the stream's own recent past."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dsp.clock import HOP_S, HOP_SAMPLES
from dsp.descriptors import Descriptors
from dsp.kernel import Rows, Slots
from dsp.mel import BANDS
from dsp.spectrum import WINDOW_SAMPLES

Float32s = npt.NDArray[np.float32]

# Eight bands of eight mel bands each: enough to tell a voice's colour from a noise's, few enough
# that a background can be learned within a breath.
NOISE_BANDS = 8

# The background of a band is what its smoothed level falls to. Between falls it rises, slowly so
# that a long vowel does not become background, and fast so that a fan switched on soon does; the
# network sees both.
FLOOR_RISES_DB_PER_S = (1.0, 5.0)
PEAK_FALL_DB_PER_S = 2.5
BAND_SMOOTHING = np.float32(0.4)
# Means over about 100 ms (a syllable) and 650 ms (a phrase), of level and then of spectral flux.
# Speech moves at the syllable's pace; steady noise and held notes do not.
RECENT_SMOOTHING = np.array([0.2, 0.03], np.float32)

# Quieter bands count as this loud, or a microphone's hiss after digital silence would be an event.
QUIETEST_BAND_DBFS = np.float32(-85.0)
# What a telephone or a codec cuts away says nothing of the voice.
LOWEST_SHAPE_DB = np.float32(-60.0)

# The first window that holds no padding ends with the third hop.
_WARM_UP_SAMPLES = WINDOW_SAMPLES + HOP_SAMPLES

AVERAGE_BANDS = np.repeat(np.eye(NOISE_BANDS, dtype=np.float32), BANDS // NOISE_BANDS, axis=0) / (
    BANDS // NOISE_BANDS
)
_FLOOR_RISE_DB = (np.array(FLOOR_RISES_DB_PER_S, np.float32) * np.float32(HOP_S))[:, None]
_PEAK_FALL_DB = np.float32(PEAK_FALL_DB_PER_S * HOP_S)

# Columns of the evidence.
SHAPE = slice(0, BANDS)
ABOVE_SLOW_FLOOR = slice(BANDS, BANDS + NOISE_BANDS)
ABOVE_FAST_FLOOR = slice(BANDS + NOISE_BANDS, BANDS + 2 * NOISE_BANDS)
_ABOVE_FLOORS = slice(BANDS, BANDS + 2 * NOISE_BANDS)
_SCALARS = BANDS + 2 * NOISE_BANDS
MAX_ABOVE_FLOORS = slice(_SCALARS, _SCALARS + 2)
LEVEL, BELOW_PEAK, FLATNESS, FLUX = range(_SCALARS + 2, _SCALARS + 6)
ABOVE_RECENT = slice(_SCALARS + 6, _SCALARS + 10)
EVIDENCE = _SCALARS + 10
_LEVEL_AND_FLUX = slice(LEVEL, FLUX + 1, FLUX - LEVEL)

# Columns of the state.
_SMOOTHED = slice(0, NOISE_BANDS)
_FLOORS = slice(NOISE_BANDS, 3 * NOISE_BANDS)
_RECENT = slice(3 * NOISE_BANDS, 3 * NOISE_BANDS + 4)
_PEAK = 3 * NOISE_BANDS + 4
_STATE = _PEAK + 1


class SpeechEvidence:
    """Kernel: the ninety numbers, all in dB, that the network judges a hop by.

    The shape of the spectrum (mel bands relative to all of them together); each of eight wide bands
    above its slow and its fast floor, and the most of these; the level, how far it is below its
    recent peak, flatness and flux; level and flux above their means over a syllable and a phrase.

    After the idea of Rangachari & Loizou (2006) and of minimum statistics (Martin 2001): the
    background is tracked per band as a minimum that creeps up. It deviates from both in working
    on decibels of wide bands without bias compensation, since the network learns any bias.
    """

    def __init__(self, capacity: int) -> None:
        self._state = np.zeros((capacity, _STATE), np.float32)

    def resize(self, capacity: int) -> None:
        """Make room for at least `capacity` slots, keeping the state of those in use."""
        self._state = np.pad(self._state, ((0, capacity - len(self._state)), (0, 0)))

    def reset(self, slots: Slots) -> None:
        """Bring `slots` to the state of a stream that has not begun.

        There is nothing to do: the hops of the warm-up overwrite the state.
        """

    def step(
        self, slots: Rows, position: npt.NDArray[np.int64], descriptors: Descriptors
    ) -> Float32s:
        """Advance `slots` by one hop.

        Parameters
        ----------
        slots : Rows of n_streams streams
        position : int64, shape (n_streams,)
            Samples at the end of the hop.
        descriptors : Descriptors

        Returns
        -------
        float32, shape (n_streams, EVIDENCE)
        """
        bands_dbfs = np.vecmat(descriptors.mel_dbfs, AVERAGE_BANDS)
        np.maximum(bands_dbfs, QUIETEST_BAND_DBFS, out=bands_dbfs)
        level_dbfs = descriptors.spectral_level_dbfs
        state = self._state[slots]
        is_warming_up = position < _WARM_UP_SAMPLES
        if np.logical_or.reduce(is_warming_up):
            state[is_warming_up] = _as_if_always(bands_dbfs, level_dbfs)[is_warming_up]

        evidence = np.empty((len(position), EVIDENCE), np.float32)
        shape = np.subtract(descriptors.mel_dbfs, level_dbfs[:, None], out=evidence[:, SHAPE])
        np.maximum(shape, LOWEST_SHAPE_DB, out=shape)
        above_floors = _track_floors(state, bands_dbfs)
        evidence[:, _ABOVE_FLOORS] = above_floors.reshape(-1, 2 * NOISE_BANDS)
        np.maximum.reduce(above_floors, axis=2, out=evidence[:, MAX_ABOVE_FLOORS])
        evidence[:, LEVEL] = level_dbfs
        evidence[:, BELOW_PEAK] = level_dbfs - _track_peak(state, level_dbfs)
        evidence[:, FLATNESS] = descriptors.spectral_flatness_db
        evidence[:, FLUX] = descriptors.spectral_flux_db
        evidence[:, ABOVE_RECENT] = _track_recent(state, evidence[:, _LEVEL_AND_FLUX])
        self._state[slots] = state
        return evidence


def _as_if_always(bands_dbfs: Float32s, level_dbfs: Float32s) -> Float32s:
    """State of streams whose past was what their present is."""
    level = level_dbfs[:, None]
    no_flux = np.zeros((len(level), 2), np.float32)
    return np.concatenate((np.tile(bands_dbfs, 3), level, level, no_flux, level), axis=1)


def _track_floors(state: Float32s, bands_dbfs: Float32s) -> Float32s:
    """How far each band is above its two floors; shape (n_streams, 2, NOISE_BANDS)."""
    # Both are views: what happens to them happens to the state.
    smoothed_dbfs = state[:, _SMOOTHED]
    smoothed_dbfs += BAND_SMOOTHING * (bands_dbfs - smoothed_dbfs)
    floors_dbfs = state[:, _FLOORS].reshape(-1, 2, NOISE_BANDS)
    floors_dbfs += _FLOOR_RISE_DB
    np.minimum(floors_dbfs, smoothed_dbfs[:, None], out=floors_dbfs)
    above_floors: Float32s = bands_dbfs[:, None] - floors_dbfs
    np.maximum(above_floors, 0, out=above_floors)
    return above_floors


def _track_peak(state: Float32s, level_dbfs: Float32s) -> Float32s:
    peak_dbfs: Float32s = np.maximum(state[:, _PEAK] - _PEAK_FALL_DB, level_dbfs)
    state[:, _PEAK] = peak_dbfs
    return peak_dbfs


def _track_recent(state: Float32s, values: Float32s) -> Float32s:
    """How far level and flux are above their running means; shape (n_streams, 4)."""
    recent = state[:, _RECENT].reshape(-1, 2, len(RECENT_SMOOTHING))
    above = values[:, :, None] - recent
    recent += RECENT_SMOOTHING * above
    return above.reshape(len(values), -1)
