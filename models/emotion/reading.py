"""From the named outputs of a graph to estimates, as the card describes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from models.card import CategoryOutput, ModelCard, ScalarOutput, least_confidence
from models.emotion.estimate import Abstention, EmotionEstimate, Residuals

Float32s = npt.NDArray[np.float32]
Outputs = Mapping[str, Float32s]

MIN_SPEECH_PROBABILITY = 0.5


def read_estimates(
    card: ModelCard, outputs: Outputs, voiced_s: Float32s, *, strangers: Sequence[bool] = ()
) -> list[EmotionEstimate]:
    """Turn one batch's outputs into estimates.

    Parameters
    ----------
    card : ModelCard
    outputs : mapping of str to float32, first axis the window
    voiced_s : float32, shape (n,)
        Seconds of voice in each window.
    strangers : sequence of bool
        Whose baseline is not known; nobody, if left out.
    """
    named = card.outputs
    speech = _scalars(named.speech, outputs)
    arousal, valence = _scalars(named.arousal, outputs), _scalars(named.valence, outputs)
    probabilities = _probabilities(named.categories, outputs)
    estimates = []
    for row in range(len(voiced_s)):
        if speech is not None and _share(speech[row]) < MIN_SPEECH_PROBABILITY:
            estimates.append(EmotionEstimate(abstained=Abstention.NOT_SPEECH))
            continue
        least = least_confidence(card, is_stranger=bool(strangers) and strangers[row])
        judged = _judge(card, None if probabilities is None else probabilities[row], least)
        estimates.append(
            EmotionEstimate(
                arousal=None if arousal is None else float(arousal[row]),
                valence=None if valence is None else float(valence[row]),
                probabilities=judged[0],
                label=judged[1],
                confidence=judged[2],
                residuals=_residuals(card, outputs, row, float(voiced_s[row])),
            )
        )
    return estimates


def _scalars(output: ScalarOutput | None, outputs: Outputs) -> Float32s | None:
    """The output's values on a scale from -1 to 1, shape (n,)."""
    if output is None:
        return None
    values = outputs[output.name]
    column = values.reshape(len(values), -1)[:, output.column]
    scaled = 2 * (column - output.low) / (output.high - output.low) - 1
    return np.asarray(np.clip(scaled, -1, 1))


def _share(scaled: float) -> float:
    return (scaled + 1) / 2


def _probabilities(output: CategoryOutput | None, outputs: Outputs) -> Float32s | None:
    if output is None:
        return None
    values = outputs[output.name]
    if output.scale == "probabilities":
        return values
    powers = np.exp(values - values.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _judge(
    card: ModelCard, probabilities: Float32s | None, least: float
) -> tuple[dict[str, float], str | None, float]:
    if probabilities is None or card.outputs.categories is None:
        return {}, None, 0.0
    names = card.outputs.categories.categories
    likeliest = int(probabilities.argmax())
    confidence = float(probabilities[likeliest])
    label = names[likeliest] if confidence >= least else None
    return dict(zip(names, probabilities.tolist(), strict=True)), label, confidence


def _residuals(card: ModelCard, outputs: Outputs, row: int, voiced_s: float) -> Residuals | None:
    names = card.outputs.residuals
    if names is None:
        return None
    return Residuals(
        outputs[names.expressive][row].copy(), outputs[names.neutral][row].copy(), voiced_s
    )
