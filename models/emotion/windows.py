"""Which hops of a window are speech, which are voiced, and statistics over such hops.

Everything is batched: axis 0 is the window, axis 1 the hop, and masks say which hops count.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dsp.clock import HOP_S
from models.emotion.descriptors import Column

Float32s = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

# Speech lies within this much of the window's loud hops, and above its quiet ones.
SPEECH_RANGE_DB = 30.0
ABOVE_QUIET_DB = 3.0
MIN_CONFIDENCE = 0.5
# Further from the median than this, a pitch is an octave error or another voice.
MAX_SEMITONES_FROM_MEDIAN = 14.0


@dataclass(frozen=True, slots=True)
class SpeechHops:
    """The parts of each window.

    Attributes
    ----------
    spoken : bool, shape (n, n_hops)
        From the first to the last active hop; pauses included, the edges' silence not.
    active, voiced : bool, shape (n, n_hops)
        Hops loud enough to be speech; those of them with a steady pitch.
    semitones : float32, shape (n, n_hops)
        Pitch of the voiced hops over 27.5 Hz, NaN elsewhere.
    loud_db, quiet_db : float32, shape (n,)
        95th and 5th percentile of the level.
    """

    spoken: Flags
    active: Flags
    voiced: Flags
    semitones: Float32s
    loud_db: Float32s
    quiet_db: Float32s


def find_speech(descriptors: Float32s, present: Flags) -> SpeechHops:
    """Split windows into speech, voice and the rest, by level and periodicity within the window.

    Parameters
    ----------
    descriptors : float32, shape (n, n_hops, DESCRIPTORS)
    present : bool, shape (n, n_hops)
        False where a shorter window was padded.

    Returns
    -------
    SpeechHops
        The same whatever the microphone's gain.
    """
    level = descriptors[:, :, Column.LEVEL]
    quiet_db, loud_db = percentiles(level, present, (5, 95)).T
    threshold = np.maximum(loud_db - SPEECH_RANGE_DB, quiet_db + ABOVE_QUIET_DB)
    active = present & (level > threshold[:, None])
    begun = np.logical_or.accumulate(active, axis=1)
    ending = np.logical_or.accumulate(active[:, ::-1], axis=1)[:, ::-1]
    early = descriptors[:, :, Column.SEMITONES_EARLY]
    late = descriptors[:, :, Column.SEMITONES_LATE]
    semitones = 0.5 * (early + late)  # NaN unless both are voiced
    confident = descriptors[:, :, Column.CONFIDENCE] > MIN_CONFIDENCE
    voiced = active & confident & ~np.isnan(semitones)
    median = percentiles(semitones, voiced, (50,))
    voiced &= np.abs(np.nan_to_num(semitones - median)) < MAX_SEMITONES_FROM_MEDIAN
    return SpeechHops(
        spoken=begun & ending,
        active=active,
        voiced=voiced,
        semitones=np.where(voiced, semitones, np.float32(np.nan)),
        loud_db=loud_db,
        quiet_db=quiet_db,
    )


def voiced_seconds(descriptors: Float32s, present: Flags) -> Float32s:
    """Seconds of voice in each window, float32, shape (n,)."""
    voiced = find_speech(descriptors, present).voiced
    return np.asarray(voiced.sum(axis=1) * HOP_S, np.float32)


def mean_where(values: Float32s, mask: Flags) -> Float32s:
    """Mean over the masked hops, shape (n,) or (n, k); NaN where there is none."""
    return np.asarray(_sum_where(values, mask) / _count(values, mask))


def mean_and_deviation(values: Float32s, mask: Flags) -> tuple[Float32s, Float32s]:
    """Mean and standard deviation over the masked hops; NaN where there is none."""
    mean = mean_where(values, mask)
    centred = values - mean[:, None]
    return mean, np.sqrt(mean_where(np.square(centred), mask))


def _sum_where(values: Float32s, mask: Flags) -> Float32s:
    kept = np.where(mask if values.ndim == 2 else mask[:, :, None], values, np.float32(0))
    return np.asarray(kept.sum(axis=1))


def _count(values: Float32s, mask: Flags) -> Float32s:
    count = mask.sum(axis=1).astype(np.float32)
    count[count == 0] = np.nan
    return np.asarray(count if values.ndim == 2 else count[:, None])


def percentiles(values: Float32s, mask: Flags, ranks: tuple[float, ...]) -> Float32s:
    """Percentiles over the masked hops, interpolated linearly.

    Parameters
    ----------
    values, mask : shape (n, n_hops)
    ranks : tuple of float, 0 to 100

    Returns
    -------
    float32, shape (n, len(ranks))
        NaN where no hop is masked in.
    """
    ordered = np.sort(np.where(mask, values, np.float32(np.inf)), axis=1)
    last = mask.sum(axis=1, keepdims=True) - 1
    place = np.maximum(last, 0) * (np.asarray(ranks, np.float32) / 100)
    below = np.floor(place).astype(np.intp)
    above = np.minimum(below + 1, np.maximum(last, 0))
    low, high = np.take_along_axis(ordered, below, 1), np.take_along_axis(ordered, above, 1)
    with np.errstate(invalid="ignore"):
        between = low + (place - below).astype(np.float32) * (high - low)
    return np.where(last >= 0, between, np.float32(np.nan)).astype(np.float32)


def run_lengths(mask: Flags) -> tuple[Float32s, Flags]:
    """Lengths of the runs of True.

    Returns
    -------
    lengths : float32, shape (n, n_hops)
        At the last hop of each run its length in hops; meaningless elsewhere.
    ends : bool, shape (n, n_hops)
        True at the last hop of each run.
    """
    hops = np.arange(1, mask.shape[1] + 1)
    last_gap = np.maximum.accumulate(np.where(mask, 0, hops), axis=1)
    followed = np.pad(mask[:, 1:], ((0, 0), (0, 1)))
    return (hops - last_gap).astype(np.float32), mask & ~followed
