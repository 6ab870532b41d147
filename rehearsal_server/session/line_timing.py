"""The time course of one spoken line, in the field's terms (metrics.md).

Rates and the phonation ratio follow De Jong & Wempe (2009); the pick-up is a floor transfer offset
(arXiv 2505.24736). Syllables are those of the written line: what was said is not yet recognised, so
a line that was cut short has its syllables scaled by the share that was said.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dsp.rhythm import measure_timing, silent_pauses
from rehearsal_server.session.intervals import Span
from rehearsal_server.session.playback import Basis


@dataclass(frozen=True)
class LineTiming:
    """When and how fast a line was spoken."""

    start_ms: int
    end_ms: int
    pickup_ms: int | None
    pickup_basis: Basis | None
    speech_rate: float
    articulation_rate: float
    phonation_ratio: float
    pauses: tuple[Span, ...]

    @property
    def duration_ms(self) -> int:
        """From first onset to last speech end."""
        return self.end_ms - self.start_ms


def measure_line(
    speech: list[Span], *, syllables: float, cue_end: tuple[int, Basis] | None
) -> LineTiming:
    """Measure a line from its speech.

    Parameters
    ----------
    speech : spans of speech, at least one
    syllables : how many were said
    cue_end : when the cue line's end was heard, and how that is known; None without a cue line

    Raises
    ------
    ValueError
        There is no speech to measure.
    """
    if not speech:
        raise ValueError("a line without speech has no timing")
    start_ms, end_ms = speech[0].start_ms, speech[-1].end_ms
    intervals = np.array(speech) / 1000
    rhythm = measure_timing(intervals, n_syllables=round(syllables))
    assert rhythm is not None, "there is speech"
    pauses = np.round(1000 * silent_pauses(intervals)).astype(int).tolist()
    return LineTiming(
        start_ms=start_ms,
        end_ms=end_ms,
        pickup_ms=start_ms - cue_end[0] if cue_end else None,
        pickup_basis=cue_end[1] if cue_end else None,
        speech_rate=round(rhythm.speech_rate, 2),
        articulation_rate=round(rhythm.articulation_rate, 2),
        phonation_ratio=round(rhythm.phonation_ratio, 3),
        pauses=tuple(Span(*pause) for pause in pauses),
    )
