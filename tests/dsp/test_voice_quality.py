from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from scipy import signal

from benchmarks.voice_quality_accuracy import (
    HELD_VOWELS,
    HeldVowel,
    praat_measures,
    read_vowel,
)
from dsp.clock import ANALYSIS_RATE_HZ
from dsp.spectrum import BIN_HZ, BINS
from dsp.voice_quality import (
    VoiceQuality,
    glottal_pulses,
    harmonics_to_noise_db,
    measure_voice_quality,
    spectral_tilt_db_per_octave,
)
from tests.shared_data import ROOT, shared_data

Float64s = npt.NDArray[np.float64]

FRAME_S = 0.005
FORMANTS_HZ = ((700, 80), (1_200, 90), (2_600, 120), (3_500, 200))


def vowel(
    f0_hz: float, *, jitter: float, shimmer: float, hnr_db: float, seconds: float = 1.5
) -> Float64s:
    """Pulses of uneven length and strength through four formants, with noise, at 16 kHz."""
    rng = np.random.default_rng(int(f0_hz))
    oversampling = 8
    rate_hz = oversampling * ANALYSIS_RATE_HZ
    source = np.zeros(round((seconds + 0.1) * rate_hz))
    at_s = 0.0
    while at_s < seconds:
        start, n = round(at_s * rate_hz), round(0.6 / f0_hz * rate_hz)
        flow = np.square(np.sin(np.pi * np.arange(n) / n)) * (1 + shimmer * rng.standard_normal())
        source[start : start + n] += np.diff(flow, prepend=0.0)
        at_s += (1 + jitter * rng.standard_normal()) / f0_hz
    for frequency_hz, bandwidth_hz in FORMANTS_HZ:
        radius = np.exp(-np.pi * bandwidth_hz / rate_hz)
        cosine = 2 * radius * np.cos(2 * np.pi * frequency_hz / rate_hz)
        source = signal.lfilter([1.0], [1.0, -cosine, radius**2], source)
    voice = signal.resample_poly(source, 1, oversampling)[: round(seconds * ANALYSIS_RATE_HZ)]
    noise = rng.standard_normal(len(voice))
    sound = voice + noise * voice.std() * 10 ** (-hnr_db / 20)
    return np.asarray(0.3 * sound / np.abs(sound).max())


def constant(f0_hz: float, samples: Float64s) -> Float64s:
    return np.full(int(len(samples) / ANALYSIS_RATE_HZ / FRAME_S), f0_hz)


def measure(samples: Float64s, f0_hz: Float64s) -> VoiceQuality:
    return measure_voice_quality(samples.astype(np.float32), f0_hz, frame_s=FRAME_S)


def assert_as_in_praat(samples: Float64s) -> None:
    pytest.importorskip("parselmouth", reason="praat-parselmouth is a benchmark peer")
    praat = praat_measures(samples.astype(np.float32))
    ours = measure(samples, praat.f0_hz)
    assert ours.jitter_local == pytest.approx(praat.jitter_local, rel=0.1)
    assert ours.shimmer_local == pytest.approx(praat.shimmer_local, rel=0.1)
    assert ours.hnr_db == pytest.approx(praat.hnr_db, rel=0.1)


@pytest.mark.parametrize("f0_hz", [90, 120, 180, 230, 300])
@pytest.mark.parametrize(
    ("jitter", "shimmer", "hnr_db"), [(0.002, 0.01, 30), (0.005, 0.03, 25), (0.01, 0.06, 18)]
)
def test_synthetic_vowels_measure_as_in_praat(
    f0_hz: float, jitter: float, shimmer: float, hnr_db: float
) -> None:
    # Without onset and end, where Praat's own pulses slip.
    assert_as_in_praat(vowel(f0_hz, jitter=jitter, shimmer=shimmer, hnr_db=hnr_db)[1_600:-1_600])


@pytest.mark.parametrize("held", HELD_VOWELS)
def test_real_vowels_measure_as_in_praat(held: HeldVowel) -> None:
    shared_data(f"mfa_voices/{held.clip}.flac")
    assert_as_in_praat(read_vowel(ROOT, held).astype(np.float64))


def test_known_jitter_is_found() -> None:
    """Periods that alternate by 2 % of their mean differ by 2 %."""
    periods = np.tile([0.0099, 0.0101], 60)
    sound = _pulse_train(np.cumsum(periods), np.ones(len(periods)))
    assert measure(sound, constant(100, sound)).jitter_local == pytest.approx(0.02, rel=0.05)


