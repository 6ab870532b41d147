"""How well any speech at all explains what is heard: a loop over all phones.

The yardstick of the follower. Subtracted from a frame's scores it makes those of the right words
hover about zero, whoever speaks and however noisy it is, so that costs have a fixed meaning.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dsp.kernel import Slots
from models.acoustic.acoustic_model import SILENCE, STATES_PER_PHONE, AcousticModel

Float32s = npt.NDArray[np.float32]


class PhoneLoop:
    """Viterbi over every phone after every phone, for many streams.

    Parameters
    ----------
    model : AcousticModel
    capacity : int > 0
    phone_cost : float, nats
        For every phone that begins.
    """

    def __init__(self, model: AcousticModel, capacity: int, *, phone_cost: float) -> None:
        self._phone_cost = np.float32(phone_cost)
        phones = model.definition.phones
        logs = [model.transition_logs(phone) for phone in phones]
        self._stay = np.array([stay for stay, _ in logs], np.float32)
        self._leave = np.array([leave for _, leave in logs], np.float32)
        self._score = np.zeros((capacity, len(phones), STATES_PER_PHONE), np.float32)
        self._silence = phones.index(SILENCE)

    def resize(self, capacity: int) -> None:
        """Make room for `capacity` streams."""
        more = capacity - len(self._score)
        self._score = np.pad(self._score, ((0, more), (0, 0), (0, 0)))

    def reset(self, slots: Slots) -> None:
        """Begin anew in `slots`."""
        self._score[slots] = 0

    def step(self, slots: Slots, scores: Float32s) -> Float32s:
        """Advance some streams by one frame.

        Parameters
        ----------
        slots : intp, shape (n,)
        scores : float32, shape (n, n_phones, STATES_PER_PHONE)
            From `models.acoustic.scoring.PhoneScorer`.

        Returns
        -------
        float32, shape (n,)
            By how much the best sequence of phones has grown with this frame. Sums over a stretch
            are the score of its best phones.
        """
        before = self._score[slots]
        entered = before[:, :, -1] + self._leave[:, -1]
        arriving = np.empty_like(before)
        arriving[:, :, 1:] = before[:, :, :-1] + self._leave[:, :-1]
        arriving[:, :, 0] = entered.max(axis=1, keepdims=True) - self._phone_cost
        after = np.maximum(before + self._stay, arriving) + scores
        growth: Float32s = after.max(axis=(1, 2))
        # Kept relative to the best, so that it never grows.
        self._score[slots] = after - growth[:, None, None]
        return growth

    def silence(self, scores: Float32s) -> Float32s:
        """Best score of silence in a frame, shape (n,)."""
        best: Float32s = scores[:, self._silence].max(axis=1)
        return best
