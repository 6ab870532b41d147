"""Training of one gated recurrent layer with a logistic read-out, in numpy.

A dense layer may stand before it. Small enough that a framework for it would be larger than the
task: twenty thousand weights at most, trained in minutes on one core.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating]
Parameters = dict[str, Array]

GRADIENT_LIMIT = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSettings:
    """How to train; the learning rate falls to zero along a half cosine."""

    units: int = 24
    # Of a layer before the recurrent one, with rectified outputs; 0 for none.
    dense_units: int = 0
    epochs: int = 40
    batch: int = 64
    learning_rate: float = 4e-3
    # Standard deviation of noise added to the normalised inputs, against learning by heart.
    input_noise: float = 0.05
    seed: int = 0


def initial_parameters(
    rng: np.random.Generator, n_inputs: int, n_dense: int, n_units: int
) -> Parameters:
    """Random weights, named as in `dsp.vad.network.GatedWeights`."""

    def normal(rows: int, columns: int, scale: float = 1.0) -> Array:
        drawn = rng.standard_normal((rows, columns)) * scale / np.sqrt(rows)
        return np.asarray(drawn, np.float32)

    dense: Parameters = {}
    if n_dense:
        dense["dense"] = normal(n_inputs, n_dense, 1.4)
        dense["dense_bias"] = np.zeros(n_dense, np.float32)
    return {
        **dense,
        "from_input": normal(n_dense or n_inputs, 3 * n_units),
        "from_state": normal(n_units, 3 * n_units, 0.7),
        "input_bias": np.zeros(3 * n_units, np.float32),
        "candidate_bias": np.zeros(n_units, np.float32),
        "read_out": normal(n_units, 1)[:, 0],
        "read_out_bias": np.zeros(1, np.float32),
    }


@dataclass(frozen=True, slots=True)
class _Step:
    """What the backward pass needs of one step forward."""

    state: Array
    update: Array
    reset: Array
    recalled: Array
    candidate: Array


@dataclass(frozen=True, slots=True)
class _Forward:
    """What the backward pass needs of a whole pass forward."""

    log_odds: Array
    dense: Array
    states: Array
    steps: list[_Step]


def run(parameters: Parameters, inputs: Array) -> Array:
    """Log-odds of speech.

    Parameters
    ----------
    parameters : dict
    inputs : float32, shape (n_steps, n_sequences, n_inputs)

    Returns
    -------
    float32, shape (n_steps, n_sequences)
    """
    return _forward(parameters, inputs).log_odds


def _forward(parameters: Parameters, inputs: Array) -> _Forward:
    n_units = len(parameters["read_out"])
    dense = inputs
    if "dense" in parameters:
        dense = np.maximum(inputs @ parameters["dense"] + parameters["dense_bias"], 0)
    from_input = dense @ parameters["from_input"] + parameters["input_bias"]
    state = np.zeros((inputs.shape[1], n_units), inputs.dtype)
    states = np.empty((*inputs.shape[:2], n_units), inputs.dtype)
    steps = []
    for t, gates in enumerate(from_input):
        from_state = state @ parameters["from_state"]
        both = _logistic(gates[:, : 2 * n_units] + from_state[:, : 2 * n_units])
        update, reset = both[:, :n_units], both[:, n_units:]
        recalled = from_state[:, 2 * n_units :] + parameters["candidate_bias"]
        candidate = np.tanh(gates[:, 2 * n_units :] + reset * recalled)
        steps.append(_Step(state, update, reset, recalled, candidate))
        state = candidate + update * (state - candidate)
        states[t] = state
    log_odds = states @ parameters["read_out"] + parameters["read_out_bias"]
    return _Forward(log_odds, dense, states, steps)


def loss_and_gradient(
    parameters: Parameters, inputs: Array, targets: Array, weights: Array
) -> tuple[float, Parameters]:
    """Weighted mean cross-entropy, and its gradient by back-propagation through time.

    Parameters
    ----------
    parameters : dict
    inputs : float32, shape (n_steps, n_sequences, n_inputs)
    targets : float32, shape (n_steps, n_sequences), 0 to 1
    weights : float32, shape (n_steps, n_sequences)
        How much each target counts.
    """
    passed = _forward(parameters, inputs)
    shares = weights / weights.sum()
    terms = np.logaddexp(0, passed.log_odds) - targets * passed.log_odds
    error = (_logistic(passed.log_odds) - targets) * shares
    gates_error, recurrent_error = _through_time(parameters, passed, error)

    before = np.concatenate([np.zeros_like(passed.states[:1]), passed.states[:-1]])
    n_units = len(parameters["read_out"])
    gradient = {
        "from_input": _outer(passed.dense, gates_error),
        "from_state": _outer(before, recurrent_error),
        "input_bias": gates_error.sum(axis=(0, 1)),
        "candidate_bias": recurrent_error[:, :, 2 * n_units :].sum(axis=(0, 1)),
        "read_out": _outer(passed.states, error[:, :, None])[:, 0],
        "read_out_bias": error.sum(keepdims=True)[0],
    }
    if "dense" in parameters:
        dense_error = (gates_error @ parameters["from_input"].T) * (passed.dense > 0)
        gradient["dense"] = _outer(inputs, dense_error)
        gradient["dense_bias"] = dense_error.sum(axis=(0, 1))
    return float(np.sum(shares * terms)), gradient


def _through_time(parameters: Parameters, passed: _Forward, error: Array) -> tuple[Array, Array]:
    """Errors of the gates, as the inputs and as the states feed them; (steps, sequences, gates)."""
    n_units = len(parameters["read_out"])
    gates_error = np.empty((*error.shape, 3 * n_units), error.dtype)
    recurrent_error = np.empty_like(gates_error)
    to_state = np.ascontiguousarray(parameters["from_state"].T)
    state_error = np.zeros_like(passed.states[0])
    for t in reversed(range(len(passed.steps))):
        step = passed.steps[t]
        state_error = state_error + error[t][:, None] * parameters["read_out"]
        candidate = state_error * (1 - step.update) * (1 - step.candidate**2)
        update = state_error * (step.state - step.candidate) * step.update * (1 - step.update)
        reset = candidate * step.recalled * step.reset * (1 - step.reset)
        gates_error[t] = np.concatenate([update, reset, candidate], axis=1)
        recurrent_error[t] = np.concatenate([update, reset, candidate * step.reset], axis=1)
        state_error = state_error * step.update + recurrent_error[t] @ to_state
    return gates_error, recurrent_error


def _outer(left: Array, right: Array) -> Array:
    """Sum of the outer products at every step of every sequence, as one matrix product."""
    return left.reshape(-1, left.shape[2]).T @ right.reshape(-1, right.shape[2])


def train(
    inputs: Array,
    targets: Array,
    weights: Array,
    settings: TrainingSettings,
    on_epoch: Callable[[int, float], None] = lambda _epoch, _loss: None,
) -> Parameters:
    """Train on whole sequences with Adam (Kingma & Ba 2015).

    Parameters
    ----------
    inputs : float16 or float32, shape (n_steps, n_sequences, n_inputs)
        Normalised to about zero mean and unit variance.
    targets, weights : float32, shape (n_steps, n_sequences)
        See `loss_and_gradient`.
    settings : TrainingSettings
    on_epoch : callable
        Told the number of each epoch and its mean loss.
    """
    rng = np.random.default_rng(settings.seed)
    parameters = initial_parameters(rng, inputs.shape[2], settings.dense_units, settings.units)
    first_moment = {name: np.zeros_like(value) for name, value in parameters.items()}
    second_moment = {name: np.zeros_like(value) for name, value in parameters.items()}
    batches = inputs.shape[1] // settings.batch
    steps, step = settings.epochs * batches, 0
    for epoch in range(settings.epochs):
        losses = []
        for chosen in rng.permutation(inputs.shape[1])[: batches * settings.batch].reshape(
            batches, -1
        ):
            seen = inputs[:, chosen].astype(np.float32)
            seen += settings.input_noise * rng.standard_normal(seen.shape, np.float32)
            loss, gradient = loss_and_gradient(
                parameters, seen, targets[:, chosen], weights[:, chosen]
            )
            losses.append(loss)
            step += 1
            rate = settings.learning_rate * 0.5 * (1 + np.cos(np.pi * step / steps))
            norm = np.sqrt(sum(float(np.square(part).sum()) for part in gradient.values()))
            for name, part in gradient.items():
                part = part * min(1.0, GRADIENT_LIMIT / (norm + 1e-9))
                first_moment[name] = 0.9 * first_moment[name] + 0.1 * part
                second_moment[name] = 0.99 * second_moment[name] + 0.01 * np.square(part)
                mean = first_moment[name] / (1 - 0.9**step)
                spread = np.sqrt(second_moment[name] / (1 - 0.99**step))
                moved = parameters[name] - rate * mean / (spread + 1e-7)
                parameters[name] = moved.astype(np.float32)
        on_epoch(epoch, float(np.mean(losses)))
    return parameters


def _logistic(x: Array) -> Array:
    logistic: Array = 0.5 * (1 + np.tanh(0.5 * x))
    return logistic
