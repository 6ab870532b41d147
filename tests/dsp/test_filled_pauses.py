from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
from scipy import signal

from dsp.clock import ANALYSIS_RATE_HZ
from dsp.filled_pauses import filled_pause_candidates
from dsp.line_voice import describe_line
from tests.shared_data import shared_data

Floats = npt.NDArray[np.float64]

FRAME_S = 0.01
# "Uh" and "um" of mfa_voices/cold_corpus3.TextGrid, seconds.
LABELLED_S = [(3.32, 3.78), (6.52, 7.11), (11.80, 12.18), (14.57, 15.16), (19.82, 20.25)]


def vowel(f0_hz: Floats) -> Floats:
    """A buzz along a contour of one value a sample, with the colour of a vowel."""
    phase = 2 * np.pi * np.cumsum(f0_hz) / ANALYSIS_RATE_HZ
    return np.asarray(0.1 * np.sum([np.sin(h * phase) / h for h in range(1, 25)], axis=0))


def line(contour_hz: Floats, *, silence_s: float = 0.5) -> tuple[Floats, Floats]:
    """Silence, a voice along the contour (a value every 10 ms), silence; and the whole contour."""
    per_sample = np.interp(
        np.arange(len(contour_hz) * 160) / 160, np.arange(len(contour_hz)), contour_hz
    )
    silence = np.zeros(round(silence_s * ANALYSIS_RATE_HZ))
    noise = 1e-4 * np.random.default_rng(2).standard_normal(2 * len(silence) + len(per_sample))
    samples = np.concatenate([silence, vowel(per_sample), silence]) + noise
    unvoiced = np.full(round(silence_s / FRAME_S), np.nan)
    return samples, np.concatenate([unvoiced, contour_hz, unvoiced])


def candidates(samples: Floats, f0_hz: Floats) -> list[list[float]]:
    found = filled_pause_candidates(samples.astype(np.float32), f0_hz, frame_s=FRAME_S)
    return [[float(start), float(end)] for start, end in found]


def test_a_held_flat_vowel_after_silence_is_a_candidate() -> None:
    ((start, end),) = candidates(*line(np.full(45, 110.0)))
    assert start == pytest.approx(0.5, abs=0.04)
    assert end == pytest.approx(0.95, abs=0.04)


def test_a_short_vowel_is_none() -> None:
    assert candidates(*line(np.full(15, 110.0))) == []


def test_a_gliding_pitch_is_none() -> None:
    assert candidates(*line(np.geomspace(90, 220, 45))) == []


def test_a_changing_colour_is_none() -> None:
    samples, contour = line(np.full(45, 110.0))
    dull = signal.lfilter([0.1], [1, -0.9], samples)
    is_dull = np.arange(len(samples)) // 1_600 % 2 == 0  # every other tenth of a second
    assert candidates(np.where(is_dull, dull, samples), contour) == []


def test_a_held_vowel_inside_speech_is_none() -> None:
    """The same vowel, but after half a second of gliding instead of after a silence."""
    contour = np.concatenate([np.geomspace(250, 100, 60), np.full(45, 110.0)])
    assert candidates(*line(contour)) == []


def test_silence_and_very_short_lines_have_none() -> None:
    assert candidates(np.zeros(ANALYSIS_RATE_HZ), np.full(100, np.nan)) == []
    assert candidates(np.zeros(0), np.zeros(0)) == []
    assert candidates(np.zeros(800), np.zeros(5)) == []


def test_most_of_real_hesitations_are_found() -> None:
    samples, _ = soundfile.read(shared_data("mfa_voices/cold_corpus3.flac"), dtype="float32")
    voice = describe_line(samples)
    f0_hz = np.array([f0 or np.nan for f0 in voice.f0_hz])
    found = filled_pause_candidates(samples, f0_hz, frame_s=voice.f0_frame_s)
    overlaps = [
        any(min(end, b) - max(start, a) > 0.1 for a, b in found) for start, end in LABELLED_S
    ]
    assert sum(overlaps) >= 3
    assert len(found) <= 8


def test_read_speech_has_few() -> None:
    found, minutes = 0, 0.0
    for clip in ("LJ001-0001", "LJ001-0003", "LJ001-0005"):
        samples, rate_hz = soundfile.read(shared_data(f"ljspeech/{clip}.flac"), dtype="float32")
        indices = np.arange(0, len(samples), rate_hz / ANALYSIS_RATE_HZ)
        at_16_khz = np.interp(indices, np.arange(len(samples)), samples).astype(np.float32)
        voice = describe_line(at_16_khz)
        f0_hz = np.array([f0 or np.nan for f0 in voice.f0_hz])
        found += len(filled_pause_candidates(at_16_khz, f0_hz, frame_s=voice.f0_frame_s))
        minutes += len(samples) / rate_hz / 60
    assert found / minutes < 4


def test_stereo_and_backward_frames_are_refused() -> None:
    with pytest.raises(ValueError, match="one line and one contour"):
        filled_pause_candidates(np.zeros((2, 100), np.float32), np.zeros(3), frame_s=FRAME_S)
    with pytest.raises(ValueError, match="frame_s is 0"):
        filled_pause_candidates(np.zeros(100, np.float32), np.zeros(3), frame_s=0)
