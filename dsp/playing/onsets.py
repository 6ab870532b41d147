"""Where notes begin, for many streams at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dsp.clock import HOP_SAMPLES
from dsp.kernel import Slots
from dsp.mel import BANDS
from dsp.spectrum import CENTRE_LAG_SAMPLES

Float32s = npt.NDArray[np.float32]

NO_ONSET = -1
# A band rises against what it was this long before: an attack takes 20 to 40 ms to fill the window.
RISE_HOPS = 2
# Against its own mean over about half a second, so that loud and dense playing raises the bar.
MEAN_SMOOTHING = np.float32(0.04)
TIMES_MEAN = np.float32(1.6)
LEAST_RISE_DB = np.float32(1.2)
# Two attacks closer than this are one strum.
REFRACTORY_HOPS = 3
# What is fainter is the room's; its rises are chance.
QUIETEST_BAND_DBFS = np.float32(-70.0)


@dataclass(frozen=True, slots=True)
class Onsets:
    """What one hop of each stream tells.

    Attributes
    ----------
    strength_db : float32, shape (n_streams,)
        Mean rise of the mel bands; the detection function.
    onset_at : int64, shape (n_streams,)
        Sample where a note began if this hop decided so, else `NO_ONSET`.
    """

    strength_db: Float32s
    onset_at: npt.NDArray[np.int64]


class OnsetDetector:
    """Kernel: peaks of the half-wave rectified flux of mel bands, one hop behind.

    After Böck, Krebs & Schedl (ISMIR 2012), "Evaluating the online capabilities of onset detection
    methods". Deviations: mel bands instead of quarter tones, an exponential mean instead of the
    median of a window, one hop of look-ahead (20 ms) to find the peak.
    """

    def __init__(self, capacity: int) -> None:
        # Newest last.
        self._bands_dbfs = np.full((capacity, RISE_HOPS, BANDS), np.nan, np.float32)
        self._mean_db = np.zeros(capacity, np.float32)
        # Of the last two hops, oldest first: a peak is known by what follows it.
        self._strength_db = np.zeros((capacity, 2), np.float32)
        self._hops_since_onset = np.full(capacity, REFRACTORY_HOPS, np.int64)

    def resize(self, capacity: int) -> None:
        """Make room for at least `capacity` slots, keeping the state of those in use."""
        missing = (0, capacity - len(self._mean_db))
        self._bands_dbfs = np.pad(
            self._bands_dbfs, (missing, (0, 0), (0, 0)), constant_values=np.nan
        )
        self._mean_db = np.pad(self._mean_db, missing)
        self._strength_db = np.pad(self._strength_db, (missing, (0, 0)))
        self._hops_since_onset = np.pad(
            self._hops_since_onset, missing, constant_values=REFRACTORY_HOPS
        )

    def reset(self, slots: Slots) -> None:
        """Bring `slots` to the state of a stream that has not begun."""
        self._bands_dbfs[slots] = np.nan
        self._mean_db[slots] = 0
        self._strength_db[slots] = 0
        self._hops_since_onset[slots] = REFRACTORY_HOPS

    def step(self, slots: Slots, position: npt.NDArray[np.int64], mel_dbfs: Float32s) -> Onsets:
        """Advance `slots` by one hop.

        Parameters
        ----------
        slots : intp, shape (n_streams,), no slot twice
        position : int64, shape (n_streams,)
            Samples at the end of the hop.
        mel_dbfs : float32, shape (n_streams, BANDS)
            From `dsp.descriptors`.

        Returns
        -------
        Onsets
            Bit-equal whatever the batch.
        """
        strength_db = self._rise(slots, np.maximum(mel_dbfs, QUIETEST_BAND_DBFS))
        before_last_db, last_db = self._strength_db[slots].T
        mean_db = self._mean_db[slots]
        is_peak = (last_db >= before_last_db) & (last_db > strength_db)
        is_peak &= last_db > TIMES_MEAN * mean_db + LEAST_RISE_DB
        since = self._hops_since_onset[slots] + 1
        is_onset = is_peak & (since > REFRACTORY_HOPS)
        self._hops_since_onset[slots] = np.where(is_onset, 0, since)
        self._mean_db[slots] = mean_db + MEAN_SMOOTHING * (last_db - mean_db)
        self._strength_db[slots] = np.stack([last_db, strength_db], axis=1)
        # The peak was in the hop before, and speaks of the middle of its window.
        began_at = np.maximum(position - HOP_SAMPLES - CENTRE_LAG_SAMPLES, 0)
        return Onsets(strength_db, np.where(is_onset, began_at, NO_ONSET))

    def _rise(self, slots: Slots, bands_dbfs: Float32s) -> Float32s:
        earlier = self._bands_dbfs[slots]
        rise = np.maximum(bands_dbfs - earlier[:, 0], np.float32(0))
        self._bands_dbfs[slots, :-1] = earlier[:, 1:]
        self._bands_dbfs[slots, -1] = bands_dbfs
        strength_db: Float32s = np.vecdot(rise, _MEAN)
        return np.where(np.isnan(strength_db), np.float32(0), strength_db)


_MEAN = np.full(BANDS, 1 / BANDS, np.float32)
