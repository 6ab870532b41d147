"""Onsets of plucked notes, alone and in a bank."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.clock import ANALYSIS_RATE_HZ, HOP_SAMPLES
from dsp.descriptors import SpectralDescriptors
from dsp.playing.onsets import OnsetDetector
from dsp.spectrum import ShortTimeSpectrum

Float32s = npt.NDArray[np.float32]


def plucks(starts_s: list[float], seconds: float, seed: int = 0) -> Float32s:
    rng = np.random.default_rng(seed)
    samples = rng.normal(0, 1e-4, int(seconds * ANALYSIS_RATE_HZ))
    for start_s, hz in zip(starts_s, rng.uniform(110, 440, len(starts_s)), strict=True):
        first = int(start_s * ANALYSIS_RATE_HZ)
        t = np.arange(len(samples) - first) / ANALYSIS_RATE_HZ
        note = sum(np.sin(2 * np.pi * k * hz * t) / k for k in range(1, 8))
        samples[first:] += 0.1 * note * np.exp(-t / 0.3)
    return samples.astype(np.float32)


def onsets_s(streams: list[Float32s]) -> list[list[float]]:
    slots = np.arange(len(streams))
    spectrum, descriptors = ShortTimeSpectrum(len(streams)), SpectralDescriptors(len(streams))
    detector = OnsetDetector(1)
    detector.resize(len(streams))
    found: list[list[float]] = [[] for _ in streams]
    hops = np.stack([samples.reshape(-1, HOP_SAMPLES) for samples in streams], axis=1)
    for index, hop in enumerate(hops):
        position = np.full(len(streams), (index + 1) * HOP_SAMPLES)
        mel_dbfs = descriptors.step(slots, spectrum.step(slots, hop).power).mel_dbfs
        for row, at in enumerate(detector.step(slots, position, mel_dbfs).onset_at):
            if at >= 0:
                found[row].append(at / ANALYSIS_RATE_HZ)
    return found


def test_each_pluck_is_found_within_25_ms() -> None:
    starts = [0.5, 0.9, 1.2, 1.6, 2.4]
    (found,) = onsets_s([plucks(starts, 3)])
    assert found == pytest.approx(starts, abs=0.025)


def test_steady_noise_has_no_onsets() -> None:
    rng = np.random.default_rng(1)
    (found,) = onsets_s([rng.normal(0, 0.05, 5 * ANALYSIS_RATE_HZ).astype(np.float32)])
    # That it begins may count, until the mean rise is known.
    assert not [at for at in found if at > 0.5]


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(0, 2**16), min_size=2, max_size=4))
def test_a_bank_gives_what_each_stream_gives_alone(seeds: list[int]) -> None:
    streams = [plucks([0.3, 0.7, 1.1], 1.6, seed) for seed in seeds]
    assert onsets_s(streams) == [onsets_s([stream])[0] for stream in streams]
