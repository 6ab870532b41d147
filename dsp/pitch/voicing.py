"""Whether a frame is voiced: evidence from around it, and two ways to weigh it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import NamedTuple, Protocol, Self

import numpy as np
import numpy.typing as npt

from dsp.clock import HOP_SAMPLES
from dsp.kernel import Slots

Float32s = npt.NDArray[np.float32]

FRAMES_PER_HOP = 2
# Finer than the frame: says when in the frame a voice begins or ends.
BLOCK_SAMPLES = 80
# The blocks of a frame: from 30 ms before its centre to 20 ms after it.
BLOCKS_PER_FRAME = 10
BAND_EDGES_HZ = (60, 400, 1000, 2000, 4000, 8000)

# Columns of the evidence.
LEVELS = slice(0, BLOCKS_PER_FRAME)  # of each block, dB re the loudest
BRIGHTNESS = slice(LEVELS.stop, LEVELS.stop + BLOCKS_PER_FRAME)  # slope over level, dB
BANDS = slice(BRIGHTNESS.stop, BRIGHTNESS.stop + len(BAND_EDGES_HZ) - 1)  # dB re the strongest
PERIODICITY, STRENGTH, ONE_BEFORE, TWO_BEFORE = range(BANDS.stop, BANDS.stop + 4)
LOG2_F0, JUMP, BELOW_LOUDEST, ABOVE_SOFTEST = range(TWO_BEFORE + 1, TWO_BEFORE + 5)
EVIDENCE = ABOVE_SOFTEST + 1

_BLOCKS_PER_HOP = HOP_SAMPLES // BLOCK_SAMPLES
_BLOCKS_PER_STEP = _BLOCKS_PER_HOP // FRAMES_PER_HOP
_BLOCKS_KEPT = BLOCKS_PER_FRAME + _BLOCKS_PER_STEP
_TINY = np.float32(1e-12)
_SILENCE_DB = np.float32(-120)
# Decibels a frame: how fast the loudest and the softest level heard are forgotten.
_LOUDEST_FALLS_DB = np.float32(0.03)
_SOFTEST_RISES_DB = np.float32(0.05)
# Bands are of a windowed spectrum, blocks of samples: about so much lower for the same sound.
_BLOCK_BELOW_BAND_DB = np.float32(23)
_FAR_DB = np.float32(60)


class PathFrames(NamedTuple):
    """What the path chose in each frame of a hop; float32, shape (FRAMES_PER_HOP, n)."""

    f0_hz: Float32s
    strength: Float32s
    periodicity: Float32s


class VoicingEvidence:
    """Kernel: what speaks for and against voice in each frame. Bit-equal whatever the batch.

    Levels are relative to the loudest and softest that the stream has had, so a gain changes
    nothing.
    """

    def __init__(self, capacity: int, bin_hz: float) -> None:
        self._band_edges = np.rint(np.array(BAND_EDGES_HZ) / bin_hz).astype(np.intp)
        self._level_db = np.full((capacity, _BLOCKS_KEPT), _SILENCE_DB)
        self._brightness_db = np.zeros((capacity, _BLOCKS_KEPT), np.float32)
        self._loudest_db = np.full(capacity, -np.inf, np.float32)
        self._softest_db = np.full(capacity, np.inf, np.float32)
        self._strength = np.zeros((capacity, FRAMES_PER_HOP), np.float32)
        self._log2_f0 = np.zeros(capacity, np.float32)

    def resize(self, capacity: int) -> None:
        """Make room for at least `capacity` slots, keeping the state of those in use."""
        old = len(self._loudest_db)
        missing = max(0, capacity - old)
        rows = ((0, missing), (0, 0))
        self._level_db = np.pad(self._level_db, rows)
        self._brightness_db = np.pad(self._brightness_db, rows)
        self._loudest_db = np.pad(self._loudest_db, (0, missing))
        self._softest_db = np.pad(self._softest_db, (0, missing))
        self._strength = np.pad(self._strength, rows)
        self._log2_f0 = np.pad(self._log2_f0, (0, missing))
        self.reset(np.arange(old, old + missing))

    def reset(self, slots: Slots) -> None:
        """Bring `slots` to the state of a stream that has not begun."""
        self._level_db[slots] = _SILENCE_DB
        self._brightness_db[slots] = 0
        self._loudest_db[slots] = -np.inf
        self._softest_db[slots] = np.inf
        self._strength[slots] = 0
        self._log2_f0[slots] = 0

    def step(self, slots: Slots, samples: Float32s, power: Float32s, path: PathFrames) -> Float32s:
        """Advance `slots` by one hop.

        Parameters
        ----------
        slots : intp, shape (n,)
        samples : float32, shape (n, HOP_SAMPLES + 1)
            The hop and the sample before it.
        power : float32, shape (FRAMES_PER_HOP * n, bins)
            Spectra of the frames, the earlier ones of all streams first.
        path : PathFrames

        Returns
        -------
        float32, shape (FRAMES_PER_HOP, n, EVIDENCE)
        """
        # The last sum is what lies above all bands.
        bands = np.add.reduceat(power, self._band_edges, axis=1)[:, :-1]
        bands_db = _decibels(bands).reshape(FRAMES_PER_HOP, len(slots), -1)
        strongest_db = bands_db.max(axis=2)
        evidence = np.empty((FRAMES_PER_HOP, len(slots), EVIDENCE), np.float32)
        np.subtract(bands_db, strongest_db[:, :, None], out=evidence[:, :, BANDS])
        self._compare_levels(slots, samples, strongest_db, evidence)
        self._compare_frames(slots, path, evidence)
        return np.clip(evidence, -_FAR_DB, _FAR_DB, out=evidence)

    def _compare_frames(self, slots: Slots, path: PathFrames, evidence: Float32s) -> None:
        strength, log2_f0 = path.strength, np.log2(path.f0_hz)
        before = self._strength[slots].T
        evidence[:, :, PERIODICITY] = path.periodicity
        evidence[:, :, STRENGTH] = strength
        evidence[0, :, ONE_BEFORE], evidence[1, :, ONE_BEFORE] = before[1], strength[0]
        evidence[:, :, TWO_BEFORE] = before
        evidence[:, :, LOG2_F0] = log2_f0
        evidence[0, :, JUMP] = np.abs(log2_f0[0] - self._log2_f0[slots])
        evidence[1, :, JUMP] = np.abs(log2_f0[1] - log2_f0[0])
        self._strength[slots] = strength.T
        self._log2_f0[slots] = log2_f0[1]

    def _compare_levels(
        self, slots: Slots, samples: Float32s, strongest_db: Float32s, evidence: Float32s
    ) -> None:
        level_db, brightness_db = self._push_blocks(slots, samples)
        loudest_db, softest_db = self._loudest_db[slots], self._softest_db[slots]
        for frame, frame_db in enumerate(strongest_db):
            loudest_db = np.maximum(loudest_db - _LOUDEST_FALLS_DB, frame_db)
            softest_db = np.minimum(softest_db + _SOFTEST_RISES_DB, frame_db)
            blocks = slice(frame * _BLOCKS_PER_STEP, frame * _BLOCKS_PER_STEP + BLOCKS_PER_FRAME)
            loudest_block_db = (loudest_db - _BLOCK_BELOW_BAND_DB)[:, None]
            np.subtract(level_db[:, blocks], loudest_block_db, out=evidence[frame, :, LEVELS])
            evidence[frame, :, BRIGHTNESS] = brightness_db[:, blocks]
            np.subtract(frame_db, loudest_db, out=evidence[frame, :, BELOW_LOUDEST])
            np.subtract(frame_db, softest_db, out=evidence[frame, :, ABOVE_SOFTEST])
        self._loudest_db[slots], self._softest_db[slots] = loudest_db, softest_db

    def _push_blocks(self, slots: Slots, samples: Float32s) -> tuple[Float32s, Float32s]:
        """Level of each block, and that of its slope over it, oldest first."""
        now = samples[:, 1:].reshape(len(slots), _BLOCKS_PER_HOP, BLOCK_SAMPLES)
        slope = (samples[:, 1:] - samples[:, :-1]).reshape(now.shape)
        level_db, brightness_db = self._level_db[slots], self._brightness_db[slots]
        level_db[:, :-_BLOCKS_PER_HOP] = level_db[:, _BLOCKS_PER_HOP:]
        brightness_db[:, :-_BLOCKS_PER_HOP] = brightness_db[:, _BLOCKS_PER_HOP:]
        newest_db = _decibels(np.vecdot(now, now))
        level_db[:, -_BLOCKS_PER_HOP:] = newest_db
        brightness_db[:, -_BLOCKS_PER_HOP:] = _decibels(np.vecdot(slope, slope)) - newest_db
        self._level_db[slots], self._brightness_db[slots] = level_db, brightness_db
        return level_db, brightness_db


class Voicing(Protocol):
    """Weighs the evidence."""

    def probability(self, evidence: Float32s) -> Float32s:
        """Probability that frames are voiced and their pitch right; the last axis is weighed."""


@dataclass(frozen=True, slots=True)
class VoiceUnit:
    """For voices: one hidden layer, trained by `benchmarks.train_pitch_voicing`.

    Attributes
    ----------
    hidden : float32, shape (EVIDENCE, n_units)
    hidden_bias : float32, shape (n_units,)
    read_out : float32, shape (n_units,)
    read_out_bias : float32, shape ()
    """

    hidden: Float32s
    hidden_bias: Float32s
    read_out: Float32s
    read_out_bias: Float32s

    @classmethod
    def trained(cls) -> Self:
        """Load the weights that are shipped."""
        with resources.files("dsp.pitch").joinpath("voicing.npz").open("rb") as file:
            arrays = np.load(file)
            return cls(**{name: arrays[name].astype(np.float32) for name in arrays.files})

    def probability(self, evidence: Float32s) -> Float32s:
        """See `Voicing`."""
        hidden = np.vecmat(evidence, self.hidden)
        hidden += self.hidden_bias
        np.tanh(hidden, out=hidden)
        half = np.float32(0.5) * (np.vecdot(hidden, self.read_out) + self.read_out_bias)
        probability: Float32s = np.float32(0.5) * (np.tanh(half) + np.float32(1))
        return probability


class SteadyTone:
    """For instruments: a tone is what is periodic and not far below the loudest that was heard."""

    _WEAKEST, _SURE = np.float32(0.2), np.float32(0.6)
    _FAINTEST_DB, _PLAIN_DB = np.float32(-55), np.float32(-45)

    def probability(self, evidence: Float32s) -> Float32s:
        """See `Voicing`."""
        strength, level_db = evidence[..., STRENGTH], evidence[..., BELOW_LOUDEST]
        periodic = (strength - self._WEAKEST) / (self._SURE - self._WEAKEST)
        audible = (level_db - self._FAINTEST_DB) / (self._PLAIN_DB - self._FAINTEST_DB)
        probability: Float32s = np.clip(np.minimum(periodic, audible), 0, 1)
        return probability


def _decibels(power: Float32s) -> Float32s:
    decibels: Float32s = np.log10(power + _TINY)
    decibels *= np.float32(10)
    return decibels
