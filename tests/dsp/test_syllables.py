from __future__ import annotations

import json

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from dsp.clock import ANALYSIS_RATE_HZ
from dsp.line_voice import describe_line
from dsp.syllables import INTENSITY_STEP_S, band_intensity_db, syllable_nuclei
from tests.shared_data import shared_data

Samples = npt.NDArray[np.float32]

FRAME_S = 0.01


def babble(
    peaks_s: list[float], *, seconds: float, depth_db: float = 20, f0_hz: float = 120
) -> Samples:
    """Make a buzz that swells at each of `peaks_s` and is `depth_db` lower between them."""
    t = np.arange(round(seconds * ANALYSIS_RATE_HZ)) / ANALYSIS_RATE_HZ
    buzz = sum(np.sin(2 * np.pi * f0_hz * h * t + h * h) for h in range(1, 30))
    swells_db = -np.min([np.abs(t - peak_s) / 0.1 for peak_s in peaks_s], axis=0) * depth_db
    gain = 10 ** (np.maximum(swells_db, -depth_db) / 20)
    return np.asarray(0.02 * buzz * gain, np.float32)


def voiced(samples: Samples) -> npt.NDArray[np.float64]:
    return np.full(int(len(samples) / ANALYSIS_RATE_HZ / FRAME_S) + 1, 120.0)


def test_each_swell_is_one_syllable() -> None:
    peaks_s = [0.2, 0.45, 0.6, 0.95, 1.3]
    sound = babble(peaks_s, seconds=1.5)
    nuclei = syllable_nuclei(sound, voiced(sound), frame_s=FRAME_S)
    np.testing.assert_allclose(nuclei, peaks_s, atol=0.015)


def test_a_shallow_dip_joins_two_swells() -> None:
    sound = babble([0.3, 0.6], seconds=1.0, depth_db=2)
    sound *= np.linspace(1, 0.9, len(sound), dtype=np.float32)  # no tie for the higher peak
    assert len(syllable_nuclei(sound, voiced(sound), frame_s=FRAME_S)) == 1


def test_unvoiced_swells_are_no_syllables() -> None:
    sound = babble([0.3, 0.6, 0.9], seconds=1.2)
    contour = voiced(sound)
    contour[50:70] = np.nan
    nuclei = syllable_nuclei(sound, contour, frame_s=FRAME_S)
    np.testing.assert_allclose(nuclei, [0.3, 0.9], atol=0.015)
    assert len(syllable_nuclei(sound, np.full(121, np.nan), frame_s=FRAME_S)) == 0


def test_far_too_soft_swells_are_no_syllables() -> None:
    loud, soft = babble([0.3], seconds=0.6), 0.03 * babble([0.3], seconds=0.6)
    sound = np.concatenate([loud, soft.astype(np.float32)])
    assert len(syllable_nuclei(sound, voiced(sound), frame_s=FRAME_S)) == 1


def test_a_gain_changes_no_count() -> None:
    sound = babble([0.2, 0.5, 0.8], seconds=1.0)
    quiet = (0.01 * sound).astype(np.float32)
    for one in (sound, quiet):
        assert len(syllable_nuclei(one, voiced(one), frame_s=FRAME_S)) == 3


@pytest.mark.parametrize("n_samples", [0, 1, 159, 160, 16_000])
def test_silence_has_no_syllables(n_samples: int) -> None:
    silence = np.zeros(n_samples, np.float32)
    assert len(syllable_nuclei(silence, np.zeros(101), frame_s=FRAME_S)) == 0


def test_intensity_has_a_value_for_each_step() -> None:
    assert len(band_intensity_db(np.zeros(ANALYSIS_RATE_HZ, np.float32))) == 1 / INTENSITY_STEP_S


def test_read_sentences_have_about_their_syllables() -> None:
    """Vowels of the phone labels, within a quarter for each sentence and a tenth for all."""
    counted, spoken = [], []
    for sentence in ("0870", "0880", "0890", "0920", "0930"):
        samples, _ = soundfile.read(shared_data(f"austen/{sentence}.flac"), dtype="float32")
        voice = describe_line(samples)
        f0_hz = np.array([f0 or np.nan for f0 in voice.f0_hz])
        counted.append(len(syllable_nuclei(samples, f0_hz, frame_s=voice.f0_frame_s)))
        labels = json.loads(shared_data(f"austen/{sentence}.phone.json").read_text())
        phones = [phone["t"] for word in labels["w"] for phone in word["w"]]
        spoken.append(sum(phone[0] in "AEIOU" for phone in phones))
    assert sum(counted) == pytest.approx(sum(spoken), rel=0.1)
    np.testing.assert_allclose(counted, spoken, rtol=0.25)


def test_stereo_and_backward_frames_are_refused() -> None:
    with pytest.raises(ValueError, match="one line and one contour"):
        syllable_nuclei(np.zeros((2, 100), np.float32), np.zeros(3), frame_s=FRAME_S)
    with pytest.raises(ValueError, match="frame_s is 0"):
        syllable_nuclei(np.zeros(100, np.float32), np.zeros(3), frame_s=0)
