"""Hops of silence and of speech, with their audio."""

from __future__ import annotations

from collections.abc import Iterator
from math import nan

import numpy as np

from dsp.clock import HOP_MS, HOP_SAMPLES
from rehearsal_server.session.hop import Hop
from rehearsal_server.transcripts.utterances import HopAudio


def hops(*stretches: tuple[bool, int], start_ms: int = 0) -> Iterator[tuple[Hop, HopAudio]]:
    """Hops of stretches (whether it is speech, length in ms); each hop's audio is its number."""
    now_ms = start_ms
    for is_speech, length_ms in stretches:
        for _ in range(length_ms // HOP_MS):
            now_ms += HOP_MS
            samples = np.full(HOP_SAMPLES, now_ms / HOP_MS / 32_767, np.float32)
            yield Hop(now_ms, -30.0, -30.0, nan, is_speech), samples
