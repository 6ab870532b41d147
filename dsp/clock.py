"""The analysis clock: every kernel counts samples at one rate, in steps of one hop.

Positions are samples since the stream began. Arrival times never enter `dsp`.
"""

ANALYSIS_RATE_HZ = 16_000
HOP_SAMPLES = 320
HOP_MS = 1000 * HOP_SAMPLES // ANALYSIS_RATE_HZ
HOP_S = HOP_SAMPLES / ANALYSIS_RATE_HZ


def samples_to_ms(position: int) -> int:
    """Whole milliseconds of an analysis position, rounded down."""
    return position * 1000 // ANALYSIS_RATE_HZ
