"""What was measured of a stream's last hops, kept only while a line may still need it."""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from dsp.clock import HOP_MS

Number = TypeVar("Number", bound=np.generic)

# Of a longer line only the last minute is kept.
MAX_HOPS = 60_000 // HOP_MS


class HopHistory(Generic[Number]):
    """One row for each hop, oldest first.

    Parameters
    ----------
    nothing : array, shape (0, width)
        What a stretch without hops is.
    begins_ms : int
        Where the first hop will begin.
    """

    def __init__(self, nothing: npt.NDArray[Number], begins_ms: int = 0) -> None:
        self._nothing = nothing
        self._rows: deque[npt.NDArray[Number]] = deque(maxlen=MAX_HOPS)
        self._end_ms = begins_ms

    @property
    def start_ms(self) -> int:
        """Where the first hop kept begins."""
        return self._end_ms - len(self._rows) * HOP_MS

    @property
    def end_ms(self) -> int:
        """Where the last hop ends."""
        return self._end_ms

    def push(self, rows: npt.NDArray[Number]) -> None:
        """Keep the next hops, shape (n_hops, width)."""
        self._rows.extend(rows)
        self._end_ms += len(rows) * HOP_MS

    def forget_before(self, at_ms: int) -> None:
        """Drop every hop that ends at or before `at_ms`."""
        for _ in range(min(len(self._rows), max(0, at_ms - self.start_ms) // HOP_MS)):
            self._rows.popleft()

    def between(self, start_ms: int, end_ms: int) -> npt.NDArray[Number]:
        """Rows of a stretch, as far as they are kept; whole hops, shape (n_hops, width)."""
        first = max(0, (start_ms - self.start_ms) // HOP_MS)
        last = max(first, -(-(end_ms - self.start_ms) // HOP_MS))
        kept = list(self._rows)[first:last]
        return np.stack(kept) if kept else self._nothing
