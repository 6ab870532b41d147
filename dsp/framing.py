"""Cutting a stream that arrives in arbitrary chunks into hops."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dsp.clock import HOP_SAMPLES

Samples = npt.NDArray[np.float32]


class HopFramer:
    """Collects the chunks of one stream and gives them back as whole hops.

    The hops depend only on the samples, never on how they were cut. Fewer than `HOP_SAMPLES`
    samples wait here at any time.
    """

    def __init__(self) -> None:
        self._pending = np.zeros(0, np.float32)

    @property
    def pending_samples(self) -> int:
        """Samples that wait for the rest of their hop."""
        return len(self._pending)

    def push(self, chunk: Samples) -> Samples:
        """Take a chunk and return the hops it completes.

        Parameters
        ----------
        chunk : float32, shape (n_samples,)
            Any number of samples at the analysis rate, in [-1, 1].

        Returns
        -------
        float32, shape (n_hops, HOP_SAMPLES)
            Oldest first; ``(0, HOP_SAMPLES)`` if none is complete.

        Raises
        ------
        ValueError
            `chunk` is not 1-D.
        """
        if chunk.ndim != 1:
            raise ValueError(f"chunk has shape {chunk.shape}; mono samples are 1-D")
        samples = np.concatenate((self._pending, chunk), dtype=np.float32)
        whole = len(samples) - len(samples) % HOP_SAMPLES
        # A copy: the remainder must not keep the whole chunk alive.
        self._pending = samples[whole:].copy()
        return samples[:whole].reshape(-1, HOP_SAMPLES)

    @property
    def state(self) -> Samples:
        """The samples that wait, float32 of shape (pending_samples,)."""
        return self._pending.copy()

    @state.setter
    def state(self, pending: Samples) -> None:
        self._pending = pending.astype(np.float32)
