"""Voice activity of many streams: evidence, network and decision."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dsp.descriptors import Descriptors
from dsp.kernel import Rows, Slots
from dsp.vad.decision import DecisionSettings, SpeechDecision, SpeechDecisions
from dsp.vad.evidence import SpeechEvidence
from dsp.vad.network import GatedWeights, SpeechNetwork


@dataclass(frozen=True, slots=True)
class VoiceActivity:
    """Voice activity at one hop of each stream.

    Attributes
    ----------
    speech_probability : float32, shape (n_streams,)
    decisions : SpeechDecisions
    """

    speech_probability: npt.NDArray[np.float32]
    decisions: SpeechDecisions


class VoiceActivityDetector:
    """Kernel: a recurrent network over levels and spectral shape, then hysteresis."""

    def __init__(self, capacity: int, settings: DecisionSettings) -> None:
        self._evidence = SpeechEvidence(capacity)
        self._network = SpeechNetwork(capacity, GatedWeights.read("dsp.vad"))
        self._decision = SpeechDecision(capacity, settings)

    def resize(self, capacity: int) -> None:
        """Make room for at least `capacity` slots, keeping the state of those in use."""
        for kernel in (self._evidence, self._network, self._decision):
            kernel.resize(capacity)

    def reset(self, slots: Slots) -> None:
        """Bring `slots` to the state of a stream that has not begun."""
        for kernel in (self._evidence, self._network, self._decision):
            kernel.reset(slots)

    def step(
        self, slots: Rows, position: npt.NDArray[np.int64], descriptors: Descriptors
    ) -> VoiceActivity:
        """Advance `slots` by one hop.

        Parameters
        ----------
        slots : Rows of n_streams streams
        position : int64, shape (n_streams,)
            Samples at the end of the hop.
        descriptors : Descriptors
            Of the window that ends with the hop.

        Returns
        -------
        VoiceActivity
        """
        evidence = self._evidence.step(slots, position, descriptors)
        probability = self._network.step(slots, evidence)
        return VoiceActivity(probability, self._decision.step(slots, position, probability))
