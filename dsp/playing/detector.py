"""Whether an instrument is being played, for many streams at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dsp.descriptors import Descriptors
from dsp.kernel import Slots
from dsp.playing.evidence import PlayingEvidence
from dsp.vad.decision import DecisionSettings, SpeechDecision
from dsp.vad.network import GatedWeights, SpeechNetwork

# A note that rings out is played until it is gone, so it takes little to go on and much to begin.
# Between two phrases a player breathes and a bow turns: that is playing still.
PLAYING_SETTINGS = DecisionSettings(
    onset_probability=0.5,
    offset_probability=0.25,
    onset_ms=200,
    hangover_ms=600,
    pre_roll_ms=40,
)


@dataclass(frozen=True, slots=True)
class Playing:
    """What one hop of each stream was found to be.

    Attributes
    ----------
    probability : float32, shape (n_streams,)
        That an instrument sounds.
    is_playing : bool, shape (n_streams,)
        After hysteresis.
    began_at, ended_at : int64, shape (n_streams,)
        Sample where playing really began or ended if this hop decided so, else -1. The end is where
        the last note was gone.
    """

    probability: npt.NDArray[np.float32]
    is_playing: npt.NDArray[np.bool_]
    began_at: npt.NDArray[np.int64]
    ended_at: npt.NDArray[np.int64]


class PlayingDetector:
    """Kernel: a recurrent network over `PlayingEvidence`, then hysteresis.

    Trained by `benchmarks.train_playing` on music that FluidSynth made with 104 instruments,
    mixed with speech, television and noise; it never heard a recording of a real instrument, so
    those measure it.
    """

    def __init__(self, capacity: int) -> None:
        self._evidence = PlayingEvidence(capacity)
        self._network = SpeechNetwork(capacity, GatedWeights.read("dsp.playing"))
        self._decision = SpeechDecision(capacity, PLAYING_SETTINGS)

    def resize(self, capacity: int) -> None:
        """Make room for at least `capacity` slots, keeping the state of those in use."""
        for kernel in (self._evidence, self._network, self._decision):
            kernel.resize(capacity)

    def reset(self, slots: Slots) -> None:
        """Bring `slots` to the state of a stream that has not begun."""
        for kernel in (self._evidence, self._network, self._decision):
            kernel.reset(slots)

    def step(
        self,
        slots: Slots,
        position: npt.NDArray[np.int64],
        power: npt.NDArray[np.float32],
        descriptors: Descriptors,
    ) -> Playing:
        """Advance `slots` by one hop.

        Parameters
        ----------
        slots : intp, shape (n_streams,), no slot twice
        position : int64, shape (n_streams,)
            Samples at the end of the hop.
        power : float32, shape (n_streams, BINS)
            From `dsp.spectrum`.
        descriptors : Descriptors

        Returns
        -------
        Playing
            Bit-equal whatever the batch.
        """
        evidence = self._evidence.step(slots, position, power, descriptors)
        probability = self._network.step(slots, evidence)
        decided = self._decision.step(slots, position, probability)
        return Playing(
            probability=probability,
            is_playing=decided.is_speech,
            began_at=decided.onset_position,
            ended_at=decided.offset_position,
        )
