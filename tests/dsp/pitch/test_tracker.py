"""The live pitch tracker."""

from __future__ import annotations

from dataclasses import replace

import hypothesis
import hypothesis.strategies as st
import numpy as np
import numpy.typing as npt
import pytest

from dsp.clock import ANALYSIS_RATE_HZ, HOP_SAMPLES
from dsp.pitch import (
    INSTRUMENT,
    LOOK_AHEAD_MS,
    LOOK_AHEAD_SAMPLES,
    VOICE,
    PitchFrames,
    PitchRange,
    PitchTracker,
)

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


def track(signal: Signal, pitch_range: PitchRange = VOICE) -> PitchFrames:
    """Follow one stream alone; frames in one row."""
    tracker = PitchTracker(1)
    tracker.set_range(np.zeros(1, np.intp), pitch_range)
    steps = [tracker.step(np.zeros(1, np.intp), hop[None]) for hop in hops_of(signal)]
    return PitchFrames(*(np.concatenate(column, axis=1)[0] for column in zip(*steps, strict=True)))


@pytest.mark.parametrize("f0_hz", [82.4, 110, 150, 220, 333, 440, 700, 980])
def test_a_steady_voice_is_known_within_fifteen_cents(f0_hz: float) -> None:
    frames = track(pulse_like_tone(f0_hz))
    settled = frames.f0_hz[10:]
    cents = 1200 * np.log2(settled / f0_hz)
    assert np.abs(cents).max() < 15
    assert frames.confidence[10:].min() > 0.6
    assert frames.periodicity[10:].min() > 0.9


def test_the_lowest_voice_is_heard_in_little_more_than_two_periods() -> None:
    settled = track(pulse_like_tone(62)).f0_hz[10:]
    assert np.isfinite(settled).mean() > 0.9
    assert np.nanmax(1200 * np.abs(np.log2(settled / 62))) < 30


@pytest.mark.parametrize("f0_hz", [46.2, 82.4, 220, 700, 1318.5, 1950])
def test_a_steady_note_is_known_within_ten_cents(f0_hz: float) -> None:
    frames = track(pulse_like_tone(f0_hz), INSTRUMENT)
    cents = 1200 * np.log2(frames.f0_hz[16:] / f0_hz)
    assert np.abs(cents).max() < 10


def test_a_voice_is_never_higher_than_voices_are() -> None:
    whistle = pulse_like_tone(1800)
    heard = track(whistle).f0_hz
    assert not (heard > 1010).any()
    np.testing.assert_allclose(track(whistle, INSTRUMENT).f0_hz[16:], 1800, rtol=0.01)


def test_a_glide_is_followed_where_it_is() -> None:
    t = np.arange(ANALYSIS_RATE_HZ) / ANALYSIS_RATE_HZ
    path_hz = 100 * 2 ** (2 * t)
    phase = 2 * np.pi * np.cumsum(path_hz) / ANALYSIS_RATE_HZ
    harmonics = np.arange(1, 10)[:, None]
    glide = 0.1 * (np.sin(harmonics * phase) / harmonics).sum(axis=0)
    frames = track(np.asarray(glide, np.float32))
    inside = (frames.position > 1600) & (frames.position < len(t) - 1600)
    cents = 1200 * np.log2(frames.f0_hz[inside] / path_hz[frames.position[inside]])
    assert np.abs(cents).max() < 30


