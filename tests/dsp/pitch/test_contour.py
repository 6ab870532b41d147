"""The refined contour of a whole line."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from dsp.clock import ANALYSIS_RATE_HZ
from dsp.pitch.contour import FRAME_S, refined_contour
from tests.shared_data import shared_data

Signal = npt.NDArray[np.float32]


def line_with_rests() -> tuple[Signal, npt.NDArray[np.float64]]:
    """A gliding voice between two rests, and its F0 at each frame."""
    t = np.arange(ANALYSIS_RATE_HZ) / ANALYSIS_RATE_HZ
    path_hz = 120 * 2 ** (0.5 * np.sin(2 * np.pi * t))
    phase = 2 * np.pi * np.cumsum(path_hz) / ANALYSIS_RATE_HZ
    harmonics = np.arange(1, 15)[:, None]
    rest = ANALYSIS_RATE_HZ // 2
    voice = np.pad(0.05 * (np.sin(harmonics * phase) / harmonics).sum(axis=0), rest)
    voice += np.random.default_rng(0).normal(0, 5e-4, len(voice))
    truth = np.pad(path_hz, rest, constant_values=np.nan)[:: round(FRAME_S * ANALYSIS_RATE_HZ)]
    return voice.astype(np.float32), truth


def test_a_glide_between_rests_is_found_to_the_frame() -> None:
    samples, truth_hz = line_with_rests()
    found_hz = refined_contour(samples)[: len(truth_hz)]
    both = np.isfinite(truth_hz) & np.isfinite(found_hz)
    cents = 1200 * np.abs(np.log2(found_hz[both] / truth_hz[both]))
    assert np.median(cents) < 3
    assert np.percentile(cents, 95) < 25
    assert (np.isfinite(truth_hz) != np.isfinite(found_hz)).sum() <= 6


def test_a_line_heard_backwards_has_the_contour_backwards() -> None:
    samples, _ = line_with_rests()
    line = np.append(samples, np.float32(0))
    there, back = refined_contour(line), refined_contour(line[::-1])[::-1]
    both = np.isfinite(there) & np.isfinite(back)
    assert (np.isfinite(there) != np.isfinite(back)).sum() <= 2
    np.testing.assert_allclose(there[both], back[both], rtol=0.02)


@pytest.mark.parametrize("length", [0, 1, 159, 160, 319, 1_000, 8_000])
def test_silence_of_any_length_is_unvoiced(length: int) -> None:
    contour = refined_contour(np.zeros(length, np.float32))
    assert len(contour) == length // 160 + 1
    assert np.isnan(contour).all()


def test_two_channels_are_not_a_line() -> None:
    with pytest.raises(ValueError, match="1-D"):
        refined_contour(np.zeros((2, 800), np.float32))


def test_a_low_voice_is_not_taken_for_one_of_its_harmonics() -> None:
    """Held hesitations of a voice at 70 Hz, whose ninth harmonic stands out."""
    samples, _ = soundfile.read(shared_data("mfa_voices/cold_corpus3.flac"), dtype="float32")
    contour = refined_contour(samples)
    voiced = contour[contour > 0]
    assert np.median(voiced) == pytest.approx(72, abs=6)
    assert (voiced > 250).mean() < 0.02
