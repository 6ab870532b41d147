"""Loudness as ITU-R BS.1770-5 and EBU R 128 define it, momentary and integrated, for mono streams.

A browser's microphone is not calibrated: LUFS say how loud the *recording* is, not the speaker.
`dsp.projection` has what survives an unknown gain.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import signal

from dsp.clock import ANALYSIS_RATE_HZ, HOP_SAMPLES
from dsp.decibels import power_to_db
from dsp.kernel import Hops, Rows, Slots

Float32s = npt.NDArray[np.float32]
Float64s = npt.NDArray[np.float64]

MOMENTARY_HOPS = ANALYSIS_RATE_HZ * 4 // 10 // HOP_SAMPLES  # 400 ms
GATING_STEP_HOPS = MOMENTARY_HOPS // 4  # gating blocks overlap by 75 %
ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
FLOOR_LUFS = -144.0  # what 24 bits of silence measure; keeps the logarithm finite
# A clipped plosive or two is nobody's business; from here on it is heard, and spoils the measures.
CLIPPING_WARNING_SHARE = 0.01

# BS.1770-5 prints its two filters for 48 kHz only, and asks for the same response at other rates.
# The bilinear transform of their analogue prototypes strays by up to 0.15 dB at 16 kHz, so these
# were fitted by least squares to the response of the printed ones: 0.002 dB from 10 to 7,500 Hz.
_HIGH_SHELF_B = (1.4261248281690722, -1.8322420328303024, 0.6787416649215123)
_HIGH_SHELF_A = (1.0, -1.1176689048241357, 0.3930155803162499)
_HIGH_PASS_B = (1.0, -2.0, 1.0)
_HIGH_PASS_A = (1.0, -1.9702895564049132, 0.9705105058161804)
K_WEIGHTING_SOS: Float64s = np.array([_HIGH_SHELF_B + _HIGH_SHELF_A, _HIGH_PASS_B + _HIGH_PASS_A])
# BS.1770-5: the constant that makes a full-scale 997 Hz sine in one channel read -3.01.
K_WEIGHTING_OFFSET_DB = -0.691
_OFFSET_DB = np.float32(K_WEIGHTING_OFFSET_DB)
_FLOOR_POWER = np.float32(10 ** ((FLOOR_LUFS - K_WEIGHTING_OFFSET_DB) / 10))
_MEAN_OVER_HOPS = np.full(MOMENTARY_HOPS, 1 / (MOMENTARY_HOPS * HOP_SAMPLES), np.float32)

# Shorter blocks need more states, longer ones more products.
_BLOCK_SAMPLES = 40
_BLOCKS = HOP_SAMPLES // _BLOCK_SAMPLES
_STATES = 4


class KWeightedLoudness:
    """Momentary loudness (400 ms) of many streams.

    The recursive K-weighting of a hop is two matrix products per stream, which costs a third of
    running the recursion sample by sample: the states that the recursion passes through at the
    blocks' edges, then each block from its samples and the state before it. Each product has the
    same shape whatever the batch, so that BLAS sums in the same order and results are bit-equal.

    Parameters
    ----------
    capacity : int
        Slots to make room for.
    """

    def __init__(self, capacity: int) -> None:
        self._filter_state = np.zeros((capacity, _STATES), np.float32)
        self._hop_power = np.zeros((capacity, MOMENTARY_HOPS), np.float32)  # oldest first

    def resize(self, capacity: int) -> None:
        """Make room for at least `capacity` slots, keeping the state of those in use."""
        added = ((0, capacity - len(self._hop_power)), (0, 0))
        self._filter_state = np.pad(self._filter_state, added)
        self._hop_power = np.pad(self._hop_power, added)

    def reset(self, slots: Slots) -> None:
        """Bring `slots` to the state of a stream that has not begun."""
        self._filter_state[slots] = 0.0
        self._hop_power[slots] = 0.0

    def step(self, slots: Rows, hops: Hops) -> Float32s:
        """Advance `slots` by one hop.

        Parameters
        ----------
        slots : Rows of n streams
        hops : float32, shape (n, HOP_SAMPLES)

        Returns
        -------
        float32, shape (n,), LUFS
            Of the 400 ms that end with the hop, at least `FLOOR_LUFS`. What lies before the stream
            counts as silence.
        """
        weighted = self._k_weight(slots, hops)
        hop_power = self._hop_power[slots]
        hop_power[:, :-1] = hop_power[:, 1:]
        np.vecdot(weighted, weighted, out=hop_power[:, -1])
        self._hop_power[slots] = hop_power
        lufs = power_to_db(np.vecdot(hop_power, _MEAN_OVER_HOPS), _FLOOR_POWER)
        lufs += _OFFSET_DB
        return lufs

    def _k_weight(self, slots: Rows, hops: Hops) -> Float32s:
        n_streams = len(hops)
        states = np.vecmat(hops, _FILTER.states_from_samples)
        states += np.vecmat(self._filter_state[slots], _FILTER.states_from_state)
        states = states.reshape(n_streams, _BLOCKS + 1, _STATES)
        self._filter_state[slots] = states[:, -1]
        blocks = np.empty((n_streams, _BLOCKS, _BLOCK_SAMPLES + _STATES), np.float32)
        blocks[:, :, :_BLOCK_SAMPLES] = hops.reshape(n_streams, _BLOCKS, _BLOCK_SAMPLES)
        blocks[:, :, _BLOCK_SAMPLES:] = states[:, :-1]
        return (blocks @ _FILTER.block).reshape(n_streams, HOP_SAMPLES)


def integrated_loudness_lufs(momentary_lufs: Float32s) -> float | None:
    """Gated loudness of a line or of a whole stream, after BS.1770-5 and EBU R 128.

    Parameters
    ----------
    momentary_lufs : float32, shape (n_hops,)
        What `KWeightedLoudness.step` gave for each hop of the line, oldest first. Gating blocks
        that would reach back before the line are left out.

    Returns
    -------
    float or None
        LUFS; None if no block passes the absolute gate (silence, or less than 400 ms).

    Raises
    ------
    ValueError
        `momentary_lufs` is not 1-D.
    """
    if momentary_lufs.ndim != 1:
        raise ValueError(f"one loudness per hop is needed, not shape {momentary_lufs.shape}")
    blocks_lufs = momentary_lufs[MOMENTARY_HOPS - 1 :: GATING_STEP_HOPS].astype(np.float64)
    audible = blocks_lufs[blocks_lufs > ABSOLUTE_GATE_LUFS]
    if not len(audible):
        return None
    relative_gate_lufs = _mean_loudness_lufs(audible) + RELATIVE_GATE_LU
    return _mean_loudness_lufs(audible[audible > relative_gate_lufs])


def is_clipping(clipped: npt.NDArray[np.bool_], is_speech: npt.NDArray[np.bool_]) -> bool:
    """Tell whether a line clips enough to warn its speaker: over 1 % of the speech hops.

    Parameters
    ----------
    clipped, is_speech : bool, shape (n_hops,)
        For each hop of the line, `dsp.level.Levels.clipped` and the voice decision.
    """
    n_speech = int(is_speech.sum())
    return n_speech > 0 and int((clipped & is_speech).sum()) > CLIPPING_WARNING_SHARE * n_speech


def _mean_loudness_lufs(blocks_lufs: Float64s) -> float:
    """Loudness of the mean power; the offset cancels."""
    return float(10 * np.log10(np.mean(10 ** (blocks_lufs / 10))))


class _BlockFilter(NamedTuple):
    """A linear filter as matrices, whose rows are samples of input and states of the recursion.

    block : (_BLOCK_SAMPLES + _STATES, _BLOCK_SAMPLES): a block's output from its samples and the
        state before it.
    states_from_samples, states_from_state : (HOP_SAMPLES or _STATES, (_BLOCKS + 1) * _STATES):
        the state before each block and after the last, from the hop and from the state before it.
    """

    block: Float32s
    states_from_samples: Float32s
    states_from_state: Float32s


def _block_filter(sos: Float64s) -> _BlockFilter:
    no_state = np.zeros((len(sos), _BLOCK_SAMPLES, 2))
    from_silence, left_behind = signal.sosfilt(sos, np.eye(_BLOCK_SAMPLES), zi=no_state)
    unit_states = np.eye(_STATES).reshape(_STATES, len(sos), 2).transpose(1, 0, 2)
    ringing, next_states = signal.sosfilt(sos, np.zeros((_STATES, _BLOCK_SAMPLES)), zi=unit_states)
    over_one_block = _state_rows(next_states)
    # What a block leaves behind has died away by one more power after each block that follows.
    after_blocks = [np.linalg.matrix_power(over_one_block, k) for k in range(_BLOCKS + 1)]
    nothing = np.zeros((_BLOCK_SAMPLES, _STATES))
    states_from_samples = np.block(
        [
            [
                _state_rows(left_behind) @ after_blocks[edge - block - 1]
                if edge > block
                else nothing
                for edge in range(_BLOCKS + 1)
            ]
            for block in range(_BLOCKS)
        ]
    )
    return _BlockFilter(
        np.concatenate((from_silence, ringing)).astype(np.float32),
        states_from_samples.astype(np.float32),
        np.concatenate(after_blocks, axis=1).astype(np.float32),
    )


def _state_rows(states: Float64s) -> Float64s:
    """From scipy's (sections, rows, 2) to (rows, _STATES)."""
    return states.transpose(1, 0, 2).reshape(-1, _STATES)


_FILTER = _block_filter(K_WEIGHTING_SOS)
