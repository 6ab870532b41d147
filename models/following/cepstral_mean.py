"""The running mean of each stream's cepstra: what its room, microphone and level add to all speech.

pocketsphinx subtracts the mean of a whole utterance; live, it is not over yet. Here the mean begins
at that of ordinary speech and follows what is heard while a line is followed. The first cepstrum,
which holds the level, is followed faster: levels differ far more than voices do.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dsp.kernel import Slots
from models.acoustic.front_end import CEPSTRA

Float32s = npt.NDArray[np.float32]
# Weights, mean, level of the loudest frame.
MeanState = tuple[Float32s, Float32s, float]

# Mean over the read sentences of the tuning speakers.
_ORDINARY = np.array(
    [58.2, 6.4, 4.0, 5.8, -7.8, -1.1, -4.6, -1.4, -8.0, 3.4, -1.8, -0.6, 5.1], np.float32
)
# The beginning counts as so many frames, and the past as no more than so many.
_PRIOR_FRAMES = np.float32(40.0)
_PRIOR_LEVEL_FRAMES = np.float32(15.0)
_MEMORY_FRAMES = np.float32(600.0)
# Frames so far below the loudest (35 dB) are the room, of which a line may have any amount.
_SPEECH_DEPTH = np.float32(40.0)
# The loudest is forgotten by so much a frame.
_PEAK_DECAY = np.float32(0.01)


class CepstralMean:
    """Means of many streams."""

    def __init__(self, capacity: int) -> None:
        self._weight = np.zeros((capacity, CEPSTRA), np.float32)
        self._mean = np.zeros((capacity, CEPSTRA), np.float32)
        self._peak = np.zeros(capacity, np.float32)
        self.reset(np.arange(capacity))

    def resize(self, capacity: int) -> None:
        """Make room for `capacity` streams."""
        old = len(self._peak)
        more = capacity - old
        self._weight = np.pad(self._weight, ((0, more), (0, 0)))
        self._mean = np.pad(self._mean, ((0, more), (0, 0)))
        self._peak = np.pad(self._peak, (0, more))
        self.reset(np.arange(old, capacity))

    def reset(self, slots: Slots) -> None:
        """Begin anew in `slots`."""
        self._weight[slots] = _PRIOR_FRAMES
        self._weight[slots, 0] = _PRIOR_LEVEL_FRAMES
        self._mean[slots] = _ORDINARY
        self._peak[slots] = -np.inf

    def state(self, slot: int) -> MeanState:
        """What a stream has learned."""
        return self._weight[slot].copy(), self._mean[slot].copy(), float(self._peak[slot])

    def restore(self, slot: int, state: MeanState) -> None:
        """Go on from what `state` gave."""
        self._weight[slot], self._mean[slot], self._peak[slot] = state

    def step(self, slots: Slots, cepstra: Float32s) -> Float32s:
        """Take one frame of each stream in; the means with it, shape (n, CEPSTRA).

        Parameters
        ----------
        slots : intp, shape (n,)
        cepstra : float32, shape (n, CEPSTRA)
        """
        level = cepstra[:, 0]
        peak = np.maximum(self._peak[slots] - _PEAK_DECAY, level)
        self._peak[slots] = peak
        mean, weight = self._mean[slots], self._weight[slots]
        is_speech = (level > peak - _SPEECH_DEPTH)[:, None]
        weight = np.where(is_speech, np.minimum(weight + 1, _MEMORY_FRAMES), weight)
        mean = np.where(is_speech, mean + (cepstra - mean) / weight, mean)
        self._mean[slots], self._weight[slots] = mean, weight
        return mean
