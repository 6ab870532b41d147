"""How unevenly the vocal folds vibrate: jitter (of the periods) and shimmer (of the amplitudes)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dsp.clock import ANALYSIS_RATE_HZ

Float64s = npt.NDArray[np.float64]

# Praat's defaults: what lies outside is an error of the pulses, not a perturbation of the voice.
SHORTEST_PERIOD_S, LONGEST_PERIOD_S = 0.0001, 0.02
MAX_PERIOD_FACTOR = 1.3
MAX_AMPLITUDE_FACTOR = 1.6
# A perturbation averaged over fewer periods says little about a voice.
MIN_PERIODS = 10


def jitter_local(pulses: list[Float64s]) -> float | None:
    """Mean absolute difference of consecutive periods over the mean period (Praat: "local").

    Parameters
    ----------
    pulses : list of float64, each of shape (n_pulses,)
        `glottal_pulses`, seconds.

    Returns
    -------
    float or None
        A ratio (0.01 is 1 %); None for fewer than `MIN_PERIODS` usable pairs of periods.
    """
    periods = [np.diff(stretch) for stretch in pulses]
    usable = [_usable_pairs(stretch) for stretch in periods]
    differences = np.concatenate(
        [np.zeros(0), *(np.abs(np.diff(p))[ok] for p, ok in zip(periods, usable, strict=True))]
    )
    if len(differences) < MIN_PERIODS:
        return None
    every = np.concatenate(periods)
    return float(differences.mean() / every[_plausible(every)].mean())


def shimmer_local(samples: Float64s, pulses: list[Float64s]) -> float | None:
    """Mean absolute difference of consecutive amplitudes over the mean amplitude (Praat: "local").

    Parameters
    ----------
    samples : float64, shape (n,)
        At the analysis rate, without constant offset.
    pulses : list of float64, each of shape (n_pulses,)
        `glottal_pulses` of `samples`, seconds.

    Returns
    -------
    float or None
        A ratio; None for fewer than `MIN_PERIODS` usable pairs of amplitudes. As in Praat, the
        amplitude of a pulse is the RMS under a Hann window that reaches a fifth of a period
        to each side.
    """
    differences, amplitudes = [np.zeros(0)], [np.zeros(0)]
    for stretch in pulses:
        inner = 1 + np.flatnonzero(_usable_pairs(np.diff(stretch)))
        amplitude = np.array([_amplitude(samples, stretch, int(pulse)) for pulse in inner])
        comparable = _plausible(np.diff(stretch[inner])) & (
            _factor(amplitude[1:], amplitude[:-1]) <= MAX_AMPLITUDE_FACTOR
        )
        differences.append(np.abs(np.diff(amplitude))[comparable])
        amplitudes.append(amplitude)
    difference = np.concatenate(differences)
    if len(difference) < MIN_PERIODS:
        return None
    return float(difference.mean() / np.concatenate(amplitudes).mean())


def _usable_pairs(periods: Float64s) -> npt.NDArray[np.bool_]:
    earlier, later = periods[:-1], periods[1:]
    similar = _factor(earlier, later) <= MAX_PERIOD_FACTOR
    return np.asarray(_plausible(earlier) & _plausible(later) & similar)


def _plausible(periods: Float64s) -> npt.NDArray[np.bool_]:
    return np.asarray((periods >= SHORTEST_PERIOD_S) & (periods <= LONGEST_PERIOD_S))


def _factor(a: Float64s, b: Float64s) -> Float64s:
    return np.maximum(a, b) / np.maximum(np.minimum(a, b), 1e-30)


def _amplitude(samples: Float64s, pulses: Float64s, pulse: int) -> float:
    before, centre, after = pulses[pulse - 1 : pulse + 2] * ANALYSIS_RATE_HZ
    left, right = 0.2 * (centre - before), 0.2 * (after - centre)
    positions = np.arange(int(np.ceil(centre - left)), int(centre + right) + 1)
    offsets = positions - centre
    window = 0.5 + 0.5 * np.cos(np.pi * offsets / np.where(offsets < 0, left, right))
    windowed = samples[positions] * window
    return float(np.sqrt((windowed @ windowed) / (window @ window)))
