"""The microphone's last seconds, kept only while a line may still need them."""

from __future__ import annotations

from collections import deque

import numpy as np
import numpy.typing as npt

from dsp.clock import HOP_MS

Pcm = npt.NDArray[np.int16]

# A longer line is described by its last minute: 1.9 MB is what one session may hold.
MAX_HOPS = 60_000 // HOP_MS


class LineAudio:
    """Hops of 16-bit samples at the analysis rate, oldest first.

    Half the memory of the analysis's floats, and 90 dB of range are enough for any figure.
    """

    def __init__(self) -> None:
        self._hops: deque[Pcm] = deque(maxlen=MAX_HOPS)
        self._end_ms = 0

    @property
    def start_ms(self) -> int:
        """Where the first hop kept begins."""
        return self._end_ms - len(self._hops) * HOP_MS

    def push(self, hops: npt.NDArray[np.float32]) -> None:
        """Keep the next hops, float32 of shape (n_hops, HOP_SAMPLES)."""
        pcm = np.round(np.clip(hops, -1, 1) * 32_767).astype(np.int16)
        self._hops.extend(pcm)
        self._end_ms += len(hops) * HOP_MS

    def forget_before(self, at_ms: int) -> None:
        """Drop every hop that ends at or before `at_ms`."""
        for _ in range(min(len(self._hops), max(0, at_ms - self.start_ms) // HOP_MS)):
            self._hops.popleft()

    def between(self, start_ms: int, end_ms: int) -> Pcm:
        """Samples of a stretch, as far as they are kept; whole hops."""
        first = max(0, (start_ms - self.start_ms) // HOP_MS)
        last = max(first, -(-(end_ms - self.start_ms) // HOP_MS))
        kept = list(self._hops)[first:last]
        return np.concatenate(kept) if kept else np.zeros(0, np.int16)
