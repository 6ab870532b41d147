from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from dsp.clock import ANALYSIS_RATE_HZ
from dsp.line_voice import describe_line, pitch_figures

Samples = npt.NDArray[np.float32]


def buzz(f0_hz: float, seconds: float = 1.5) -> Samples:
    t = np.arange(round(seconds * ANALYSIS_RATE_HZ)) / ANALYSIS_RATE_HZ
    harmonics = sum(np.sin(2 * np.pi * f0_hz * k * t) / k for k in range(1, 12))
    return np.asarray(0.1 * harmonics, np.float32)


def test_a_steady_voice() -> None:
    voice = describe_line(buzz(110))
    assert voice.pitch is not None
    assert voice.pitch.mean_st == pytest.approx(24, abs=0.2)
    assert voice.pitch.range_st < 0.5
    assert voice.quality.jitter_local == pytest.approx(0, abs=0.005)
    assert not voice.is_clipping


def test_a_gain_moves_loudness_and_nothing_else() -> None:
    quiet, loud = describe_line(buzz(150)), describe_line(4 * buzz(150))
    assert quiet.loudness_lufs is not None
    assert loud.loudness_lufs is not None
    assert loud.loudness_lufs - quiet.loudness_lufs == pytest.approx(12.04, abs=0.1)
    assert loud.f0_hz == quiet.f0_hz
    assert loud.projection_db == pytest.approx(quiet.projection_db, abs=0.2)


@pytest.mark.parametrize("length", [0, 1, 319, 16_000])
def test_silence_has_no_voice(length: int) -> None:
    voice = describe_line(np.zeros(length, np.float32))
    assert voice.pitch is None
    assert voice.loudness_lufs is None
    assert voice.projection_db is None
    assert set(voice.f0_hz) <= {None}


def test_figures_of_a_contour_are_in_semitones() -> None:
    contour = np.array([0, np.nan, *[55.0] * 10, *[110.0] * 10])
    figures = pitch_figures(contour)
    assert figures is not None
    assert figures.mean_st == pytest.approx(18)
    assert figures.range_st == pytest.approx(12)


def test_a_few_frames_are_no_contour() -> None:
    assert pitch_figures(np.array([110.0] * 9)) is None


def test_two_streams_are_not_a_line() -> None:
    with pytest.raises(ValueError, match="1-D"):
        describe_line(np.zeros((2, 640), np.float32))


def domed(vowel: Samples) -> Samples:
    """Loudest in its middle, as vowels are: a plateau would have a peak wherever it ripples."""
    return vowel * (1 - np.linspace(-0.7, 0.7, len(vowel), dtype=np.float32) ** 2)


def test_syllables_and_steady_hesitations_are_counted() -> None:
    """Four vowels of 150 ms, then one held for half a second after a silence."""
    pause, vowel = np.zeros(2_400, np.float32), domed(buzz(120, 0.15))
    hesitation = domed(buzz(120, 0.5))
    line = np.concatenate([*[vowel, pause] * 4, np.zeros(4_800, np.float32), hesitation])
    voice = describe_line(line)
    assert len(voice.syllables_s) == 5
    assert np.diff(voice.syllables_s)[:3] == pytest.approx([0.3] * 3, abs=0.03)
    ((start_s, end_s),) = voice.filled_pauses_s
    assert (start_s, end_s) == pytest.approx((1.5, 2.0), abs=0.1)
