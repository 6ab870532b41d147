"""The small recurrent network that turns evidence into the probability of speech."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import Self

import numpy as np
import numpy.typing as npt

from dsp.kernel import Slots

Float32s = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class GatedWeights:
    """Weights of one gated recurrent layer (Cho et al. 2014) and its read-out.

    Attributes
    ----------
    mean, scale : float32, shape (n_inputs,)
        Inputs enter as ``(x - mean) / scale``.
    from_input : float32, shape (n_inputs, 3 * n_units)
    from_state : float32, shape (n_units, 3 * n_units)
        Update gate, reset gate and candidate side by side.
    input_bias : float32, shape (3 * n_units,)
    candidate_bias : float32, shape (n_units,)
        Added to the state's part of the candidate before the reset gate (as cuDNN does, unlike
        the paper, so that one product serves all gates).
    read_out : float32, shape (n_units,)
    read_out_bias : float32, shape ()
    """

    mean: Float32s
    scale: Float32s
    from_input: Float32s
    from_state: Float32s
    input_bias: Float32s
    candidate_bias: Float32s
    read_out: Float32s
    read_out_bias: Float32s

    @classmethod
    def read(cls, package: str) -> Self:
        """Load the weights that were trained for a package, from its ``weights.npz``."""
        with resources.files(package).joinpath("weights.npz").open("rb") as file:
            arrays = np.load(file)
            return cls(**{name: arrays[name].astype(np.float32) for name in arrays.files})


class SpeechNetwork:
    """Kernel: probability of speech in each hop. Bit-equal whatever the batch."""

    def __init__(self, capacity: int, weights: GatedWeights) -> None:
        self._weights = weights
        # The inputs' mean and scale folded into the first product.
        self._from_input = weights.from_input / weights.scale[:, None]
        self._input_bias = weights.input_bias - (weights.mean / weights.scale) @ weights.from_input
        self._units = len(weights.read_out)
        self._state = np.zeros((capacity, self._units), np.float32)

    def resize(self, capacity: int) -> None:
        """Make room for at least `capacity` slots, keeping the state of those in use."""
        self._state = np.pad(self._state, ((0, capacity - len(self._state)), (0, 0)))

    def reset(self, slots: Slots) -> None:
        """Bring `slots` to the state of a stream that has not begun."""
        self._state[slots] = 0

    def step(self, slots: Slots, evidence: Float32s) -> Float32s:
        """Advance `slots` by one hop.

        Parameters
        ----------
        slots : intp, shape (n_streams,), no slot twice
        evidence : float32, shape (n_streams, n_inputs)

        Returns
        -------
        float32, shape (n_streams,), 0 to 1
        """
        # vecmat, not @: each row is a product of its own, so its sums are ordered the same
        # whatever the batch.
        gates = np.vecmat(evidence, self._from_input)
        gates += self._input_bias
        state = self._state[slots]
        from_state = np.vecmat(state, self._weights.from_state)
        both = 2 * self._units
        update_and_reset = _logistic(gates[:, :both] + from_state[:, :both])
        update, reset = update_and_reset[:, : self._units], update_and_reset[:, self._units :]
        recalled = from_state[:, both:] + self._weights.candidate_bias
        candidate = np.tanh(gates[:, both:] + reset * recalled)
        state = candidate + update * (state - candidate)
        self._state[slots] = state
        return _logistic(np.vecdot(state, self._weights.read_out) + self._weights.read_out_bias)


def _logistic(x: Float32s) -> Float32s:
    # By way of tanh, which cannot overflow.
    half: Float32s = np.tanh(np.float32(0.5) * x)
    half += np.float32(1)
    half *= np.float32(0.5)
    return half
