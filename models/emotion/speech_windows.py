"""The last seconds of every stream, and when the next window of each is due."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dsp.clock import HOP_MS
from dsp.kernel import Slots
from models.emotion.descriptors import DESCRIPTORS

Float32s = npt.NDArray[np.float32]

WINDOW_HOPS = 3000 // HOP_MS
STEP_HOPS = 500 // HOP_MS
# A window is not asked about before it holds this much speech.
MIN_SPEECH_HOPS = 1000 // HOP_MS
# How much of each window the one before it did not hold.
NEW_SHARE = STEP_HOPS / WINDOW_HOPS


class SpeechWindows:
    """Kernel: keeps the descriptors of the last 3 s and says after every 0.5 s of speech.

    A `dsp.kernel.StreamKernel`. Memory is 20 kB a stream.
    """

    def __init__(self, capacity: int) -> None:
        self._rows = np.zeros((capacity, WINDOW_HOPS, DESCRIPTORS), np.float32)
        self._is_speech = np.zeros((capacity, WINDOW_HOPS), np.bool_)
        self._hops_seen = np.zeros(capacity, np.int64)
        self._new_speech_hops = np.zeros(capacity, np.int64)

    def resize(self, capacity: int) -> None:
        """Make room for at least `capacity` slots, keeping the state of those in use."""
        missing = max(0, capacity - len(self._rows))
        self._rows = np.pad(self._rows, ((0, missing), (0, 0), (0, 0)))
        self._is_speech = np.pad(self._is_speech, ((0, missing), (0, 0)))
        self._hops_seen = np.pad(self._hops_seen, (0, missing))
        self._new_speech_hops = np.pad(self._new_speech_hops, (0, missing))

    def reset(self, slots: Slots) -> None:
        """Bring `slots` to the state of a stream that has not begun."""
        self._is_speech[slots] = False
        self._hops_seen[slots] = 0
        self._new_speech_hops[slots] = 0

    def step(self, slots: Slots, described: Float32s, is_speech: npt.NDArray[np.bool_]) -> Slots:
        """Take one hop of each of `slots`.

        Parameters
        ----------
        slots : intp, shape (n,), no slot twice
        described : float32, shape (n, DESCRIPTORS)
            `describe_hops` of the hop.
        is_speech : bool, shape (n,)
            The live voice decision.

        Returns
        -------
        intp, shape (n_due,)
            Those of `slots` whose next window is due with this hop.
        """
        place = self._hops_seen[slots] % WINDOW_HOPS
        self._rows[slots, place] = described
        self._is_speech[slots, place] = is_speech
        self._hops_seen[slots] += 1
        self._new_speech_hops[slots] += is_speech
        waited: Slots = slots[self._new_speech_hops[slots] >= STEP_HOPS]
        due: Slots = waited[self._is_speech[waited].sum(axis=1) >= MIN_SPEECH_HOPS]
        self._new_speech_hops[due] = 0
        return due

    def window(self, slot: int) -> Float32s:
        """The last hops of a stream, oldest first, at most `WINDOW_HOPS`; a copy."""
        seen = int(self._hops_seen[slot])
        if seen <= WINDOW_HOPS:
            return self._rows[slot, :seen].copy()
        return np.roll(self._rows[slot], -(seen % WINDOW_HOPS), axis=0)