def test_voice_begins_and_ends_within_two_frames_of_the_truth() -> None:
    rest = np.zeros(ANALYSIS_RATE_HZ // 2, np.float32)
    floor = np.random.default_rng(1).normal(0, 1e-3, 2 * len(rest) + 9_600).astype(np.float32)
    frames = track(np.concatenate([rest, pulse_like_tone(140), rest]) + floor)
    voiced = frames.position[np.isfinite(frames.f0_hz)]
    assert voiced[0] == pytest.approx(len(rest), abs=2 * 160)
    assert voiced[-1] == pytest.approx(len(rest) + 9_600, abs=2 * 160)


def test_silence_and_noise_are_unvoiced() -> None:
    noise = np.random.default_rng(5).normal(0, 0.1, 3 * ANALYSIS_RATE_HZ).astype(np.float32)
    hiss = np.diff(noise, prepend=np.float32(0))
    for pitch_range in (VOICE, INSTRUMENT):
        assert np.isnan(track(np.zeros(ANALYSIS_RATE_HZ, np.float32), pitch_range).f0_hz).all()
        for sound in (noise, hiss):
            assert np.isnan(track(sound, pitch_range).f0_hz).mean() > 0.97


def test_a_hiss_after_a_voice_is_unvoiced() -> None:
    hiss = 0.05 * np.diff(np.random.default_rng(2).normal(0, 1, 4_800), prepend=0)
    frames = track(np.concatenate([pulse_like_tone(190), hiss.astype(np.float32)]))
    assert np.isnan(frames.f0_hz[frames.position > 9_600 + 480]).all()


def test_a_gain_leaves_the_pitch_unchanged() -> None:
    signal = pulse_like_tone(170)
    np.testing.assert_allclose(track(signal).f0_hz, track(signal * 2**-7).f0_hz, rtol=1e-5)


def test_a_constant_offset_of_the_microphone_is_not_heard() -> None:
    signal = pulse_like_tone(170)
    np.testing.assert_allclose(track(signal + 0.2).f0_hz[8:], track(signal).f0_hz[8:], rtol=1e-3)


def test_positions_are_ten_milliseconds_apart_and_lag_by_the_look_ahead() -> None:
    position = track(pulse_like_tone(170)).position
    assert position[1] == HOP_SAMPLES - LOOK_AHEAD_SAMPLES
    assert set(np.diff(position)) == {160}
    assert LOOK_AHEAD_MS <= 25


@pytest.mark.parametrize("pitch_range", [VOICE, INSTRUMENT])
def test_nothing_later_than_the_look_ahead_is_heard(pitch_range: PitchRange) -> None:
    signal = pulse_like_tone(170)
    cut = len(signal) // 2 // HOP_SAMPLES * HOP_SAMPLES + 100
    other = signal.copy()
    other[cut:] = np.random.default_rng(3).normal(0, 0.1, len(signal) - cut)
    one, two = track(signal, pitch_range), track(other, pitch_range)
    before = one.position + LOOK_AHEAD_SAMPLES <= cut
    for name in PitchFrames._fields:
        np.testing.assert_array_equal(getattr(one, name)[before], getattr(two, name)[before])
    assert (one.confidence != two.confidence).any()


@hypothesis.given(seed=st.integers(0, 2**32 - 1))
@hypothesis.settings(max_examples=20, deadline=None)
def test_a_stream_sounds_the_same_alone_and_in_any_company(seed: int) -> None:
    rng = np.random.default_rng(seed)
    signals = [pulse_like_tone(f0_hz, seconds=0.4) for f0_hz in rng.uniform(60, 900, 7)]
    noisy = [signal + rng.normal(0, 0.03, len(signal)).astype(np.float32) for signal in signals]
    ranges = [VOICE if rng.random() < 0.6 else INSTRUMENT for _ in noisy]
    waiting = [list(hops_of(signal)) for signal in noisy]
    together = PitchTracker(2)
    together.resize(7)
    for slot, pitch_range in enumerate(ranges):
        together.set_range(np.array([slot]), pitch_range)
    heard: list[list[PitchFrames]] = [[] for _ in noisy]
    while any(waiting):
        ready = [slot for slot in rng.permutation(7) if waiting[slot] and rng.random() < 0.5]
        if not ready:
            continue
        hops = np.stack([waiting[slot].pop(0) for slot in ready])
        frames = together.step(np.array(ready, np.intp), hops)
        for row, slot in enumerate(ready):
            heard[slot].append(PitchFrames(*(column[row] for column in frames)))
    for signal, pitch_range, parts in zip(noisy, ranges, heard, strict=True):
        alone = track(signal, pitch_range)
        for column, pieces in zip(alone, zip(*parts, strict=True), strict=True):
            np.testing.assert_array_equal(column, np.concatenate(pieces))


def test_a_reset_slot_forgets() -> None:
    tracker = PitchTracker(3)
    slot = np.array([1], np.intp)
    hops = hops_of(pulse_like_tone(200))
    before = [tracker.step(slot, hop[None]) for hop in hops]
    tracker.reset(slot)
    after = [tracker.step(slot, hop[None]) for hop in hops]
    for old, new in zip(before, after, strict=True):
        for column, again in zip(old, new, strict=True):
            np.testing.assert_array_equal(column, again)


def test_a_range_of_ones_own_is_refused() -> None:
    with pytest.raises(ValueError, match="VOICE or INSTRUMENT"):
        PitchTracker(1).set_range(np.zeros(1, np.intp), replace(VOICE, ceiling_hz=500.0))
