"""What a user would otherwise call for each 20 ms of one stream."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.stopwatch import Case
from dsp.clock import ANALYSIS_RATE_HZ, HOP_SAMPLES

Samples = npt.NDArray[np.float32]

# Offline trackers see the last 200 ms again with each hop: the least that holds low voices.
BUFFER_SAMPLES = ANALYSIS_RATE_HZ // 5
LOUDNESS_BUFFER_SAMPLES = ANALYSIS_RATE_HZ * 4 // 10
MICROPHONE_RATE_HZ = 48_000
MICROPHONE_CHUNK_SAMPLES = MICROPHONE_RATE_HZ * HOP_SAMPLES // ANALYSIS_RATE_HZ
LOWEST_F0_HZ, HIGHEST_F0_HZ = 60, 1_000


def peer_cases(samples: Samples) -> tuple[list[Case], dict[str, str]]:
    """Prepare every peer that is installed.

    Parameters
    ----------
    samples : float32, shape (n,)
        One stream at the analysis rate, a second or more.

    Returns
    -------
    list of Case, and of each absent peer its name and the reason
    """
    cases, absent = [], {}
    for name, prepare in _PEERS.items():
        try:
            cases.append(Case(name, 1, prepare(samples)))
        except ImportError as missing:
            absent[name] = f"{missing.name or missing} is not installed"
    return cases, absent


def _buffers(samples: Samples, length: int) -> list[Samples]:
    starts = range(0, len(samples) - length + 1, HOP_SAMPLES)
    return [samples[start : start + length].copy() for start in starts]


def _each(call: Callable[[Any], object], inputs: list[Any]) -> Callable[[int], object]:
    return lambda hop: call(inputs[hop % len(inputs)])


def _webrtcvad(samples: Samples) -> Callable[[int], object]:
    import webrtcvad

    is_speech = partial(webrtcvad.Vad(2).is_speech, sample_rate=ANALYSIS_RATE_HZ)
    integers = (np.clip(samples, -1, 1) * 32_767).astype("<i2")
    return _each(is_speech, [hop.tobytes() for hop in _buffers(integers, HOP_SAMPLES)])


def _pyworld_dio(samples: Samples) -> Callable[[int], object]:
    import pyworld

    dio = partial(pyworld.dio, fs=ANALYSIS_RATE_HZ, f0_floor=LOWEST_F0_HZ, f0_ceil=HIGHEST_F0_HZ)
    return _each(dio, [b.astype(np.float64) for b in _buffers(samples, BUFFER_SAMPLES)])


def _librosa_pyin(samples: Samples) -> Callable[[int], object]:
    import librosa

    pyin = partial(
        librosa.pyin,
        fmin=LOWEST_F0_HZ,
        fmax=HIGHEST_F0_HZ,
        sr=ANALYSIS_RATE_HZ,
        frame_length=1_024,
        hop_length=HOP_SAMPLES // 2,
    )
    return _each(pyin, _buffers(samples, BUFFER_SAMPLES))


def _aubio_yinfft(samples: Samples) -> Callable[[int], object]:
    import aubio

    pitch = aubio.pitch("yinfft", 1_024, HOP_SAMPLES, ANALYSIS_RATE_HZ)
    return _each(pitch, _buffers(samples, HOP_SAMPLES))


def _praat_pitch(samples: Samples) -> Callable[[int], object]:
    import parselmouth

    def pitch(buffer: npt.NDArray[np.float64]) -> object:
        sound = parselmouth.Sound(buffer, ANALYSIS_RATE_HZ)
        return sound.to_pitch_ac(
            time_step=0.01, pitch_floor=LOWEST_F0_HZ, pitch_ceiling=HIGHEST_F0_HZ
        )

    return _each(pitch, [b.astype(np.float64) for b in _buffers(samples, BUFFER_SAMPLES)])


def _swift_f0(samples: Samples) -> Callable[[int], object]:
    import swift_f0

    stream: Any = swift_f0.SwiftF0(threads=1).stream()
    push = partial(stream.push, sample_rate=ANALYSIS_RATE_HZ)
    return _each(push, _buffers(samples, HOP_SAMPLES))


def _pyloudnorm(samples: Samples) -> Callable[[int], object]:
    import pyloudnorm

    meter = pyloudnorm.Meter(ANALYSIS_RATE_HZ)

    def loudness(buffer: npt.NDArray[np.float64]) -> object:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # silence has no loudness, and it says so each time
            return meter.integrated_loudness(buffer)

    return _each(
        loudness, [b.astype(np.float64) for b in _buffers(samples, LOUDNESS_BUFFER_SAMPLES)]
    )


def _soxr_stream(samples: Samples) -> Callable[[int], object]:
    import soxr

    stream = soxr.ResampleStream(
        MICROPHONE_RATE_HZ, ANALYSIS_RATE_HZ, num_channels=1, dtype="float32", quality="HQ"
    )
    return _each(stream.resample_chunk, _buffers(samples, MICROPHONE_CHUNK_SAMPLES))


_PEERS: Mapping[str, Callable[[Samples], Callable[[int], object]]] = {
    "webrtcvad": _webrtcvad,
    "pyworld dio, 200 ms buffer": _pyworld_dio,
    "librosa.pyin, 200 ms buffer": _librosa_pyin,
    "aubio yinfft": _aubio_yinfft,
    "praat pitch (ac), 200 ms buffer": _praat_pitch,
    "swift-f0 stream": _swift_f0,
    "pyloudnorm, 400 ms buffer": _pyloudnorm,
    "soxr stream from 48 kHz": _soxr_stream,
}

# Which of our kernels does the same work.
COUNTERPARTS: Mapping[str, str] = {
    "webrtcvad": "voice activity",
    "pyworld dio, 200 ms buffer": "pitch",
    "librosa.pyin, 200 ms buffer": "pitch",
    "aubio yinfft": "pitch",
    "praat pitch (ac), 200 ms buffer": "pitch",
    "swift-f0 stream": "pitch",
    "pyloudnorm, 400 ms buffer": "loudness",
    "soxr stream from 48 kHz": "resampling from 48 kHz",
}
