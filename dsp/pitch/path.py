"""The best path through the candidates so far: Viterbi that never looks ahead."""

from __future__ import annotations

from dataclasses import dataclass

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

    def follow(self, slots: Slots, candidates: Candidates, n_frames: int) -> tuple[Floats, Floats]:
        """Advance by some frames and choose in each.

        Parameters
        ----------
        slots : intp, shape (n,)
        candidates : Candidates of n_frames * n frames
            The first frames of all slots, then the second ones.
        n_frames : int

        Returns
        -------
        f0_hz, strength : float32, shape (n_frames, n)
            Of the candidate at the end of the best path.
        """
        shape = (n_frames, len(slots), -1)
        f0_hz, strength = candidates.f0_hz.reshape(shape), candidates.strength.reshape(shape)
        log2_f0 = np.log2(f0_hz)
        local = np.where(strength > 0, strength + LOW_COST * log2_f0, _MISSING)
        state = self._state_of(slots)
        chosen = np.empty((n_frames, len(slots)), np.intp)
        for frame in range(n_frames):
            chosen[frame] = state.advance(log2_f0[frame], local[frame], strength[frame])
        self._keep(slots, state)
        at = (np.arange(n_frames)[:, None], np.arange(len(slots)), chosen)
        return f0_hz[at], strength[at]

    def _state_of(self, slots: Slots) -> _Paths:
        return _Paths(
            self._score[slots],
            self._log2_f0[slots],
            self._usual_log2_f0[slots],
            self._usual_weight[slots],
        )

    def _keep(self, slots: Slots, state: _Paths) -> None:
        self._score[slots] = state.score
        self._log2_f0[slots] = state.log2_f0
        self._usual_log2_f0[slots] = state.usual_log2_f0
        self._usual_weight[slots] = state.usual_weight


@dataclass(slots=True)
class _Paths:
    """The paths of the streams that are being stepped."""

    score: Floats
    log2_f0: Floats
    usual_log2_f0: Floats
    usual_weight: Floats

    def advance(self, log2_f0: Floats, local: Floats, strength: Floats) -> npt.NDArray[np.intp]:
        """Go on by one frame; the candidate at the end of each best path."""
        reached = np.abs(self.log2_f0[:, :, None] - log2_f0[:, None, :])
        reached *= -JUMP_COST
        reached += self.score[:, :, None]
        score = reached.max(axis=1)
        score += local
        score -= self._strangeness(log2_f0)
        score -= score.max(axis=1, keepdims=True)
        self.score, self.log2_f0 = score, log2_f0
        chosen: npt.NDArray[np.intp] = score.argmax(axis=1)
        rows = np.arange(len(chosen))
        self._remember(log2_f0[rows, chosen], strength[rows, chosen])
        return chosen

    def _strangeness(self, log2_f0: Floats) -> Floats:
        """Cost of being far from the usual pitch; nothing until there is one."""
        usual = self.usual_log2_f0 / np.maximum(self.usual_weight, MEMORY_RATE)
        away = np.abs(log2_f0 - usual[:, None])
        away -= USUAL_OCTAVES
        trust = np.minimum(2 * self.usual_weight, 1)
        trust *= STRANGER_COST
        cost: Floats = np.maximum(away, 0, out=away)
        cost *= trust[:, None]
        return cost

    def _remember(self, log2_f0: Floats, strength: Floats) -> None:
        rate = MEMORY_RATE * (strength > SURE_STRENGTH)
        self.usual_weight = self.usual_weight + rate * (1 - self.usual_weight)
        self.usual_log2_f0 = self.usual_log2_f0 + rate * (log2_f0 - self.usual_log2_f0)
