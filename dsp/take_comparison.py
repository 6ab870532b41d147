"""Two takes of one line, laid over each other: melody, energy, tempo and pauses.

The takes are aligned by dynamic time warping (Sakoe and Chiba 1978, "Dynamic programming algorithm
optimization for spoken word recognition") on what they share, the shape of the level and of the
pitch; then each is compared where the other says the same thing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dsp.clock import HOP_S
from dsp.rhythm import silent_pauses, speech_intervals

Float32s = npt.NDArray[np.float32]
Float64s = npt.NDArray[np.float64]
Path = npt.NDArray[np.intp]

# Further below a take's loud hops than this is the room.
LEVEL_RANGE_DB = 40.0
# How far from the straight line the alignment may stray, as a share of the longer take.
BAND_SHARE = 0.35
# An unvoiced hop against a voiced one costs as much as this many standard deviations of pitch.
VOICING_COST = 1.5
# Added where one take stands still: without it the path dawdles wherever both are silent.
STEP_COST = 0.3
MIN_SHARED_VOICED_HOPS = 10


@dataclass(frozen=True, slots=True)
class TakeContour:
    """One take, hop by hop.

    Attributes
    ----------
    semitones : float32, shape (n_hops,)
        Pitch in semitones over any fixed origin; NaN where unvoiced.
    level_dbfs : float32, shape (n_hops,)
    is_speech : bool, shape (n_hops,)
    """

    semitones: Float32s
    level_dbfs: Float32s
    is_speech: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class TakeComparison:
    """The second take against the first; a None could not be measured.

    Attributes
    ----------
    path : intp, shape (n_steps, 2)
        Hop of the first and hop of the second take that belong together, both rising.
    pitch_shift_semitones : float or None
        Median of the second take's pitch above that of the first, where both are voiced.
    pitch_range_ratio : float or None
        5 to 95 percentile range of the pitch, second over first.
    pitch_correlation : float or None
        Of the aligned contours: 1 is the same melody, whatever its height and width.
    pitch_difference_semitones : float or None
        RMS difference of the aligned contours once the shift is taken out.
    level_shift_db : float
        Mean level over speech, second minus first. A microphone moved shifts it as well.
    level_correlation : float
    duration_ratio : float
        Second over first.
    tempo : float64, shape (n_hops of the first,)
        How fast the second take goes where the first is: 2 is twice as fast. Smoothed over 0.5 s.
    pauses_s : tuple of two float64 arrays, each of shape (n_pauses, 2)
        Start and end of the pauses in each take.
    """

    path: Path
    pitch_shift_semitones: float | None
    pitch_range_ratio: float | None
    pitch_correlation: float | None
    pitch_difference_semitones: float | None
    level_shift_db: float
    level_correlation: float
    duration_ratio: float
    tempo: Float64s
    pauses_s: tuple[Float64s, Float64s]


def compare_takes(
    first: TakeContour, second: TakeContour, *, hop_s: float = HOP_S
) -> TakeComparison:
    """Align two takes of the same words and compare them.

    Parameters
    ----------
    first, second : TakeContour
        Cut at the speech's edges, or nearly so.
    hop_s : float > 0
        From one value of the contours to the next.

    Raises
    ------
    ValueError
        A take has no speech, or its arrays differ in length.
    """
    for name, take in (("first", first), ("second", second)):
        if not len(take.semitones) == len(take.level_dbfs) == len(take.is_speech):
            raise ValueError(f"the {name} take's pitch, level and speech differ in length")
        if not take.is_speech.any():
            raise ValueError(f"the {name} take has no speech to compare")
    path = align(_shape(first), _shape(second))
    a, b = path.T
    return TakeComparison(
        path=path,
        **_compare_pitch(first.semitones, second.semitones, path),
        level_shift_db=float(
            second.level_dbfs[second.is_speech].mean() - first.level_dbfs[first.is_speech].mean()
        ),
        level_correlation=_correlation(_floored(first)[a], _floored(second)[b]),
        duration_ratio=len(second.semitones) / len(first.semitones),
        tempo=_tempo(path, len(first.semitones), hop_s),
        pauses_s=(_pauses_s(first, hop_s), _pauses_s(second, hop_s)),
    )


def align(first: Float64s, second: Float64s) -> Path:
    """Dynamic time warping of two sequences of vectors.

    Parameters
    ----------
    first, second : float64, shape (n_hops, n_dimensions)

    Returns
    -------
    intp, shape (n_steps, 2)
        From (0, 0) to the last hop of both. Each step goes forward by one in one or both.

    Notes
    -----
    Symmetric steps of weight one inside a Sakoe-Chiba band of `BAND_SHARE` of the longer sequence,
    with `STEP_COST` for every step that is not diagonal. Time and memory are proportional to the
    product of the lengths: 20 s against 20 s is a million cells.
    """
    cost = np.sqrt(np.square(first[:, None] - second[None]).mean(axis=2))
    rows, columns = cost.shape
    along = np.arange(columns) * (rows - 1) / max(columns - 1, 1)
    # Never so narrow that a much longer take would fall out of it.
    band = max(BAND_SHARE * max(rows, columns), rows / columns + 1)
    cost[np.abs(np.arange(rows)[:, None] - along) > band] = np.inf
    total = np.full((rows + 1, columns + 1), np.inf)
    total[0, 0] = 0.0
    # Along an anti-diagonal no cell depends on another, so each is one vectorised step.
    for diagonal in range(rows + columns - 1):
        i = np.arange(max(0, diagonal - columns + 1), min(rows, diagonal + 1))
        j = diagonal - i
        standing = np.minimum(total[i, j + 1], total[i + 1, j]) + STEP_COST
        total[i + 1, j + 1] = cost[i, j] + np.minimum(total[i, j], standing)
    return _trace(total)


def _trace(total: Float64s) -> Path:
    i, j = total.shape[0] - 1, total.shape[1] - 1
    steps = [(i - 1, j - 1)]
    while i > 1 or j > 1:
        before = (total[i - 1, j - 1], total[i - 1, j] + STEP_COST, total[i, j - 1] + STEP_COST)
        choice = int(np.argmin(before))
        i, j = (i - 1, j - 1) if choice == 0 else (i - 1, j) if choice == 1 else (i, j - 1)
        steps.append((i - 1, j - 1))
    return np.array(steps[::-1], np.intp)


def _shape(take: TakeContour) -> Float64s:
    """What two takes of the same words share: level and pitch by themselves, and voicing."""
    voiced = ~np.isnan(take.semitones)
    level = _standardised(_floored(take))
    pitch = np.zeros(len(voiced))
    if voiced.any():
        pitch[voiced] = _standardised(take.semitones[voiced].astype(np.float64))
    return np.stack([level, pitch, VOICING_COST * voiced], axis=1)


def _floored(take: TakeContour) -> Float64s:
    level = take.level_dbfs.astype(np.float64)
    return np.maximum(level, np.percentile(level[take.is_speech], 95) - LEVEL_RANGE_DB)


def _standardised(values: Float64s) -> Float64s:
    return np.asarray((values - values.mean()) / max(values.std(), 1e-6))


def _compare_pitch(first: Float32s, second: Float32s, path: Path) -> dict[str, float | None]:
    a, b = first[path[:, 0]].astype(np.float64), second[path[:, 1]].astype(np.float64)
    both = ~np.isnan(a) & ~np.isnan(b)
    if both.sum() < MIN_SHARED_VOICED_HOPS:
        return dict.fromkeys(
            (
                "pitch_shift_semitones",
                "pitch_range_ratio",
                "pitch_correlation",
                "pitch_difference_semitones",
            )
        )
    a, b = a[both], b[both]
    shift = float(np.median(b - a))
    return {
        "pitch_shift_semitones": shift,
        "pitch_range_ratio": _range(second) / max(_range(first), 0.1),
        "pitch_correlation": _correlation(a, b),
        "pitch_difference_semitones": float(np.sqrt(np.mean(np.square(b - a - shift)))),
    }


def _range(semitones: Float32s) -> float:
    low, high = np.nanpercentile(semitones, (5, 95))
    return float(high - low)


def _correlation(a: Float64s, b: Float64s) -> float:
    a, b = a - a.mean(), b - b.mean()
    size = float(np.sqrt(np.dot(a, a) * np.dot(b, b)))
    return float(np.dot(a, b)) / size if size > 0 else 0.0


def _tempo(path: Path, n_hops: int, hop_s: float) -> Float64s:
    """Hops of the first take for each of the second, over half a second of the first."""
    reached = np.zeros(n_hops)
    np.maximum.at(reached, path[:, 0], path[:, 1])
    half = max(1, round(0.25 / hop_s))
    left = np.maximum(np.arange(n_hops) - half, 0)
    right = np.minimum(np.arange(n_hops) + half, n_hops - 1)
    return np.asarray((right - left) / np.maximum(reached[right] - reached[left], 0.5))


def _pauses_s(take: TakeContour, hop_s: float) -> Float64s:
    """The pauses of 0.25 s or more inside the speech, seconds from the take's first hop."""
    return silent_pauses(speech_intervals(take.is_speech, hop_s=hop_s))
