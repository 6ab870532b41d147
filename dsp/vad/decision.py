"""From the probability of speech in each hop to where speech began and ended."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dsp.clock import ANALYSIS_RATE_HZ, HOP_MS, HOP_SAMPLES
from dsp.kernel import Rows, Slots

NOT_DECIDED = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionSettings:
    """How readily speech is called begun and ended.

    Attributes
    ----------
    onset_probability : float
        A hop at or above it is evidence that speech has begun.
    offset_probability : float
        A hop below it, while someone speaks, is evidence that speech has ended. Lower than
        `onset_probability`: the gap is the hysteresis.
    onset_ms : int
        Evidence in a row needed to call speech begun.
    hangover_ms : int
        Silence in a row needed to call speech ended. Stops last up to 150 ms, so less than that
        cuts words in two.
    pre_roll_ms : int
        Taken off the first hop of evidence, for the soft start of a word that precedes it.
    """

    onset_probability: float = 0.5
    offset_probability: float = 0.35
    onset_ms: int = HOP_MS
    hangover_ms: int = 200
    pre_roll_ms: int = HOP_MS


@dataclass(frozen=True, slots=True)
class SpeechDecisions:
    """What was decided at one hop of each stream.

    Attributes
    ----------
    is_speech : bool, shape (n_streams,)
        Whether someone is speaking, the hangover included.
    onset_position, offset_position : int64, shape (n_streams,)
        Where speech really began or ended if this hop decided that it did, else -1.
    """

    is_speech: npt.NDArray[np.bool_]
    onset_position: npt.NDArray[np.int64]
    offset_position: npt.NDArray[np.int64]


class SpeechDecision:
    """Kernel: hysteresis, and back-dated onsets and offsets."""

    def __init__(self, capacity: int, settings: DecisionSettings) -> None:
        # While somebody speaks, and while nobody does.
        self._thresholds = (
            np.float32(settings.offset_probability),
            np.float32(settings.onset_probability),
        )
        self._patience_hops = (
            max(1, settings.hangover_ms // HOP_MS),
            max(1, settings.onset_ms // HOP_MS),
        )
        self._pre_roll_samples = settings.pre_roll_ms * ANALYSIS_RATE_HZ // 1000
        self._is_speech = np.zeros(capacity, np.bool_)
        # Hops in a row that speak against the present state.
        self._contrary_hops = np.zeros(capacity, np.int64)
        # Speech never begins before the previous one ended.
        self._last_offset = np.zeros(capacity, np.int64)

    def resize(self, capacity: int) -> None:
        """Make room for at least `capacity` slots, keeping the state of those in use."""
        missing = capacity - len(self._is_speech)
        self._is_speech = np.pad(self._is_speech, (0, missing))
        self._contrary_hops = np.pad(self._contrary_hops, (0, missing))
        self._last_offset = np.pad(self._last_offset, (0, missing))

    def reset(self, slots: Slots) -> None:
        """Bring `slots` to the state of a stream that has not begun."""
        self._is_speech[slots] = False
        self._contrary_hops[slots] = 0
        self._last_offset[slots] = 0

    def step(
        self,
        slots: Rows,
        position: npt.NDArray[np.int64],
        speech_probability: npt.NDArray[np.float32],
    ) -> SpeechDecisions:
        """Advance `slots` by one hop.

        Parameters
        ----------
        slots : Rows of n_streams streams
        position : int64, shape (n_streams,)
            Samples at the end of the hop.
        speech_probability : float32, shape (n_streams,)

        Returns
        -------
        SpeechDecisions
        """
        was_speech = self._is_speech[slots]
        contrary = speech_probability < np.where(was_speech, *self._thresholds)
        # Until speech it is the likely hop that is contrary, within it the unlikely one.
        np.equal(contrary, was_speech, out=contrary)
        contrary_hops = self._contrary_hops[slots] + 1
        contrary_hops *= contrary
        turned = contrary_hops >= np.where(was_speech, *self._patience_hops)
        self._contrary_hops[slots] = contrary_hops
        if not np.logical_or.reduce(turned):
            undecided = np.full(len(position), NOT_DECIDED, np.int64)
            return SpeechDecisions(was_speech.copy(), undecided, undecided)
        return self._turn(slots, turned, position - contrary_hops * HOP_SAMPLES)

    def _turn(
        self, slots: Rows, turned: npt.NDArray[np.bool_], turned_at: npt.NDArray[np.int64]
    ) -> SpeechDecisions:
        """Change the state of the streams that turned, as of where they did."""
        was_speech = self._is_speech[slots]
        last_offset = self._last_offset[slots]
        ended = turned & was_speech
        began = turned & ~was_speech
        began_at = np.maximum(turned_at - self._pre_roll_samples, last_offset)
        is_speech = was_speech ^ turned
        self._is_speech[slots] = is_speech
        self._contrary_hops[slots] *= ~turned
        self._last_offset[slots] = np.where(ended, turned_at, last_offset)
        return SpeechDecisions(
            is_speech=is_speech,
            onset_position=np.where(began, began_at, NOT_DECIDED),
            offset_position=np.where(ended, turned_at, NOT_DECIDED),
        )
