"""The live pitch tracker."""

from __future__ import annotations

import hypothesis
import hypothesis.strategies as st
import numpy as np
import numpy.typing as npt
import pytest

from dsp.clock import ANALYSIS_RATE_HZ, HOP_SAMPLES
from dsp.pitch import PitchFrames, PitchTracker

Signal = npt.NDArray[np.float32]


def pulse_like_tone(f0_hz: float, *, seconds: float = 0.6, level: float = 0.1) -> Signal:
    """Ten harmonics that fall by 6 dB an octave."""
    t = np.arange(int(seconds * ANALYSIS_RATE_HZ)) / ANALYSIS_RATE_HZ
    harmonics = np.arange(1, 11)[harmonics_below_nyquist(f0_hz)]
    waves = np.sin(2 * np.pi * f0_hz * np.outer(harmonics, t)) / harmonics[:, None]
    wave: Signal = (level * waves.sum(axis=0)).astype(np.float32)
    return wave


def harmonics_below_nyquist(f0_hz: float) -> npt.NDArray[np.bool_]:
    return np.arange(1, 11) * f0_hz < ANALYSIS_RATE_HZ / 2


def hops_of(signal: Signal) -> npt.NDArray[np.float32]:
    return signal[: len(signal) // HOP_SAMPLES * HOP_SAMPLES].reshape(-1, HOP_SAMPLES)


def track(signal: Signal) -> PitchFrames:
    """Follow one stream alone; frames in one row."""
    tracker = PitchTracker(1)
    steps = [tracker.step(np.zeros(1, np.intp), hop[None]) for hop in hops_of(signal)]
    return PitchFrames(*(np.concatenate(column, axis=1)[0] for column in zip(*steps, strict=True)))


@pytest.mark.parametrize("f0_hz", [62, 82.4, 110, 150, 220, 333, 440, 700, 980, 1318.5, 1950])
def test_a_steady_tone_is_known_within_fifteen_cents(f0_hz: float) -> None:
    frames = track(pulse_like_tone(f0_hz))
    settled = frames.f0_hz[10:]
    cents = 1200 * np.log2(settled / f0_hz)
    assert np.abs(cents).max() < 15
    assert frames.confidence[10:].min() > 0.9


def test_silence_and_white_noise_are_unvoiced() -> None:
    noise = np.random.default_rng(5).normal(0, 0.1, 3 * ANALYSIS_RATE_HZ).astype(np.float32)
    assert np.isnan(track(np.zeros(ANALYSIS_RATE_HZ, np.float32)).f0_hz).all()
    assert np.isnan(track(noise).f0_hz).mean() > 0.97


def test_a_gain_leaves_the_pitch_unchanged() -> None:
    signal = pulse_like_tone(170)
    np.testing.assert_allclose(track(signal).f0_hz, track(signal * 2**-7).f0_hz, rtol=1e-6)


def test_positions_are_ten_milliseconds_apart_and_lag_by_the_look_ahead() -> None:
    position = track(pulse_like_tone(170)).position
    assert position[1] == HOP_SAMPLES - 384
    assert set(np.diff(position)) == {160}


@hypothesis.given(seed=st.integers(0, 2**32 - 1))
@hypothesis.settings(max_examples=20, deadline=None)
def test_a_stream_sounds_the_same_alone_and_in_any_company(seed: int) -> None:
    rng = np.random.default_rng(seed)
    signals = [pulse_like_tone(f0_hz, seconds=0.4) for f0_hz in rng.uniform(60, 900, 7)]
    noisy = [signal + rng.normal(0, 0.03, len(signal)).astype(np.float32) for signal in signals]
    waiting = [list(hops_of(signal)) for signal in noisy]
    together = PitchTracker(2)
    together.resize(7)
    heard: list[list[npt.NDArray[np.float32]]] = [[] for _ in noisy]
    while any(waiting):
        ready = [slot for slot in rng.permutation(7) if waiting[slot] and rng.random() < 0.5]
        if not ready:
            continue
        hops = np.stack([waiting[slot].pop(0) for slot in ready])
        frames = together.step(np.array(ready, np.intp), hops)
        for slot, f0_hz in zip(ready, frames.f0_hz, strict=True):
            heard[slot].append(f0_hz)
    for signal, parts in zip(noisy, heard, strict=True):
        np.testing.assert_array_equal(track(signal).f0_hz, np.concatenate(parts))


def test_a_reset_slot_forgets() -> None:
    tracker = PitchTracker(3)
    slot = np.array([1], np.intp)
    hops = hops_of(pulse_like_tone(200))
    before = [tracker.step(slot, hop[None]) for hop in hops]
    tracker.reset(slot)
    after = [tracker.step(slot, hop[None]) for hop in hops]
    for old, new in zip(before, after, strict=True):
        np.testing.assert_array_equal(old.f0_hz, new.f0_hz)
        np.testing.assert_array_equal(old.position, new.position)
