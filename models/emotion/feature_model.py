"""An emotion model that is fed this project's window features and the speaker's baseline."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from dsp.clock import HOP_MS
from models.card import ModelAbsent, ModelCard
from models.emotion.estimate import Abstention, EmotionEstimate, EmotionWindow
from models.emotion.functionals import feature_names, summarise_windows
from models.emotion.reading import read_estimates
from models.emotion.stacking import stack_windows
from models.runtime import OnnxModel

Float32s = npt.NDArray[np.float32]

# Less voice than three or four syllables have says nothing about a manner of speaking.
MIN_VOICED_S = 0.4


class FeatureModel:
    """Judges windows by their functionals.

    Parameters
    ----------
    card : ModelCard
        With `input.kind` "features".
    graph : OnnxModel

    Raises
    ------
    ModelAbsent
        The model was made for other features than this version measures.
    """

    def __init__(self, card: ModelCard, graph: OnnxModel) -> None:
        if card.input.features != feature_names():
            changed = set(card.input.features) ^ set(feature_names())
            raise ModelAbsent(
                f"model {card.name} {card.version} was trained on other features than this version "
                f"measures ({len(changed)} differ); train it again with models.emotion.train"
            )
        self._card = card
        self._graph = graph

    @property
    def card(self) -> ModelCard:
        """Its card."""
        return self._card

    def predict(self, windows: Sequence[EmotionWindow]) -> list[EmotionEstimate]:
        """Judge a batch.

        Parameters
        ----------
        windows : sequence of EmotionWindow
            Those shorter than the card's `min_window_ms` or with less than `MIN_VOICED_S` of voice
            are abstained from; of longer ones than `max_window_ms` the newest part is judged.

        Returns
        -------
        list of EmotionEstimate
        """
        too_short = EmotionEstimate(abstained=Abstention.TOO_SHORT)
        estimates = [too_short] * len(windows)
        long_enough = [index for index, window in enumerate(windows) if self._fits(window)]
        if long_enough:
            judged = self._judge([windows[index] for index in long_enough])
            for index, estimate in zip(long_enough, judged, strict=True):
                estimates[index] = estimate
        return estimates

    def _fits(self, window: EmotionWindow) -> bool:
        return len(window.descriptors) * HOP_MS >= self._card.min_window_ms

    def _judge(self, windows: Sequence[EmotionWindow]) -> list[EmotionEstimate]:
        newest_hops = self._card.max_window_ms // HOP_MS
        features = summarise_windows(
            *stack_windows([window.descriptors[-newest_hops:] for window in windows])
        )
        outputs = self._graph.run(
            {
                self._card.input.name: features.values,
                self._card.input.baseline: _baselines(windows, features.values.shape[1]),
            }
        )
        strangers = [window.baseline is None for window in windows]
        estimates = read_estimates(self._card, outputs, features.voiced_s, strangers=strangers)
        silent = EmotionEstimate(abstained=Abstention.TOO_LITTLE_VOICE)
        return [
            estimate if voiced_s >= MIN_VOICED_S else silent
            for estimate, voiced_s in zip(estimates, features.voiced_s, strict=True)
        ]


def _baselines(windows: Sequence[EmotionWindow], width: int) -> Float32s:
    baselines = np.zeros((len(windows), width), np.float32)
    for row, window in zip(baselines, windows, strict=True):
        if window.baseline is not None:
            row[:] = window.baseline
    return baselines