def test_known_shimmer_is_found() -> None:
    """Amplitudes that alternate by 10 % of their mean differ by 10 %."""
    times_s = np.cumsum(np.full(120, 0.01))
    sound = _pulse_train(times_s, np.tile([0.95, 1.05], 60))
    measured = measure(sound, constant(100, sound))
    assert measured.shimmer_local == pytest.approx(0.1, rel=0.05)
    assert measured.jitter_local == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("snr_db", [5, 10, 20, 30])
@pytest.mark.parametrize("f0_hz", [80, 150, 310, 500])
def test_known_noise_is_the_harmonics_to_noise_ratio(f0_hz: float, snr_db: float) -> None:
    t = np.arange(2 * ANALYSIS_RATE_HZ) / ANALYSIS_RATE_HZ
    tone = sum(np.cos(2 * np.pi * h * f0_hz * t + h) / h for h in range(1, 6))
    noise = np.random.default_rng(3).standard_normal(len(t))
    sound = tone + noise * np.std(tone) * 10 ** (-snr_db / 20)
    measured = harmonics_to_noise_db(sound, constant(f0_hz, sound), frame_s=FRAME_S)
    assert measured == pytest.approx(snr_db, abs=1)


@pytest.mark.parametrize("slope_db", [0, -6, -12])
def test_known_tilt_is_found(slope_db: float) -> None:
    octaves = np.log2(np.maximum(np.arange(BINS), 1) * BIN_HZ / 1_000)
    power = np.tile(10 ** (slope_db * octaves / 10), (4, 1)).astype(np.float32)
    assert spectral_tilt_db_per_octave(power) == pytest.approx(slope_db, abs=0.3)


def test_one_pulse_a_period() -> None:
    sound = vowel(140, jitter=0.003, shimmer=0.02, hnr_db=30)
    (pulses,) = glottal_pulses(sound, constant(140, sound), frame_s=FRAME_S)
    assert len(pulses) == pytest.approx(1.5 * 140, abs=3)
    np.testing.assert_allclose(np.diff(pulses), 1 / 140, rtol=0.1)


def test_a_gain_changes_nothing() -> None:
    sound = vowel(120, jitter=0.01, shimmer=0.05, hnr_db=20)
    loud, quiet = (measure(g * sound, constant(120, sound)) for g in (1.0, 0.01))
    for name in ("jitter_local", "shimmer_local", "hnr_db", "spectral_tilt_db_per_octave"):
        assert getattr(quiet, name) == pytest.approx(getattr(loud, name), rel=1e-3)


def test_pauses_split_the_pulses() -> None:
    half = vowel(120, jitter=0.005, shimmer=0.02, hnr_db=25, seconds=0.5)
    pause = np.zeros(ANALYSIS_RATE_HZ // 5)
    sound = np.concatenate([half, pause, half])
    contour = np.concatenate([constant(120, half), np.full(40, np.nan), constant(120, half)])
    first, second = glottal_pulses(sound, contour, frame_s=FRAME_S)
    assert first[-1] < 0.51
    assert second[0] > 0.69
    assert measure(sound, contour).voiced_s == pytest.approx(1.0)


@pytest.mark.parametrize("seconds", [0, 0.01, 1])
@pytest.mark.parametrize("f0_hz", [np.nan, 100.0])
def test_silence_has_no_voice_quality(seconds: float, f0_hz: float) -> None:
    silence = np.zeros(round(seconds * ANALYSIS_RATE_HZ))
    measured = measure(silence, constant(f0_hz, silence))
    assert (measured.jitter_local, measured.shimmer_local) == (None, None)
    assert (measured.hnr_db, measured.spectral_tilt_db_per_octave) == (None, None)


def test_a_few_periods_are_not_enough_to_judge() -> None:
    sound = vowel(100, jitter=0.005, shimmer=0.02, hnr_db=25, seconds=0.08)
    measured = measure(sound, constant(100, sound))
    assert (measured.jitter_local, measured.shimmer_local) == (None, None)


def test_stereo_and_backward_frames_are_refused() -> None:
    with pytest.raises(ValueError, match="one line and one contour"):
        measure(np.zeros((2, 100)), np.zeros(3))
    with pytest.raises(ValueError, match=r"frame_s is -0\.005"):
        measure_voice_quality(np.zeros(100, np.float32), np.zeros(3), frame_s=-FRAME_S)


def _pulse_train(times_s: Float64s, amplitudes: Float64s) -> Float64s:
    """Band-limited pulses (Ricker's, whose mean is zero) at exact times."""
    rate_hz = ANALYSIS_RATE_HZ
    t = np.arange(round((times_s[-1] + 0.02) * rate_hz)) / rate_hz
    squares = np.square((t[:, None] - times_s) / 0.0004)
    return np.asarray((amplitudes * (1 - squares) * np.exp(-0.5 * squares)).sum(axis=1))
