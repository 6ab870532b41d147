"""Timing things fairly against each other.

Processor time, not time on the wall: what else runs on the machine is not ours to count.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Case:
    """Something to be timed.

    Attributes
    ----------
    name : str
    streams : int
        How many streams one call serves.
    call : callable
        Takes the number of the hop.
    """

    name: str
    streams: int
    call: Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Timing:
    """Microseconds per stream and hop: the median over rounds, and its quartiles."""

    name: str
    streams: int
    median_us: float
    lower_quartile_us: float
    upper_quartile_us: float


def time_interleaved(cases: Sequence[Case], *, rounds: int, round_s: float) -> list[Timing]:
    """Time all cases in turn, again and again.

    A machine that is slow for a while is then slow for all of them, and medians leave bursts out.

    Parameters
    ----------
    cases : sequence of Case
    rounds : int > 0
    round_s : float > 0
        About how long each case is called in each round, at least once.
    """
    calls = [_calls_in(case, round_s) for case in cases]
    taken_us = np.array(
        [[_time_us(case, n) for case, n in zip(cases, calls, strict=True)] for _ in range(rounds)]
    )
    lower, median, upper = np.percentile(taken_us, (25, 50, 75), axis=0)
    return [
        Timing(case.name, case.streams, float(median[i]), float(lower[i]), float(upper[i]))
        for i, case in enumerate(cases)
    ]


def _calls_in(case: Case, seconds: float) -> int:
    case.call(0)  # the first call builds tables
    once_s = _time_us(case, 1) * case.streams / 1e6
    return max(1, round(seconds / max(once_s, 1e-6)))


def _time_us(case: Case, calls: int) -> float:
    start = time.process_time()
    for hop in range(calls):
        case.call(hop)
    return (time.process_time() - start) * 1e6 / calls / case.streams
