"""What tells speech from background in one hop: levels against the stream's own recent past."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dsp.clock import HOP_S, HOP_SAMPLES
from dsp.descriptors import Descriptors
from dsp.kernel import Slots
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
# Means over about 100 ms (a syllable) and 650 ms (a phrase), of level and of spectral flux. Speech
# moves at the syllable's pace; steady noise and held notes do not.
RECENT_SMOOTHING = np.array([0.2, 0.03], np.float32)

# Quieter bands count as this loud, or a microphone's hiss after digital silence would be an event.
QUIETEST_BAND_DBFS = np.float32(-85.0)

# The first window that holds no padding ends with the third hop.
_WARM_UP_SAMPLES = WINDOW_SAMPLES + HOP_SAMPLES

_AVERAGE_BANDS = np.repeat(np.eye(NOISE_BANDS, dtype=np.float32), BANDS // NOISE_BANDS, axis=0) / (
    BANDS // NOISE_BANDS
)
_MEAN = np.full(NOISE_BANDS, 1 / NOISE_BANDS, np.float32)
_FLOOR_RISE_DB = (np.array(FLOOR_RISES_DB_PER_S, np.float32) * np.float32(HOP_S))[:, None]
_PEAK_FALL_DB = np.float32(PEAK_FALL_DB_PER_S * HOP_S)

# Columns of the evidence.
SHAPE = slice(0, NOISE_BANDS)
MEAN_ABOVE_FLOOR = slice(NOISE_BANDS, NOISE_BANDS + 2)
MAX_ABOVE_FLOOR = slice(NOISE_BANDS + 2, NOISE_BANDS + 4)
LEVEL, BELOW_PEAK, FLATNESS, FLUX = range(NOISE_BANDS + 4, NOISE_BANDS + 8)
ABOVE_RECENT = slice(NOISE_BANDS + 8, NOISE_BANDS + 10)
RECENT_FLUX = slice(NOISE_BANDS + 10, NOISE_BANDS + 12)
EVIDENCE = NOISE_BANDS + 12


class SpeechEvidence:
    """Kernel: the twenty numbers, all in dB, that the network judges a hop by.

    After the idea of Rangachari & Loizou (2006) and of minimum statistics (Martin 2001): the
    background is tracked per band as a minimum that creeps up. It deviates from both in working
    on decibels of wide bands without bias compensation, since the network learns any bias.
    """

    def __init__(self, capacity: int) -> None:
        self._smoothed_dbfs = np.zeros((capacity, NOISE_BANDS), np.float32)
        self._floors_dbfs = np.zeros((capacity, 2, NOISE_BANDS), np.float32)
        self._peak_dbfs = np.zeros(capacity, np.float32)
        self._recent_level_dbfs = np.zeros((capacity, 2), np.float32)
        self._recent_flux_db = np.zeros((capacity, 2), np.float32)

    def resize(self, capacity: int) -> None:
        """Make room for at least `capacity` slots, keeping the state of those in use."""
        missing = (0, capacity - len(self._peak_dbfs))
        self._smoothed_dbfs = np.pad(self._smoothed_dbfs, (missing, (0, 0)))
        self._floors_dbfs = np.pad(self._floors_dbfs, (missing, (0, 0), (0, 0)))
        self._peak_dbfs = np.pad(self._peak_dbfs, missing)
        self._recent_level_dbfs = np.pad(self._recent_level_dbfs, (missing, (0, 0)))
        self._recent_flux_db = np.pad(self._recent_flux_db, (missing, (0, 0)))

    def reset(self, slots: Slots) -> None:
        """Bring `slots` to the state of a stream that has not begun.

        There is nothing to do: the hops of the warm-up overwrite the state.
        """

    def step(
        self, slots: Slots, position: npt.NDArray[np.int64], descriptors: Descriptors
    ) -> Float32s:
        """Advance `slots` by one hop.

        Parameters
        ----------
        slots : intp, shape (n_streams,), no slot twice
        position : int64, shape (n_streams,)
            Samples at the end of the hop.
        descriptors : Descriptors

        Returns
        -------
        float32, shape (n_streams, EVIDENCE)
        """
        bands_dbfs = np.vecmat(descriptors.mel_dbfs, _AVERAGE_BANDS)
        np.maximum(bands_dbfs, QUIETEST_BAND_DBFS, out=bands_dbfs)
        level_dbfs = descriptors.spectral_level_dbfs
        flux_db = descriptors.spectral_flux_db
        self._begin(slots, position < _WARM_UP_SAMPLES, bands_dbfs, level_dbfs)

        evidence = np.empty((len(slots), EVIDENCE), np.float32)
        evidence[:, SHAPE] = bands_dbfs - np.vecdot(bands_dbfs, _MEAN)[:, None]
        above_floor = bands_dbfs[:, None] - self._track_floors(slots, bands_dbfs)
        np.maximum(above_floor, 0, out=above_floor)
        evidence[:, MEAN_ABOVE_FLOOR] = np.vecdot(above_floor, _MEAN)
        evidence[:, MAX_ABOVE_FLOOR] = above_floor.max(axis=2)
        evidence[:, LEVEL] = level_dbfs
        evidence[:, BELOW_PEAK] = level_dbfs - self._track_peak(slots, level_dbfs)
        evidence[:, FLATNESS] = descriptors.spectral_flatness_db
        evidence[:, FLUX] = flux_db
        recent_level_dbfs = _approach(self._recent_level_dbfs, slots, level_dbfs)
        evidence[:, ABOVE_RECENT] = level_dbfs[:, None] - recent_level_dbfs
        evidence[:, RECENT_FLUX] = _approach(self._recent_flux_db, slots, flux_db)
        return evidence

    def _begin(
        self,
        slots: Slots,
        is_warming_up: npt.NDArray[np.bool_],
        bands_dbfs: Float32s,
        level_dbfs: Float32s,
    ) -> None:
        """Take the present for the past in streams whose window is not yet full."""
        if not is_warming_up.any():
            return
        fresh = slots[is_warming_up]
        self._smoothed_dbfs[fresh] = bands_dbfs[is_warming_up]
        self._floors_dbfs[fresh] = bands_dbfs[is_warming_up, None]
        self._peak_dbfs[fresh] = level_dbfs[is_warming_up]
        self._recent_level_dbfs[fresh] = level_dbfs[is_warming_up, None]
        self._recent_flux_db[fresh] = 0

    def _track_floors(self, slots: Slots, bands_dbfs: Float32s) -> Float32s:
        smoothed_dbfs = self._smoothed_dbfs[slots]
        smoothed_dbfs += BAND_SMOOTHING * (bands_dbfs - smoothed_dbfs)
        self._smoothed_dbfs[slots] = smoothed_dbfs
        floors_dbfs: Float32s = self._floors_dbfs[slots]
        floors_dbfs += _FLOOR_RISE_DB
        np.minimum(floors_dbfs, smoothed_dbfs[:, None], out=floors_dbfs)
        self._floors_dbfs[slots] = floors_dbfs
        return floors_dbfs

    def _track_peak(self, slots: Slots, level_dbfs: Float32s) -> Float32s:
        peak_dbfs: Float32s = np.maximum(self._peak_dbfs[slots] - _PEAK_FALL_DB, level_dbfs)
        self._peak_dbfs[slots] = peak_dbfs
        return peak_dbfs


def _approach(means: Float32s, slots: Slots, values: Float32s) -> Float32s:
    """Move the running means of `slots` towards `values`, and return them."""
    updated: Float32s = means[slots]
    updated += RECENT_SMOOTHING * (values[:, None] - updated)
    means[slots] = updated
    return updated
