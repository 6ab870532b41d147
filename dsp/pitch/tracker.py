"""Causal, streaming pitch trackers for many streams at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dsp.clock import ANALYSIS_RATE_HZ, HOP_SAMPLES
from dsp.kernel import Hops, Slots
from dsp.pitch.autocorrelation import Autocorrelator
from dsp.pitch.path import PitchPath
from dsp.pitch.ranges import INSTRUMENT, VOICE, PitchRange
from dsp.pitch.voicing import (
    FRAMES_PER_HOP,
    PathFrames,
    SteadyTone,
    VoiceUnit,
    Voicing,
    VoicingEvidence,
)

Float32s = npt.NDArray[np.float32]

FRAME_STEP_SAMPLES = HOP_SAMPLES // FRAMES_PER_HOP
# From the moment a frame speaks of to the last sample that it uses. The path adds none.
LOOK_AHEAD_SAMPLES = 320
LOOK_AHEAD_MS = 1000 * LOOK_AHEAD_SAMPLES / ANALYSIS_RATE_HZ
# Confidence from which a frame is voiced. Below one half: a frame that is missed has no pitch at
# all, one that is voiced in doubt still has one that is mostly right.
VOICED_FROM = np.float32(0.4)

_CANDIDATES = 5


class PitchFrames(NamedTuple):
    """What one step says of each stream: `FRAMES_PER_HOP` frames, oldest first.

    Attributes
    ----------
    f0_hz : float32, shape (n, FRAMES_PER_HOP)
        NaN where unvoiced.
    confidence : float32, shape (n, FRAMES_PER_HOP), 0 to 1
        Probability that the frame is voiced and its F0 right; from `VOICED_FROM` on it is voiced.
    periodicity : float32, shape (n, FRAMES_PER_HOP), 0 to 1
        Normalised autocorrelation at the period, voiced or not; 1 is perfectly periodic.
    position : int64, shape (n, FRAMES_PER_HOP)
        Sample that the frame speaks of.
    """

    f0_hz: Float32s
    confidence: Float32s
    periodicity: Float32s
    position: npt.NDArray[np.int64]


class PathStep(NamedTuple):
    """One step before voicing is decided: what the path chose, and the evidence of voice."""

    path: PathFrames
    evidence: Float32s


class RangeTracker:
    """Kernel: F0 of streams that share one range. Bit-equal whatever the batch.

    A frame longer than twice the look-ahead is centred earlier than the moment it speaks of: for
    a note that holds, the pitch is the same.
    """

    def __init__(self, capacity: int, pitch_range: PitchRange, voicing: Voicing) -> None:
        self._autocorrelator = Autocorrelator(pitch_range)
        self._voicing = voicing
        self._frame_samples = pitch_range.frame_samples
        after = max(0, LOOK_AHEAD_SAMPLES - pitch_range.frame_samples // 2)
        kept = pitch_range.frame_samples + FRAME_STEP_SAMPLES + after
        self._recent = np.zeros((capacity, kept), np.float32)
        self._path = PitchPath(capacity, _CANDIDATES)
        self._evidence = VoicingEvidence(capacity, self._autocorrelator.bin_hz)

    def resize(self, capacity: int) -> None:
        """Make room for at least `capacity` slots, keeping the state of those in use."""
        missing = max(0, capacity - len(self._recent))
        self._recent = np.pad(self._recent, ((0, missing), (0, 0)))
        self._path.resize(capacity)
        self._evidence.resize(capacity)

    def reset(self, slots: Slots) -> None:
        """Bring `slots` to the state of a stream that has not begun."""
        self._recent[slots] = 0
        self._path.reset(slots)
        self._evidence.reset(slots)

    def step(self, slots: Slots, hops: Hops) -> tuple[Float32s, Float32s, Float32s]:
        """Advance `slots` by one hop; F0, confidence and periodicity as in `PitchFrames`."""
        path, evidence = self.follow(slots, hops)
        confidence = self._voicing.probability(evidence)
        f0_hz = np.where(confidence >= VOICED_FROM, path.f0_hz, np.float32(np.nan))
        return f0_hz.T, confidence.T, path.periodicity.T

    def follow(self, slots: Slots, hops: Hops) -> PathStep:
        """Advance `slots` by one hop, but leave voicing open."""
        recent = np.concatenate([self._recent[slots, HOP_SAMPLES:], hops], axis=1)
        self._recent[slots] = recent
        starts = range(0, FRAMES_PER_HOP * FRAME_STEP_SAMPLES, FRAME_STEP_SAMPLES)
        frames = [recent[:, start : start + self._frame_samples] for start in starts]
        power = self._autocorrelator.power(frames)
        normalised = self._autocorrelator.normalised(power)
        candidates = self._autocorrelator.candidates(normalised, _CANDIDATES)
        f0_hz, strength = self._path.follow(slots, candidates, FRAMES_PER_HOP)
        periodicity = self._autocorrelator.periodicity(power, f0_hz.ravel())
        path = PathFrames(f0_hz, strength, periodicity.reshape(f0_hz.shape))
        newest = recent[:, -HOP_SAMPLES - 1 :]
        return PathStep(path, self._evidence.step(slots, newest, power, path))


class PitchTracker:
    """F0 of many streams every 10 ms, 20 ms behind the microphone.

    A `dsp.kernel.StreamKernel`. Each stream has a range: `VOICE` (60 to 1,000 Hz) unless it was
    told otherwise, or `INSTRUMENT` (40 to 2,000 Hz), at three times the cost. Frames of the time
    before a stream began have negative positions and are unvoiced.
    """

    def __init__(self, capacity: int) -> None:
        self._voice = RangeTracker(capacity, VOICE, VoiceUnit.trained())
        self._instrument = RangeTracker(capacity, INSTRUMENT, SteadyTone())
        self._is_instrument = np.zeros(capacity, np.bool_)
        self._samples_seen = np.zeros(capacity, np.int64)

    def resize(self, capacity: int) -> None:
        """Make room for at least `capacity` slots, keeping the state of those in use."""
        missing = max(0, capacity - len(self._samples_seen))
        self._is_instrument = np.pad(self._is_instrument, (0, missing))
        self._samples_seen = np.pad(self._samples_seen, (0, missing))
        self._voice.resize(capacity)
        self._instrument.resize(capacity)

    def reset(self, slots: Slots) -> None:
        """Bring `slots` to the state of a stream that has not begun, of a voice."""
        self._is_instrument[slots] = False
        self._samples_seen[slots] = 0
        self._voice.reset(slots)
        self._instrument.reset(slots)

    def set_range(self, slots: Slots, pitch_range: PitchRange) -> None:
        """Say what `slots` carry, before their first step.

        Raises
        ------
        ValueError
            `pitch_range` is neither `VOICE` nor `INSTRUMENT`.
        """
        if pitch_range not in (VOICE, INSTRUMENT):
            raise ValueError("a stream's pitch range is VOICE or INSTRUMENT of dsp.pitch.ranges")
        self._is_instrument[slots] = pitch_range == INSTRUMENT

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
        position = self._advance_positions(slots)
        f0_hz, confidence, periodicity = self._step_by_range(slots, hops)
        f0_hz = np.where(position >= 0, f0_hz, np.float32(np.nan))
        return PitchFrames(f0_hz, confidence, periodicity, position)

    def _step_by_range(self, slots: Slots, hops: Hops) -> tuple[Float32s, ...]:
        is_instrument = self._is_instrument[slots]
        if not is_instrument.any():
            return self._voice.step(slots, hops)
        found = tuple(np.empty((len(slots), FRAMES_PER_HOP), np.float32) for _ in range(3))
        for tracker, chosen in ((self._voice, ~is_instrument), (self._instrument, is_instrument)):
            if chosen.any():
                for whole, part in zip(
                    found, tracker.step(slots[chosen], hops[chosen]), strict=True
                ):
                    whole[chosen] = part
        return found

    def _advance_positions(self, slots: Slots) -> npt.NDArray[np.int64]:
        self._samples_seen[slots] += HOP_SAMPLES
        newest = self._samples_seen[slots, None] - LOOK_AHEAD_SAMPLES
        ages = np.arange(FRAMES_PER_HOP - 1, -1, -1) * FRAME_STEP_SAMPLES
        return newest - ages
