"""Pauses and rates of a line, from when it was spoken and how many syllables it had.

Pure arithmetic on intervals: rows of ``[start, end)`` in seconds, in order, not overlapping. Where
they and the syllables come from (the voice decision, the script, `dsp.syllables`) is the caller's
choice. Definitions: De Jong & Wempe 2009.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Intervals = npt.NDArray[np.float64]

MIN_PAUSE_S = 0.25
MEDIUM_PAUSE_S = 0.5
LONG_PAUSE_S = 1.0


@dataclass(frozen=True, slots=True)
class SpeechTiming:
    """Timing of one line, from its first sound to its last.

    Attributes
    ----------
    duration_s : float
        Total time, pauses included; silence before and after the line is not.
    phonation_s : float
        Total time without the silent pauses.
    phonation_ratio : float, 0 to 1
        Phonation over total time.
    speech_rate, articulation_rate : float
        Syllables per second of total time and of phonation time.
    pauses, medium_pauses, long_pauses : int
        Silent pauses of at least 0.25 s, and those of them of at least 0.5 s and over 1 s.
    """

    duration_s: float
    phonation_s: float
    phonation_ratio: float
    speech_rate: float
    articulation_rate: float
    pauses: int
    medium_pauses: int
    long_pauses: int


def measure_timing(
    speech: Intervals, *, n_syllables: int, min_pause_s: float = MIN_PAUSE_S
) -> SpeechTiming | None:
    """Put the figures of a line together.

    Parameters
    ----------
    speech : float64, shape (n, 2), seconds
        Where speech was detected.
    n_syllables : int >= 0
        Of what was said.
    min_pause_s : float, seconds

    Returns
    -------
    SpeechTiming or None
        None if nothing was said.

    Raises
    ------
    ValueError
        `speech` is not a list of intervals in order, or `n_syllables` is negative.
    """
    if n_syllables < 0:
        raise ValueError(f"a line cannot have {n_syllables} syllables")
    pauses = silent_pauses(speech, min_pause_s=min_pause_s)
    if not len(speech):
        return None
    duration_s = float(speech[-1, 1] - speech[0, 0])
    lengths_s = pauses[:, 1] - pauses[:, 0]
    phonation_s = duration_s - float(lengths_s.sum())
    return SpeechTiming(
        duration_s=duration_s,
        phonation_s=phonation_s,
        phonation_ratio=phonation_s / duration_s,
        speech_rate=n_syllables / duration_s,
        articulation_rate=n_syllables / phonation_s,
        pauses=len(pauses),
        medium_pauses=int((lengths_s >= MEDIUM_PAUSE_S).sum()),
        long_pauses=int((lengths_s > LONG_PAUSE_S).sum()),
    )


def silent_pauses(speech: Intervals, *, min_pause_s: float = MIN_PAUSE_S) -> Intervals:
    """Find the silences inside a line that are long enough to be heard as pauses.

    Parameters
    ----------
    speech : float64, shape (n, 2), seconds
    min_pause_s : float, seconds
        Shorter gaps belong to articulation: the closure of a stop lasts up to 0.15 s.

    Returns
    -------
    float64, shape (n_pauses, 2), seconds
        The silence before the first and after the last sound is none of them.

    Raises
    ------
    ValueError
        `speech` is not a list of intervals in order.
    """
    _check_intervals(speech)
    gaps = np.stack((speech[:-1, 1], speech[1:, 0]), axis=1)
    # Half a sample of tolerance: times that are sums of hops miss 0.25 by rounding.
    return gaps[gaps[:, 1] - gaps[:, 0] > min_pause_s - 3e-5]


def speech_intervals(is_speech: npt.NDArray[np.bool_], *, hop_s: float) -> Intervals:
    """Join the hops that hold speech into intervals.

    Parameters
    ----------
    is_speech : bool, shape (n_hops,)
        The voice decision, oldest first.
    hop_s : float > 0, seconds

    Returns
    -------
    float64, shape (n, 2), seconds after the first hop began

    Raises
    ------
    ValueError
        `is_speech` is not 1-D, or `hop_s` is not positive.
    """
    if is_speech.ndim != 1:
        raise ValueError(f"one decision per hop is needed, not shape {is_speech.shape}")
    if hop_s <= 0:
        raise ValueError(f"hop_s is {hop_s}; it is the length of a hop in seconds")
    edges = np.diff(np.concatenate(([False], is_speech, [False])).astype(np.int8))
    bounds = np.stack((np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)), axis=1)
    return bounds.astype(np.float64) * hop_s


def words_per_minute(n_words: int, speech: Intervals) -> float | None:
    """Words per minute of total time; None if nothing was said."""
    _check_intervals(speech)
    return 60 * n_words / float(speech[-1, 1] - speech[0, 0]) if len(speech) else None


def _check_intervals(intervals: Intervals) -> None:
    if intervals.ndim != 2 or intervals.shape[1] != 2:
        raise ValueError(f"intervals are rows of [start, end), not shape {intervals.shape}")
    # Written so that NaN fails too.
    if not (intervals[:, 0] < intervals[:, 1]).all():
        raise ValueError("an interval ends before it starts; are the columns swapped?")
    if not (intervals[:-1, 1] <= intervals[1:, 0]).all():
        raise ValueError("intervals overlap or are out of order")
