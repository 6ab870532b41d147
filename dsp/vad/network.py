"""The small recurrent network that turns evidence into the probability of speech."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from dsp.kernel import Rows, Slots

Float32s = npt.NDArray[np.float32]

_HALF = np.float32(0.5)


@dataclass(frozen=True, slots=True)
class GatedWeights:
    """Weights of one gated recurrent layer (Cho et al. 2014), its read-out and a layer before it.

    Attributes
    ----------
    mean, scale : float32, shape (n_inputs,)
        Inputs enter as ``(x - mean) / scale``.
    from_input : float32, shape (n_dense or n_inputs, 3 * n_units)
    from_state : float32, shape (n_units, 3 * n_units)
        Update gate, reset gate and candidate side by side.
    input_bias : float32, shape (3 * n_units,)
    candidate_bias : float32, shape (n_units,)
        Added to the state's part of the candidate before the reset gate (as cuDNN does, unlike
        the paper, so that one product serves all gates).
    read_out : float32, shape (n_units,)
    read_out_bias : float32, shape (1,)
    dense : float32, shape (n_inputs, n_dense), optional
    dense_bias : float32, shape (n_dense,), optional
        A layer before the recurrent one, whose negative outputs are cut to zero.
    """

    mean: Float32s
    scale: Float32s
    from_input: Float32s
    from_state: Float32s
    input_bias: Float32s
    candidate_bias: Float32s
    read_out: Float32s
    read_out_bias: Float32s
    dense: Float32s | None = None
    dense_bias: Float32s | None = None

    @classmethod
    def read(cls, package: str) -> Self:
        """Load the weights that were trained for a package, from its ``weights.npz``."""
        with resources.files(package).joinpath("weights.npz").open("rb") as file:
            arrays = np.load(file)
            return cls(**{name: arrays[name].astype(np.float32) for name in arrays.files})


class _Layer(NamedTuple):
    """A product and what is added to it."""

    matrix: Float32s
    bias: Float32s

    def __call__(self, x: Float32s) -> Float32s:
        # vecmat, not @: each row is a product of its own, so its sums are ordered the same
        # whatever the batch.
        product: Float32s = np.vecmat(x, self.matrix)
        product += self.bias
        return product

    def of_normalised(self, mean: Float32s, scale: Float32s) -> _Layer:
        """Fold the inputs' mean and scale into the product."""
        bias: Float32s = self.bias - np.vecmat(mean / scale, self.matrix)
        return _Layer(self.matrix / scale[:, None], bias)


class SpeechNetwork:
    """Kernel: probability of speech in each hop. Bit-equal whatever the batch."""

    def __init__(self, capacity: int, weights: GatedWeights) -> None:
        self._units = len(weights.read_out)
        # `_logistic_of_twice` asks for half of what the gates and the read-out add up to.
        half = np.repeat(np.array([0.5, 0.5, 1], np.float32), self._units)
        self._from_input = _Layer(weights.from_input * half, weights.input_bias * half)
        self._from_state = weights.from_state * half
        self._candidate_bias = weights.candidate_bias
        self._half_read_out = _HALF * weights.read_out
        self._half_read_out_bias = _HALF * weights.read_out_bias
        self._dense: _Layer | None = None
        if weights.dense is None or weights.dense_bias is None:
            self._from_input = self._from_input.of_normalised(weights.mean, weights.scale)
        else:
            dense = _Layer(weights.dense, weights.dense_bias)
            self._dense = dense.of_normalised(weights.mean, weights.scale)
        self._state = np.zeros((capacity, self._units), np.float32)

    def resize(self, capacity: int) -> None:
        """Make room for at least `capacity` slots, keeping the state of those in use."""
        self._state = np.pad(self._state, ((0, capacity - len(self._state)), (0, 0)))

    def reset(self, slots: Slots) -> None:
        """Bring `slots` to the state of a stream that has not begun."""
        self._state[slots] = 0

    def step(self, slots: Rows, evidence: Float32s) -> Float32s:
        """Advance `slots` by one hop.

        Parameters
        ----------
        slots : Rows of n_streams streams
        evidence : float32, shape (n_streams, n_inputs)

        Returns
        -------
        float32, shape (n_streams,), 0 to 1
        """
        if self._dense is not None:
            evidence = self._dense(evidence)
            np.maximum(evidence, 0, out=evidence)
        from_input = self._from_input(evidence)
        state = self._state[slots]
        from_state = np.vecmat(state, self._from_state)
        gates, recalled = self._gates_and_candidate(from_state)
        gates_from_input, candidate_from_input = self._gates_and_candidate(from_input)
        gates += gates_from_input
        _logistic_of_twice(gates)
        update, reset = gates[:, : self._units], gates[:, self._units :]
        recalled += self._candidate_bias
        recalled *= reset
        recalled += candidate_from_input
        candidate = np.tanh(recalled, out=recalled)
        state = candidate + update * (state - candidate)
        self._state[slots] = state
        half_log_odds = np.vecdot(state, self._half_read_out)
        half_log_odds += self._half_read_out_bias
        return _logistic_of_twice(half_log_odds)

    def _gates_and_candidate(self, sums: Float32s) -> tuple[Float32s, Float32s]:
        """Views of the sums of both gates and of the candidate."""
        return sums[:, : 2 * self._units], sums[:, 2 * self._units :]


def _logistic_of_twice(x: Float32s) -> Float32s:
    """Overwrite x with the logistic function of 2 x, by way of tanh, which cannot overflow."""
    np.tanh(x, out=x)
    x *= _HALF
    x += _HALF
    return x
