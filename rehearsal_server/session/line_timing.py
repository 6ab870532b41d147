"""The time course of one spoken line, in the field's terms (metrics.md).

Rates and the phonation ratio follow De Jong & Wempe (2009); the pick-up is a floor transfer offset
(arXiv 2505.24736). Syllables are those of the written line: what was said is not yet recognised, so
a line that was cut short has its syllables scaled by the share that was said.
"""

from __future__ import annotations

from dataclasses import dataclass

from rehearsal_server.session.intervals import Span, gaps, merge_gaps, total_ms
from rehearsal_server.session.playback import Basis

# Silent pause: De Jong & Wempe (2009).
MIN_PAUSE_MS = 250
LONG_PAUSE_MS = 1000


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
    phonation = merge_gaps(speech, MIN_PAUSE_MS)
    start_ms, end_ms = phonation[0].start_ms, phonation[-1].end_ms
    duration_s, phonation_s = (end_ms - start_ms) / 1000, total_ms(phonation) / 1000
    return LineTiming(
        start_ms=start_ms,
        end_ms=end_ms,
        pickup_ms=start_ms - cue_end[0] if cue_end else None,
        pickup_basis=cue_end[1] if cue_end else None,
        speech_rate=round(syllables / duration_s, 2),
        articulation_rate=round(syllables / phonation_s, 2),
        phonation_ratio=round(phonation_s / duration_s, 3),
        pauses=tuple(gaps(phonation)),
    )
