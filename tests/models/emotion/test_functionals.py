"""Functionals of windows: known answers, and what must not move them."""

from __future__ import annotations

import numpy as np
import pytest

from dsp.clock import ANALYSIS_RATE_HZ
from models.emotion.analysis import describe_recordings, features_of
from models.emotion.functionals import MAX_HOPS, feature_names, summarise_windows
from tests.models.voices import voice


def measure(samples: np.ndarray) -> dict[str, float]:
    values = features_of(describe_recordings([samples])).values[0]
    return dict(zip(feature_names(), values.tolist(), strict=True))


def test_wider_melody_has_the_wider_range_about_the_same_pitch() -> None:
    narrow, wide = measure(voice(melody_st=1.0)), measure(voice(melody_st=5.0))
    assert narrow["pitch_range_5_95"] == pytest.approx(2.0, abs=0.4)
    assert wide["pitch_range_5_95"] == pytest.approx(10.0, abs=1.0)
    assert narrow["pitch_p50"] == pytest.approx(12 * np.log2(130 / 27.5), abs=0.5)


def test_octave_higher_is_twelve_semitones_and_nothing_of_the_melody() -> None:
    low, high = measure(voice(f0_hz=110)), measure(voice(f0_hz=220))
    assert high["pitch_mean"] - low["pitch_mean"] == pytest.approx(12, abs=0.3)
    assert high["pitch_range_20_80"] == pytest.approx(low["pitch_range_20_80"], abs=0.5)


@pytest.mark.parametrize("syllables_per_s", [3.0, 4.0, 5.0])
def test_syllables_are_counted(syllables_per_s: float) -> None:
    found = measure(voice(syllables_per_s=syllables_per_s))["syllables_per_s"]
    assert found == pytest.approx(syllables_per_s, rel=0.15)


def test_modulation_is_strongest_at_the_syllables_speed() -> None:
    slow, fast = measure(voice(syllables_per_s=3.5)), measure(voice(syllables_per_s=7.0))
    assert slow["modulation_whole_2.5_hz"] > fast["modulation_whole_2.5_hz"] + 6
    assert fast["modulation_whole_5_hz"] > slow["modulation_whole_5_hz"] + 6


def test_pause_is_counted() -> None:
    pause = np.zeros(ANALYSIS_RATE_HZ // 2, np.float32)
    paused = measure(np.concatenate([voice(1.0), pause, voice(1.0)]))
    assert paused["pauses_per_s"] == pytest.approx(1 / 2.5, rel=0.3)
    assert paused["pause_share"] > measure(voice(2.0))["pause_share"] + 0.1


def test_gain_moves_nothing() -> None:
    samples = voice()
    loud, soft = features_of(describe_recordings([samples, 0.03 * samples])).values
    np.testing.assert_allclose(soft, loud, atol=0.1, rtol=0.01)


def test_silence_at_the_edges_moves_little() -> None:
    silence = 1e-4 * np.random.default_rng(0).normal(size=8000).astype(np.float32)
    alone, framed = measure(voice()), measure(np.concatenate([silence, voice(), silence]))
    for name in ("pitch_mean", "alpha_mean", "syllables_per_s", "voiced_share", "level_deviation"):
        assert framed[name] == pytest.approx(alone[name], abs=0.15, rel=0.1), name


def test_window_is_measured_alike_alone_and_among_longer_ones() -> None:
    rows = describe_recordings([voice(1.5, seed=1), voice(3.0, seed=2)])
    together, alone = features_of(rows), features_of(rows[:1])
    np.testing.assert_allclose(together.values[0], alone.values[0], atol=2e-4, rtol=1e-4)
    assert together.voiced_s[0] == alone.voiced_s[0]


def test_silence_is_measured_as_nothing_without_a_warning() -> None:
    silent = features_of(describe_recordings([np.zeros(32_000, np.float32)]))
    assert silent.voiced_s[0] == 0
    assert np.isnan(silent.values[0, feature_names().index("pitch_mean")])


def test_names_are_as_many_as_values_and_none_twice() -> None:
    assert len(set(feature_names())) == len(feature_names())


def test_window_that_is_too_long_says_so() -> None:
    rows = describe_recordings([voice(11.0)])[0][None]
    with pytest.raises(ValueError, match=f"cut it at {MAX_HOPS}"):
        summarise_windows(rows, np.ones(rows.shape[:2], np.bool_))
