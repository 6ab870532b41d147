"""Bring any microphone to the analysis rate, chunk by chunk, without clicks and without waiting.

A live resampler is judged by what it holds back. soxr's stream works in blocks of its FFT and
releases them in bursts: up to 37 ms late from 48 kHz, 115 ms from 8 kHz. So the rates that devices
have go through a short minimum-phase filter here, which holds nothing back; soxr keeps the odd
rates, whose filter banks would be too large to keep.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from math import gcd
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import soxr
from scipy import signal

from dsp.clock import ANALYSIS_RATE_HZ

Samples = npt.NDArray[np.float32]

MIN_RATE_HZ = 8_000
MAX_RATE_HZ = 96_000

# Outputs computed at once, 2 ms: it divides every chunk of whole hops, so none waits for the next.
BLOCK_SAMPLES = 32
# 8, 11.025, 12, 16, 22.05, 24, 32, 44.1, 48, 64, 88.2 and 96 kHz need 640 phases at most.
MAX_PHASES = 640

FILTER_TAPS = 64  # per phase, at the lower of the two rates
STOPBAND_DB = 80.0


class StreamResampler:
    """Resample one mono stream to 16 kHz; the same samples come out however the input is cut.

    Output sample ``k`` stands for the input at ``k / 16000`` s. ``n`` input samples give
    ``ceil(n * 16000 / input_rate_hz)`` output samples once flushed (odd rates: rounded, not up).

    The filter is minimum-phase: flat within 0.1 dB to 7 kHz (7/16 of a lower input rate), 80 dB
    down from 8.4 kHz. It delays sound by 0.14 to 0.35 ms below 4 kHz, which positions
    leave uncorrected; a linear-phase one would hold every hop back until the next chunk came.
    Odd rates (more than 640 phases to 16 kHz) use soxr HQ: no delay in the positions, but the
    samples arrive up to 115 ms later.

    Parameters
    ----------
    input_rate_hz : int, 8,000 to 96,000
        Equal to the analysis rate, samples pass through unchanged.

    Raises
    ------
    ValueError
        The rate is out of range.
    """

    def __init__(self, input_rate_hz: int) -> None:
        _check_rate(input_rate_hz)
        self._converter = _converter(input_rate_hz)
        self._ended = False

    def push(self, samples: Samples) -> Samples:
        """Take the next samples, return those that are ready.

        Parameters
        ----------
        samples : float32, shape (n,)
            Mono, any ``n``, also none.

        Returns
        -------
        float32, shape (m,)
            At 16 kHz. Chunks of whole hops at 8, 16, 32, 44.1, 48 or 96 kHz give whole hops.

        Raises
        ------
        ValueError
            The stream was flushed.
        """
        if self._ended:
            raise ValueError("the stream was flushed; make a new StreamResampler")
        return self._converter.push(samples)

    def state(self) -> dict[str, npt.NDArray[np.float64]] | None:
        """What the filter remembers of the stream; None at odd rates, where soxr keeps it."""
        return self._converter.state()

    def restore(self, state: Mapping[str, npt.NDArray[np.float64]]) -> None:
        """Go on from a state of a stream at the same rate."""
        self._converter.restore(state)

    def flush(self) -> Samples:
        """End the stream and return what is left, at most 31 samples at the usual rates."""
        if self._ended:
            return np.zeros(0, np.float32)
        self._ended = True
        return self._converter.flush()


def prepare_rate(input_rate_hz: int) -> None:
    """Design the filter of a rate, once: up to 0.15 s of computing, which no step should wait for.

    Raises
    ------
    ValueError
        The rate is out of range.
    """
    _check_rate(input_rate_hz)
    _converter(input_rate_hz)


def _check_rate(input_rate_hz: int) -> None:
    if not MIN_RATE_HZ <= input_rate_hz <= MAX_RATE_HZ:
        raise ValueError(f"sample rate {input_rate_hz} Hz; send {MIN_RATE_HZ} to {MAX_RATE_HZ} Hz")


_State = dict[str, npt.NDArray[np.float64]]
_StateView = Mapping[str, npt.NDArray[np.float64]]


class _Converter(Protocol):
    def push(self, samples: Samples) -> Samples: ...

    def flush(self) -> Samples: ...

    def state(self) -> _State | None: ...

    def restore(self, state: _StateView) -> None: ...


def _converter(input_rate_hz: int) -> _Converter:
    if input_rate_hz == ANALYSIS_RATE_HZ:
        return _PassThrough()
    if ANALYSIS_RATE_HZ // gcd(input_rate_hz, ANALYSIS_RATE_HZ) > MAX_PHASES:
        return _SoxrStream(input_rate_hz)
    return _BlockFilter(input_rate_hz)


class _PassThrough:
    def push(self, samples: Samples) -> Samples:
        return samples

    def flush(self) -> Samples:
        return np.zeros(0, np.float32)

    def state(self) -> _State | None:
        return {}

    def restore(self, state: _StateView) -> None:
        pass


class _SoxrStream:
    def __init__(self, input_rate_hz: int) -> None:
        self._stream = soxr.ResampleStream(
            input_rate_hz, ANALYSIS_RATE_HZ, num_channels=1, dtype="float32", quality="HQ"
        )

    def push(self, samples: Samples) -> Samples:
        return np.asarray(self._stream.resample_chunk(samples), np.float32)

    def flush(self) -> Samples:
        nothing = np.zeros(0, np.float32)
        return np.asarray(self._stream.resample_chunk(nothing, last=True), np.float32)

    def state(self) -> _State | None:
        return None

    def restore(self, state: _StateView) -> None:
        raise ValueError("soxr's state can't be set")


class _Bank(NamedTuple):
    """A polyphase filter laid out as matrices, each from a window of input to a block of output.

    Sums run in float64, so that the cut, which changes the order of a matrix product's sums,
    changes nothing that float32 can show.
    """

    phases: int  # output samples per `input_step` input samples, in lowest terms
    input_step: int
    window_samples: int
    matrices: npt.NDArray[np.float64]  # (blocks in one period, window_samples, BLOCK_SAMPLES)

    @property
    def period_inputs(self) -> int:
        """Input samples after which the same matrix comes round."""
        return len(self.matrices) * BLOCK_SAMPLES * self.input_step // self.phases

    def inputs_before(self, output: int) -> int:
        """Input samples that must have come for `output`, the last of them standing at its time."""
        return output * self.input_step // self.phases + 1

    def outputs_after(self, inputs: int) -> int:
        """Output samples that `inputs` samples decide: ``ceil(inputs * phases / input_step)``."""
        return -(-inputs * self.phases // self.input_step)


class _BlockFilter:
    def __init__(self, input_rate_hz: int) -> None:
        self._bank = _filter_bank(input_rate_hz)
        # Silence before the stream: the first windows reach back beyond its start.
        self._waiting = np.zeros(self._bank.window_samples)
        self._waiting_from = -self._bank.window_samples
        self._next_block = 0

    def push(self, samples: Samples) -> Samples:
        self._waiting = np.concatenate((self._waiting, samples))
        pushed = self._waiting_from + len(self._waiting)
        n_blocks = self._bank.outputs_after(pushed) // BLOCK_SAMPLES - self._next_block
        if n_blocks == 0:
            return np.zeros(0, np.float32)
        blocks = self._filter(n_blocks)
        self._next_block += n_blocks
        self._forget()
        return blocks.astype(np.float32).ravel()

    def flush(self) -> Samples:
        pushed = self._waiting_from + len(self._waiting)
        left = self._bank.outputs_after(pushed) - self._next_block * BLOCK_SAMPLES
        silence = np.zeros(2 * self._bank.window_samples, np.float32)
        return self.push(silence)[:left]

    def state(self) -> _State | None:
        counts = np.array([self._waiting_from, self._next_block], np.float64)
        return {"waiting": self._waiting.copy(), "counts": counts}

    def restore(self, state: _StateView) -> None:
        self._waiting = state["waiting"].copy()
        self._waiting_from, self._next_block = (int(count) for count in state["counts"])

    def _filter(self, n_blocks: int) -> npt.NDArray[np.float64]:
        bank, period = self._bank, len(self._bank.matrices)
        blocks = np.empty((n_blocks, BLOCK_SAMPLES))
        for first in range(min(period, n_blocks)):
            in_phase = blocks[first::period]
            windows = self._windows(self._next_block + first, len(in_phase))
            np.matmul(windows, bank.matrices[(self._next_block + first) % period], out=in_phase)
        return blocks

    def _windows(self, block: int, n_windows: int) -> npt.NDArray[np.float64]:
        """Input windows of `block` and those one, two ... whole periods later, one a row."""
        itemsize = self._waiting.itemsize
        overlapping = np.ndarray(
            (n_windows, self._bank.window_samples),
            self._waiting.dtype,
            self._waiting,
            offset=itemsize * self._window_start(block),
            strides=(itemsize * self._bank.period_inputs, itemsize),
        )
        return overlapping.copy()  # BLAS takes no overlapping rows

    def _window_start(self, block: int) -> int:
        """Where the window of `block` begins in `_waiting`."""
        window_end = self._bank.inputs_before((block + 1) * BLOCK_SAMPLES - 1)
        return window_end - self._bank.window_samples - self._waiting_from

    def _forget(self) -> None:
        start = self._window_start(self._next_block)
        self._waiting = self._waiting[start:]
        self._waiting_from += start


@lru_cache(maxsize=16)
def _filter_bank(input_rate_hz: int) -> _Bank:
    common = gcd(input_rate_hz, ANALYSIS_RATE_HZ)
    phases, input_step = ANALYSIS_RATE_HZ // common, input_rate_hz // common
    responses = _phase_responses(input_rate_hz, phases)
    n_taps = responses.shape[1]
    window_samples = (BLOCK_SAMPLES - 1) * input_step // phases + 1 + n_taps
    n_matrices = phases // gcd(phases, BLOCK_SAMPLES)
    matrices = np.zeros((n_matrices, window_samples, BLOCK_SAMPLES))
    bank = _Bank(phases, input_step, window_samples, matrices)
    for output in range(n_matrices * BLOCK_SAMPLES):
        block, column = divmod(output, BLOCK_SAMPLES)
        window_end = bank.inputs_before((block + 1) * BLOCK_SAMPLES - 1)
        end = window_samples - (window_end - bank.inputs_before(output))
        newest_last = responses[output * input_step % phases, ::-1]
        matrices[block, end - n_taps : end, column] = newest_last
    return bank


def _phase_responses(input_rate_hz: int, phases: int) -> npt.NDArray[np.float64]:
    """Impulse response of each phase, shape (phases, n_taps), newest input first, DC gain 1.

    A Kaiser low-pass at the common multiple of both rates, made minimum-phase by the homomorphic
    method (Oppenheim & Schafer 1989), whose delay is its shape's least possible.
    """
    lower_rate_hz = min(input_rate_hz, ANALYSIS_RATE_HZ)
    common_rate_hz = input_rate_hz * phases
    # Kaiser's formula for the width of the transition, which may fold over its last fifth.
    transition_hz = (STOPBAND_DB - 7.95) / (2.285 * 2 * np.pi) * lower_rate_hz / FILTER_TAPS
    linear_phase = signal.firwin(
        FILTER_TAPS * common_rate_hz // lower_rate_hz | 1,
        lower_rate_hz / 2 - 0.22 * transition_hz,
        window=("kaiser", signal.kaiser_beta(STOPBAND_DB)),
        fs=common_rate_hz,
    )
    n_fft = 4 * 2 ** int(np.ceil(np.log2(len(linear_phase))))
    response = signal.minimum_phase(linear_phase, "homomorphic", n_fft, half=False)
    n_taps = -(-len(response) // phases)
    by_phase = np.pad(response, (0, n_taps * phases - len(response))).reshape(n_taps, phases).T
    return np.asarray(by_phase / by_phase.sum(axis=1, keepdims=True), np.float64)
