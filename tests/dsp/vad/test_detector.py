"""Voice activity on synthetic signals and on recordings labelled by others."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from dsp.clock import ANALYSIS_RATE_HZ, HOP_SAMPLES
from dsp.descriptors import SpectralDescriptors
from dsp.spectrum import ShortTimeSpectrum
from dsp.vad.decision import DecisionSettings
from dsp.vad.detector import VoiceActivityDetector
from tests.shared_data import shared_data

SLOT = np.array([0])


def speaking(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    spectrum, descriptors = ShortTimeSpectrum(1), SpectralDescriptors(1)
    detector = VoiceActivityDetector(1, DecisionSettings())
    hops = samples[: len(samples) // HOP_SAMPLES * HOP_SAMPLES].reshape(-1, 1, HOP_SAMPLES)
    states = [
        detector.step(
            SLOT,
            np.array([(i + 1) * HOP_SAMPLES]),
            descriptors.step(SLOT, spectrum.step(SLOT, hop).power),
        ).decisions.is_speech[0]
        for i, hop in enumerate(hops)
    ]
    return np.array(states)


@pytest.mark.parametrize("level_dbfs", [-70, -40, -20, -10])
def test_steady_noise_is_not_speech(level_dbfs: int) -> None:
    rng = np.random.default_rng(1)
    noise = rng.normal(0, 10 ** (level_dbfs / 20), 5 * ANALYSIS_RATE_HZ).astype(np.float32)
    # The first second goes into learning the background.
    assert speaking(noise)[50:].mean() < 0.01


def test_silence_is_not_speech() -> None:
    assert not speaking(np.zeros(ANALYSIS_RATE_HZ, np.float32)).any()


def test_read_sentence_is_mostly_speech() -> None:
    samples, rate_hz = soundfile.read(shared_data("austen/0870.flac"), dtype="float32")
    assert rate_hz == ANALYSIS_RATE_HZ
    assert speaking(samples).mean() > 0.6
