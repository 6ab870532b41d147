"""Voice activity of many streams: evidence, fusion and decision."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dsp.kernel import Hops, Slots
from dsp.vad.decision import DecisionSettings, SpeechDecision, SpeechDecisions
from dsp.vad.webrtc import WebRtcDetector

# Between the detector's loosest mode and the one that drops word ends.
AGGRESSIVENESS = 2
# The level a hop must rise above the background to be as likely speech as not.
EVEN_SNR_DB = 6.0
SNR_SLOPE_PER_DB = 0.5
FLOOR_RISE_DB_PER_HOP = np.float32(0.06)
# The background a stream starts with is the level of its first hop, up to here: louder than this
# it is taken for speech that was already under way.
FLOOR_START_DBFS = np.float32(-30.0)


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
    """Kernel: webrtcvad, heeded where the level stands above the background."""

    def __init__(self, capacity: int, settings: DecisionSettings) -> None:
        self._webrtc = WebRtcDetector(capacity, AGGRESSIVENESS)
        self._decision = SpeechDecision(capacity, settings)
        self._floor_dbfs = np.full(capacity, FLOOR_START_DBFS)

    def resize(self, capacity: int) -> None:
        """Make room for at least `capacity` slots, keeping the state of those in use."""
        self._webrtc.resize(capacity)
        self._decision.resize(capacity)
        missing = capacity - len(self._floor_dbfs)
        self._floor_dbfs = np.pad(self._floor_dbfs, (0, missing), constant_values=FLOOR_START_DBFS)

    def reset(self, slots: Slots) -> None:
        """Bring `slots` to the state of a stream that has not begun."""
        self._webrtc.reset(slots)
        self._decision.reset(slots)
        self._floor_dbfs[slots] = FLOOR_START_DBFS

    def step(
        self,
        slots: Slots,
        position: npt.NDArray[np.int64],
        hops: Hops,
        level_dbfs: npt.NDArray[np.float32],
    ) -> VoiceActivity:
        """Advance `slots` by one hop.

        Parameters
        ----------
        slots : intp, shape (n_streams,), no slot twice
        position : int64, shape (n_streams,)
            Samples at the end of the hop.
        hops : float32, shape (n_streams, HOP_SAMPLES)
        level_dbfs : float32, shape (n_streams,)

        Returns
        -------
        VoiceActivity
        """
        floor_dbfs = np.minimum(self._floor_dbfs[slots] + FLOOR_RISE_DB_PER_HOP, level_dbfs)
        self._floor_dbfs[slots] = floor_dbfs
        above_even_db = level_dbfs - floor_dbfs - np.float32(EVEN_SNR_DB)
        loud = 1 / (1 + np.exp(-np.float32(SNR_SLOPE_PER_DB) * above_even_db))
        probability = loud * self._webrtc.step(slots, hops)
        return VoiceActivity(probability, self._decision.step(slots, position, probability))
