"""A causal, streaming pitch tracker for many streams at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dsp.clock import ANALYSIS_RATE_HZ, HOP_SAMPLES
from dsp.kernel import Hops, Slots
from dsp.pitch.autocorrelation import (
    FRAME_SAMPLES,
    normalised_autocorrelation,
    strongest_periods,
)
from dsp.pitch.path import OCTAVE_COST, PitchPath

FRAMES_PER_HOP = 2
FRAME_STEP_SAMPLES = HOP_SAMPLES // FRAMES_PER_HOP
# From a frame's centre to the last sample it uses; the path adds none.
LOOK_AHEAD_SAMPLES = FRAME_SAMPLES // 2
LOOK_AHEAD_MS = 1000 * LOOK_AHEAD_SAMPLES / ANALYSIS_RATE_HZ

_CANDIDATES = 5
_KEPT_SAMPLES = FRAME_SAMPLES + HOP_SAMPLES - FRAME_STEP_SAMPLES


class PitchFrames(NamedTuple):
    """What one step says of each stream: `FRAMES_PER_HOP` frames, oldest first."""

    f0_hz: npt.NDArray[np.float32]  # (n, FRAMES_PER_HOP); NaN where unvoiced
    confidence: npt.NDArray[np.float32]  # (n, FRAMES_PER_HOP); 0 to 1
    position: npt.NDArray[np.int64]  # (n, FRAMES_PER_HOP); sample at the frame's centre


class PitchTracker:
    """F0 of many streams, 60 to 2,000 Hz, every 10 ms, 24 ms behind the microphone.

    A `dsp.kernel.StreamKernel`. Before a stream has filled its first frame, `position` is
    negative and the frame is unvoiced.
    """

    def __init__(self, capacity: int) -> None:
        self._recent = np.zeros((capacity, _KEPT_SAMPLES), np.float32)
        self._samples_seen = np.zeros(capacity, np.int64)
        self._path = PitchPath(capacity, _CANDIDATES)

    def resize(self, capacity: int) -> None:
        """Make room for at least `capacity` slots, keeping the state of those in use."""
        missing = max(0, capacity - len(self._recent))
        self._recent = np.pad(self._recent, ((0, missing), (0, 0)))
        self._samples_seen = np.pad(self._samples_seen, (0, missing))
        self._path.resize(capacity)

    def reset(self, slots: Slots) -> None:
        """Bring `slots` to the state of a stream that has not begun."""
        self._recent[slots] = 0
        self._samples_seen[slots] = 0
        self._path.reset(slots)

    def step(self, slots: Slots, hops: Hops) -> PitchFrames:
        """Advance `slots` by one hop.

        Parameters
        ----------
        slots : intp, shape (n,)
            Each at most once.
        hops : float32, shape (n, HOP_SAMPLES)

        Returns
        -------
        PitchFrames
            Rows follow `slots`.
        """
        recent = np.concatenate([self._recent[slots, HOP_SAMPLES:], hops], axis=1)
        self._recent[slots] = recent
        position = self._advance_positions(slots)
        frames = np.stack([recent[:, :FRAME_SAMPLES], recent[:, FRAME_STEP_SAMPLES:]])
        f0_hz, strength = strongest_periods(
            normalised_autocorrelation(frames.reshape(-1, FRAME_SAMPLES)),
            count=_CANDIDATES,
            octave_cost=float(OCTAVE_COST),
        )
        chosen_f0_hz, confidence = self._choose(
            slots,
            f0_hz.reshape(FRAMES_PER_HOP, len(slots), _CANDIDATES),
            strength.reshape(FRAMES_PER_HOP, len(slots), _CANDIDATES),
        )
        chosen_f0_hz[position < 0] = np.nan
        return PitchFrames(chosen_f0_hz, confidence, position)

    def _advance_positions(self, slots: Slots) -> npt.NDArray[np.int64]:
        self._samples_seen[slots] += HOP_SAMPLES
        newest = self._samples_seen[slots, None] - LOOK_AHEAD_SAMPLES
        ages = np.arange(FRAMES_PER_HOP - 1, -1, -1) * FRAME_STEP_SAMPLES
        return newest - ages

    def _choose(
        self,
        slots: Slots,
        f0_hz: npt.NDArray[np.float32],
        strength: npt.NDArray[np.float32],
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        streams = np.arange(len(slots))
        chosen_f0_hz = np.empty((len(slots), FRAMES_PER_HOP), np.float32)
        for frame in range(FRAMES_PER_HOP):
            chosen = self._path.step(slots, f0_hz[frame], strength[frame])
            with_unvoiced = np.pad(f0_hz[frame], ((0, 0), (0, 1)), constant_values=np.nan)
            chosen_f0_hz[:, frame] = with_unvoiced[streams, chosen]
        confidence = np.clip(strength.max(axis=2).T, 0, 1)
        return chosen_f0_hz, confidence
