"""The microphone's last seconds, kept only while a line may still need them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dsp.clock import HOP_SAMPLES
from rehearsal_server.live.hop_history import HopHistory

Pcm = npt.NDArray[np.int16]


class LineAudio:
    """16-bit samples at the analysis rate: 1.9 MB is what one session may hold.

    Half the memory of the analysis's floats, and 90 dB of range are enough for any figure.
    """

    def __init__(self, begins_ms: int = 0) -> None:
        self._hops = HopHistory(np.zeros((0, HOP_SAMPLES), np.int16), begins_ms)

    @property
    def start_ms(self) -> int:
        """Where the first hop kept begins."""
        return self._hops.start_ms

    @property
    def end_ms(self) -> int:
        """Where the last hop ends."""
        return self._hops.end_ms

    def push(self, hops: npt.NDArray[np.float32]) -> None:
        """Keep the next hops, float32 of shape (n_hops, HOP_SAMPLES)."""
        self._hops.push(np.round(np.clip(hops, -1, 1) * 32_767).astype(np.int16))

    def forget_before(self, at_ms: int) -> None:
        """Drop every hop that ends at or before `at_ms`."""
        self._hops.forget_before(at_ms)

    def between(self, start_ms: int, end_ms: int) -> Pcm:
        """Samples of a stretch, as far as they are kept; whole hops."""
        return self._hops.between(start_ms, end_ms).reshape(-1)


def to_float(samples: Pcm) -> npt.NDArray[np.float32]:
    """Samples as the analysis has them, in [-1, 1)."""
    return samples.astype(np.float32) / np.float32(32_768)
