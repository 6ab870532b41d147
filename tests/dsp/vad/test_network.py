"""The network: equal to its definition, batch or no batch."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dsp.vad.evidence import EVIDENCE
from dsp.vad.network import GatedWeights, SpeechNetwork

WEIGHTS = GatedWeights.read("dsp.vad")


def logistic(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return 1 / (1 + np.exp(-x))


def defined(inputs: npt.NDArray[np.float64]) -> list[float]:
    """Speech probability after each input, by the textbook's equations in float64."""
    units = len(WEIGHTS.read_out)
    assert WEIGHTS.dense is not None
    assert WEIGHTS.dense_bias is not None
    state = np.zeros(units)
    probabilities = []
    for x in inputs:
        dense = (x - WEIGHTS.mean) / WEIGHTS.scale @ WEIGHTS.dense + WEIGHTS.dense_bias
        gates = np.maximum(dense, 0) @ WEIGHTS.from_input + WEIGHTS.input_bias
        recalled = state @ WEIGHTS.from_state
        update = logistic(gates[:units] + recalled[:units])
        reset = logistic(gates[units : 2 * units] + recalled[units : 2 * units])
        candidate = np.tanh(
            gates[2 * units :] + reset * (recalled[2 * units :] + WEIGHTS.candidate_bias)
        )
        state = update * state + (1 - update) * candidate
        probabilities.append(float(logistic(state @ WEIGHTS.read_out + WEIGHTS.read_out_bias)[0]))
    return probabilities


def drawn_evidence(streams: int, hops: int) -> npt.NDArray[np.float32]:
    drawn = np.random.default_rng(5).normal(WEIGHTS.mean, WEIGHTS.scale, (hops, streams, EVIDENCE))
    return drawn.astype(np.float32)


def test_network_is_what_its_equations_say() -> None:
    evidence = drawn_evidence(1, 40)
    network = SpeechNetwork(1, WEIGHTS)
    got = [float(network.step(np.array([0]), hop)[0]) for hop in evidence]
    np.testing.assert_allclose(got, defined(evidence[:, 0].astype(np.float64)), atol=1e-4)


def test_any_subset_is_bit_equal_to_one_stream_alone() -> None:
    together, alone = SpeechNetwork(20, WEIGHTS), SpeechNetwork(20, WEIGHTS)
    rng = np.random.default_rng(6)
    for hop in drawn_evidence(20, 30):
        subset = rng.permutation(20)[: rng.integers(1, 21)]
        batched = together.step(subset, hop[subset])
        for probability, slot in zip(batched, subset, strict=True):
            assert probability == alone.step(np.array([slot]), hop[[slot]])[0]


def test_reset_and_growth() -> None:
    evidence = drawn_evidence(2, 3)
    network, fresh = SpeechNetwork(2, WEIGHTS), SpeechNetwork(2, WEIGHTS)
    network.step(np.arange(2), evidence[0])
    fresh.step(np.array([1]), evidence[0][1:])
    network.reset(np.array([0]))
    network.resize(5)
    np.testing.assert_array_equal(
        network.step(np.arange(2), evidence[1]), fresh.step(np.arange(2), evidence[1])
    )


def test_extreme_evidence_gives_a_probability() -> None:
    network = SpeechNetwork(2, WEIGHTS)
    extreme = np.stack([np.full(EVIDENCE, 1e4), np.full(EVIDENCE, -1e4)]).astype(np.float32)
    probability = network.step(np.arange(2), extreme)
    assert ((probability >= 0) & (probability <= 1)).all()
