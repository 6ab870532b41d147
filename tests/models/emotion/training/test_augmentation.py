"""Channels: what each does to a voice, and that a seed decides everything."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from dsp.clock import ANALYSIS_RATE_HZ
from models.emotion.training.augmentation import (
    Channel,
    clipping,
    coloured_noise,
    draw_channel,
    gain_control,
    low_pass,
    mp3,
    opus,
    recorded_noise,
    synthetic_room,
    telephone,
)
from models.emotion.training.materials import Materials
from tests.models.voices import voice

RNG = np.random.default_rng(0)


def level_db(samples: np.ndarray, low_hz: float = 0, high_hz: float = 8000) -> float:
    frequency, power = signal.welch(samples, ANALYSIS_RATE_HZ, nperseg=1024)
    return float(10 * np.log10(power[(frequency >= low_hz) & (frequency < high_hz)].sum() + 1e-20))


def rms(samples: np.ndarray) -> float:
    return float(np.sqrt(np.square(samples).mean()))


def test_clear_channel_changes_the_gain_only() -> None:
    samples = voice(1.0)
    heard = Channel(gain_db=-30).carry(samples, rms(samples), RNG)
    assert rms(heard) == pytest.approx(10 ** (-30 / 20), rel=1e-3)
    assert np.corrcoef(heard, samples)[0, 1] == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("seed", range(20))
def test_drawn_channel_gives_audio_and_the_same_for_the_same_seed(seed: int) -> None:
    samples = voice(0.7)
    heard = [
        draw_channel(np.random.default_rng(seed), Materials()).carry(
            samples, rms(samples), np.random.default_rng(seed)
        )
        for _ in range(2)
    ]
    np.testing.assert_array_equal(heard[0], heard[1])
    assert heard[0].dtype == np.float32
    assert np.abs(heard[0]).max() <= 1
    assert rms(heard[0]) > 1e-4


def test_noise_has_the_level_that_was_asked_for() -> None:
    silence = np.zeros(16_000, np.float32)
    channel = Channel(noise=coloured_noise(1.0), snr_db=10, gain_db=-20)
    noise = channel.carry(silence, 0.1, RNG)
    assert rms(noise) == pytest.approx(10 ** (-30 / 20), rel=0.01)


@pytest.mark.parametrize(("exponent", "fall_db"), [(0.0, 0.0), (1.0, 3.0), (2.0, 6.0)])
def test_noise_falls_by_its_colour(exponent: float, fall_db: float) -> None:
    noise = coloured_noise(exponent)(np.zeros(160_000, np.float32), RNG)
    # Octave bands hold twice the width: a density that falls by 3 dB gives equal levels.
    fall = level_db(noise, 500, 1000) - level_db(noise, 1000, 2000)
    assert fall == pytest.approx(fall_db - 3, abs=0.5)


def test_recorded_noise_is_repeated_for_as_long_as_needed() -> None:
    noise = recorded_noise(voice(0.2))(np.zeros(16_000, np.float32), RNG)
    assert noise.shape == (16_000,)
    assert rms(noise) == pytest.approx(1, rel=0.15)


@pytest.mark.parametrize("effect", [telephone(), low_pass(3500), opus(0.8), mp3(0.8)])
def test_codecs_keep_the_length_and_the_voice(effect) -> None:  # type: ignore[no-untyped-def]
    samples = voice(1.0)
    heard = effect(samples, RNG)
    assert heard.shape == samples.shape
    lag = np.argmax(signal.correlate(heard, samples, "full", "fft")) - len(samples) + 1
    assert abs(lag) < 1600
    assert level_db(heard, 400, 2000) == pytest.approx(level_db(samples, 400, 2000), abs=3)


def test_telephone_leaves_nothing_above_its_band() -> None:
    samples = voice(1.0)
    assert level_db(telephone()(samples, RNG), 5000) < level_db(samples, 5000) - 6


def test_gain_control_narrows_the_difference_between_soft_and_loud() -> None:
    soft, loud = 0.1 * voice(3.0), voice(3.0)
    heard = gain_control(0.8)(np.concatenate([soft, loud]), RNG)
    difference = level_db(heard[-16_000:]) - level_db(heard[32_000:48_000])
    assert difference < 12


def test_clipping_holds_its_ceiling() -> None:
    samples = voice(1.0)
    assert np.abs(clipping(6.0)(samples, RNG)).max() == pytest.approx(2 * samples.std(), rel=0.01)


def test_room_decays_as_it_was_asked_to() -> None:
    room = synthetic_room(RNG, reverberation_s=0.5, direct_db=6.0)
    tail = room[1:]
    assert 10 * np.log10(1 / np.square(tail).sum()) == pytest.approx(6, abs=0.5)
    early, late = tail[1000:3000], tail[5000:7000]
    fall_db = 20 * np.log10(rms(early) / rms(late))
    assert fall_db == pytest.approx(60 * 0.25 / 0.5, abs=3)
