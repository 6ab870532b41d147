"""What the mel bands say of a sound's colour, shared by voice activity, delivery and emotion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dsp.decibels import power_to_db
from dsp.kernel import Rows, Slots
from dsp.mel import BAND_CENTRES_HZ, BANDS, MEL_FLOOR_DBFS, mel_power

Float32s = npt.NDArray[np.float32]

_FLOOR_POWER = np.float32(10 ** (MEL_FLOOR_DBFS / 10))
_MEAN = np.full(BANDS, 1 / BANDS, np.float32)
# What is summed over the bands: all, 50 Hz to 1 kHz, 1 to 5 kHz, and the centres by their power.
_SUMS = np.stack(
    [
        np.ones(BANDS),
        (BAND_CENTRES_HZ >= 50) & (BAND_CENTRES_HZ < 1000),
        (BAND_CENTRES_HZ >= 1000) & (BAND_CENTRES_HZ < 5000),
        BAND_CENTRES_HZ,
    ],
    axis=1,
).astype(np.float32)
_NO_FLUX_DB = np.float32(0)
_BANDS_DB = np.float32(10 * np.log10(BANDS))


@dataclass(frozen=True, slots=True)
class Descriptors:
    """The colour of one analysis window per stream.

    Attributes
    ----------
    mel_dbfs : float32, shape (n_streams, BANDS)
        Level of each mel band, at least `MEL_FLOOR_DBFS`; a full-scale sine is 0 dBFS.
    spectral_level_dbfs : float32, shape (n_streams,)
        Level of all bands together.
    spectral_flux_db : float32, shape (n_streams,)
        Mean absolute change of the bands since the hop before; 0 in a stream's first hop.
    spectral_flatness_db : float32, shape (n_streams,), at most 0
        Geometric over arithmetic mean of the bands: 0 when all are alike, -50 and less for a
        tone. Over mel bands, not over bins as in MPEG-7: bins would cost eight times as much.
    spectral_centroid_hz : float32, shape (n_streams,)
        Power-weighted mean of the bands' centres.
    alpha_ratio_db : float32, shape (n_streams,)
        Power from 1 to 5 kHz over power from 50 Hz to 1 kHz, the opposite sign to GeMAPS (Eyben et
        al. 2016): a louder, tenser voice has the higher ratio.
    """

    mel_dbfs: Float32s
    spectral_level_dbfs: Float32s
    spectral_flux_db: Float32s
    spectral_flatness_db: Float32s
    spectral_centroid_hz: Float32s
    alpha_ratio_db: Float32s


class SpectralDescriptors:
    """Kernel: descriptors of each stream's newest window. Bit-equal whatever the batch."""

    def __init__(self, capacity: int) -> None:
        # NaN until a stream has had its first hop.
        self._previous_mel_dbfs = np.full((capacity, BANDS), np.nan, np.float32)

    def resize(self, capacity: int) -> None:
        """Make room for at least `capacity` slots, keeping the state of those in use."""
        grown = np.full((capacity, BANDS), np.nan, np.float32)
        grown[: len(self._previous_mel_dbfs)] = self._previous_mel_dbfs
        self._previous_mel_dbfs = grown

    def reset(self, slots: Slots) -> None:
        """Bring `slots` to the state of a stream that has not begun."""
        self._previous_mel_dbfs[slots] = np.nan

    def step(self, slots: Rows, power: Float32s) -> Descriptors:
        """Advance `slots` by one hop.

        Parameters
        ----------
        slots : Rows of n_streams streams
        power : float32, shape (n_streams, BINS)
            From `dsp.spectrum`.

        Returns
        -------
        Descriptors
        """
        mel = mel_power(power)
        np.maximum(mel, _FLOOR_POWER, out=mel)
        sums = np.vecmat(mel, _SUMS)
        centroid_hz = sums[:, 3] / sums[:, 0]
        level_dbfs, below_1_khz_db, from_1_to_5_khz_db, _ = power_to_db(sums, _FLOOR_POWER).T
        mel_dbfs = power_to_db(mel, _FLOOR_POWER)
        change = mel_dbfs - self._previous_mel_dbfs[slots]
        self._previous_mel_dbfs[slots] = mel_dbfs
        flux_db = np.vecdot(np.abs(change, out=change), _MEAN)
        return Descriptors(
            mel_dbfs=mel_dbfs,
            spectral_level_dbfs=level_dbfs,
            # Of two numbers, fmax takes the one that is not NaN.
            spectral_flux_db=np.fmax(flux_db, _NO_FLUX_DB),
            spectral_flatness_db=np.vecdot(mel_dbfs, _MEAN) - (level_dbfs - _BANDS_DB),
            spectral_centroid_hz=centroid_hz,
            alpha_ratio_db=from_1_to_5_khz_db - below_1_khz_db,
        )
