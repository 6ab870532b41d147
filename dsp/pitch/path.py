"""The best path through the candidates so far: Viterbi that never looks ahead."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dsp.kernel import Slots

Floats = npt.NDArray[np.float32]

VOICED_UNVOICED_COST = np.float32(0.14)
OCTAVE_JUMP_COST = np.float32(0.35)
UNVOICED_SCORE = np.float32(0.45)
OCTAVE_COST = np.float32(0.01)


class PitchPath:
    """For each slot the score of the best path that ends in each candidate, or unvoiced.

    The last column is the unvoiced state. After Boersma (1993), section 4, with the decision taken
    at once (the best path up to this frame) because a stream cannot wait for the end.
    """

    def __init__(self, capacity: int, candidates: int) -> None:
        self._score = np.zeros((capacity, candidates + 1), np.float32)
        self._log2_f0 = np.zeros((capacity, candidates), np.float32)
        self.reset(np.arange(capacity, dtype=np.intp))

    def resize(self, capacity: int) -> None:
        """Make room for at least `capacity` slots."""
        used = len(self._score)
        grown = PitchPath(max(capacity, used), self._log2_f0.shape[1])
        grown._score[:used] = self._score
        grown._log2_f0[:used] = self._log2_f0
        self._score, self._log2_f0 = grown._score, grown._log2_f0

    def reset(self, slots: Slots) -> None:
        """Start `slots` afresh: unvoiced until now."""
        self._score[slots] = -np.inf
        self._score[slots, -1] = 0
        self._log2_f0[slots] = 0

    def step(self, slots: Slots, f0_hz: Floats, strength: Floats) -> npt.NDArray[np.intp]:
        """Advance one frame and choose.

        Parameters
        ----------
        slots : intp, shape (n,)
        f0_hz, strength : float32, shape (n, candidates)

        Returns
        -------
        intp, shape (n,)
            The candidate at the end of the best path; ``candidates`` means unvoiced.
        """
        log2_f0 = np.log2(f0_hz)
        before = self._score[slots]
        jump = np.abs(self._log2_f0[slots][:, :, None] - log2_f0[:, None, :])
        reached = before[:, :-1, None] - OCTAVE_JUMP_COST * jump
        into_voice = np.maximum(reached.max(axis=1), before[:, -1:] - VOICED_UNVOICED_COST)
        into_silence = np.maximum(before[:, :-1].max(axis=1) - VOICED_UNVOICED_COST, before[:, -1])
        local = np.where(strength > 0, strength + OCTAVE_COST * (log2_f0 - 6), -10)
        score = np.concatenate(
            [into_voice + local, (into_silence + UNVOICED_SCORE)[:, None]], axis=1
        )
        score -= score.max(axis=1, keepdims=True)
        self._score[slots] = score
        self._log2_f0[slots] = log2_f0
        chosen: npt.NDArray[np.intp] = score.argmax(axis=1)
        return chosen
