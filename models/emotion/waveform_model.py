"""An emotion model of the user's own that is fed 16 kHz samples."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import numpy as np
import numpy.typing as npt

from dsp.clock import HOP_MS, HOP_SAMPLES
from models.card import ModelCard
from models.emotion.estimate import Abstention, EmotionEstimate, EmotionWindow
from models.emotion.feature_model import MIN_VOICED_S
from models.emotion.reading import read_estimates
from models.emotion.stacking import stack_windows
from models.emotion.windows import voiced_seconds
from models.runtime import OnnxModel

Float32s = npt.NDArray[np.float32]


class WaveformModel:
    """Judges windows by their samples; knows no baseline of the speaker.

    Windows of equal length go through the graph together: such models take no mask, and padding
    would be heard as silence.
    """

    def __init__(self, card: ModelCard, graph: OnnxModel) -> None:
        self._card = card
        self._graph = graph

    @property
    def card(self) -> ModelCard:
        """Its card."""
        return self._card

    def predict(self, windows: Sequence[EmotionWindow]) -> list[EmotionEstimate]:
        """Judge a batch.

        Raises
        ------
        ValueError
            A window carries no samples.
        """
        if any(window.samples is None for window in windows):
            raise ValueError(f"model {self._card.name} takes a waveform; windows lack samples")
        estimates: dict[int, EmotionEstimate] = {}
        by_length = sorted(range(len(windows)), key=lambda index: len(windows[index].descriptors))
        for n_hops, group in groupby(by_length, key=lambda index: len(windows[index].descriptors)):
            same_length = list(group)
            judged = self._judge([windows[index] for index in same_length], n_hops)
            estimates |= dict(zip(same_length, judged, strict=True))
        return [estimates[index] for index in range(len(windows))]

    def _judge(self, windows: list[EmotionWindow], n_hops: int) -> list[EmotionEstimate]:
        if n_hops * HOP_MS < self._card.min_window_ms:
            return [EmotionEstimate(abstained=Abstention.TOO_SHORT)] * len(windows)
        newest_hops = min(n_hops, self._card.max_window_ms // HOP_MS)
        voiced_s = voiced_seconds(*stack_windows([w.descriptors[-newest_hops:] for w in windows]))
        newest = slice(-newest_hops * HOP_SAMPLES, None)
        samples = [window.samples[newest] for window in windows if window.samples is not None]
        outputs = self._graph.run({self._card.input.name: np.stack(samples)})
        estimates = read_estimates(self._card, outputs, voiced_s)
        silent = EmotionEstimate(abstained=Abstention.TOO_LITTLE_VOICE)
        return [
            estimate if voice >= MIN_VOICED_S else silent
            for estimate, voice in zip(estimates, voiced_s, strict=True)
        ]
