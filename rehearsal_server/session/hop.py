"""What the analysis tells a session about 20 ms of its microphone."""

from __future__ import annotations

from typing import NamedTuple


class Hop(NamedTuple):
    """Features of one hop, with times in whole milliseconds since the stream began."""

    end_ms: int
    level_dbfs: float
    loudness_lufs: float
    f0_hz: float  # NaN where unvoiced
    is_speech: bool
    # Set on the hop that decided it; back-dated to where speech really began or ended.
    onset_ms: int | None = None
    offset_ms: int | None = None
    clipped: bool = False
