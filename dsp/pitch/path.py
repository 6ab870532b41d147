"""The best path through the candidates so far: Viterbi that never looks ahead."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dsp.kernel import Slots
from dsp.pitch.autocorrelation import Candidates

Floats = npt.NDArray[np.float32]

# Strength that a jump of one octave costs.
JUMP_COST = np.float32(0.2)
# Strength that a low candidate loses per octave against a high one.
LOW_COST = np.float32(0.02)
# Strength that a candidate loses per octave outside the range that the stream has been using.
STRANGER_COST = np.float32(0.1)
USUAL_OCTAVES = np.float32(0.3)
# Frames at least so strong say what the stream's usual pitch is.
SURE_STRENGTH = np.float32(0.8)
# The usual pitch follows at this share a frame: half of it is from the last half second of voice.
MEMORY_RATE = np.float32(0.02)
_MISSING = np.float32(-1.0)


class PitchPath:
    """For each slot the score of the best path that ends in each candidate.

    After Boersma (1993), section 4, with two deviations: the decision is taken at once (the best
    path up to this frame), because a stream cannot wait for the end; and there is no unvoiced
    state, voicing being decided by `dsp.pitch.voicing` from more than the path knows. What the
    path adds is a memory of the stream's usual pitch, which settles the octave at onsets.
    """

    def __init__(self, capacity: int, candidates: int) -> None:
        self._score = np.zeros((capacity, candidates), np.float32)
        self._log2_f0 = np.zeros((capacity, candidates), np.float32)
        self._usual_log2_f0 = np.zeros(capacity, np.float32)
        self._usual_weight = np.zeros(capacity, np.float32)
        self.reset(np.arange(capacity, dtype=np.intp))

    def resize(self, capacity: int) -> None:
        """Make room for at least `capacity` slots, keeping the state of those in use."""
        missing = max(0, capacity - len(self._score))
        self._score = np.pad(self._score, ((0, missing), (0, 0)))
        self._log2_f0 = np.pad(self._log2_f0, ((0, missing), (0, 0)))
        self._usual_log2_f0 = np.pad(self._usual_log2_f0, (0, missing))
        self._usual_weight = np.pad(self._usual_weight, (0, missing))

    def reset(self, slots: Slots) -> None:
        """Bring `slots` to the state of a stream that has not begun."""
        self._score[slots] = 0
        self._log2_f0[slots] = 0
        self._usual_log2_f0[slots] = 0
        self._usual_weight[slots] = 0

    def step(self, slots: Slots, candidates: Candidates) -> npt.NDArray[np.intp]:
        """Advance one frame and choose.

        Parameters
        ----------
        slots : intp, shape (n,)
        candidates : Candidates of n frames

        Returns
        -------
        intp, shape (n,)
            The candidate at the end of the best path.
        """
        log2_f0 = np.log2(candidates.f0_hz)
        jump = np.abs(self._log2_f0[slots][:, :, None] - log2_f0[:, None, :])
        jump *= -JUMP_COST
        jump += self._score[slots][:, :, None]
        score = jump.max(axis=1)
        score += np.where(
            candidates.strength > 0, candidates.strength + LOW_COST * log2_f0, _MISSING
        )
        score -= self._strangeness(slots, log2_f0)
        score -= score.max(axis=1, keepdims=True)
        chosen: npt.NDArray[np.intp] = score.argmax(axis=1)
        self._score[slots] = score
        self._log2_f0[slots] = log2_f0
        rows = np.arange(len(slots))
        self._remember(slots, log2_f0[rows, chosen], candidates.strength[rows, chosen])
        return chosen

    def _strangeness(self, slots: Slots, log2_f0: Floats) -> Floats:
        """Cost of being far from the usual pitch; nothing until there is one."""
        weight = self._usual_weight[slots]
        usual = self._usual_log2_f0[slots] / np.maximum(weight, MEMORY_RATE)
        away = np.abs(log2_f0 - usual[:, None]) - USUAL_OCTAVES
        cost: Floats = np.maximum(away, 0) * (STRANGER_COST * np.minimum(2 * weight, 1))[:, None]
        return cost

    def _remember(self, slots: Slots, log2_f0: Floats, strength: Floats) -> None:
        rate = np.where(strength > SURE_STRENGTH, MEMORY_RATE, np.float32(0))
        weight, usual = self._usual_weight[slots], self._usual_log2_f0[slots]
        self._usual_weight[slots] = weight + rate * (1 - weight)
        self._usual_log2_f0[slots] = usual + rate * (log2_f0 - usual)
