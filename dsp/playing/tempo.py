"""The tempo of what was played, from where its notes begin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SLOWEST_BPM, FASTEST_BPM = 40.0, 240.0
# Listeners tap near two beats a second, and an octave to either side half as readily.
PREFERRED_BPM = 120.0
PREFERENCE_OCTAVES = 1.0
# Fewer notes than this have no pulse.
LEAST_ONSETS = 6

_GRID_S = 0.01
# A player's notes lie this far from the beat.
_SPREAD_S = 0.02


@dataclass(frozen=True, slots=True)
class Tempo:
    """A tempo and how regular the notes were.

    Attributes
    ----------
    bpm : float
    confidence : float, 0 to 1
        Height of the periodicity at that tempo, re a perfectly regular pulse.
    """

    bpm: float
    confidence: float


def estimate_tempo(onsets_s: npt.NDArray[np.floating]) -> Tempo | None:
    """Find the pulse that most of the onsets follow.

    The autocorrelation of the onsets, blurred by how exactly people play, weighted by a log-normal
    preference for moderate tempi (Ellis 2007, "Beat tracking by dynamic programming"). Deviates in
    using onsets instead of the onset strength, since these are kept of a whole session.

    Parameters
    ----------
    onsets_s : float, shape (n_onsets,), seconds, rising

    Returns
    -------
    Tempo or None
        None where there are fewer than `LEAST_ONSETS` onsets, or no interval in the range.
    """
    if len(onsets_s) < LEAST_ONSETS:
        return None
    train = np.zeros(int((onsets_s[-1] - onsets_s[0]) / _GRID_S) + 1)
    train[((onsets_s - onsets_s[0]) / _GRID_S).astype(int)] = 1
    reach = np.arange(-5, 6) * _GRID_S
    blurred = np.convolve(train, np.exp(-0.5 * (reach / _SPREAD_S) ** 2), mode="same")
    longest = int(60 / SLOWEST_BPM / _GRID_S)
    shortest = int(60 / FASTEST_BPM / _GRID_S)
    if len(blurred) <= longest:
        return None
    energy = float(blurred @ blurred)
    lags = np.arange(shortest, longest + 1)
    periodicity = np.array([blurred[:-lag] @ blurred[lag:] for lag in lags]) / energy
    bpm = 60 / (lags * _GRID_S)
    preference = np.exp(-0.5 * (np.log2(bpm / PREFERRED_BPM) / PREFERENCE_OCTAVES) ** 2)
    best = int(np.argmax(periodicity * preference))
    if periodicity[best] <= 0:
        return None
    period_s = _refine(lags[best] * _GRID_S, periodicity, best)
    return Tempo(bpm=60 / period_s, confidence=min(1.0, float(periodicity[best])))


def _refine(period_s: float, curve: npt.NDArray[np.float64], peak: int) -> float:
    """Move a period to the top of the parabola through its neighbours."""
    if not 0 < peak < len(curve) - 1:
        return period_s
    left, middle, right = curve[peak - 1 : peak + 2]
    bend = left - 2 * middle + right
    return period_s if bend >= 0 else period_s + _GRID_S * float((left - right) / (2 * bend))
