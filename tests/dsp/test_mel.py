"""Mel bands: power is kept, bands lie where they should, batches do not matter."""

from __future__ import annotations

import numpy as np
import pytest

from dsp.clock import ANALYSIS_RATE_HZ
from dsp.mel import BAND_CENTRES_HZ, BANDS, hz_to_mel, mel_power, mel_to_hz
from dsp.spectrum import BINS, WINDOW_SAMPLES, power_spectrum


@pytest.mark.parametrize("hz", [100.0, 440.0, 3000.0, 7000.0])
def test_bands_of_a_full_scale_sine_add_up_to_one_around_its_frequency(hz: float) -> None:
    t = np.arange(WINDOW_SAMPLES) / ANALYSIS_RATE_HZ
    bands = mel_power(power_spectrum(np.sin(2 * np.pi * hz * t).astype(np.float32)[None]))
    assert bands.shape == (1, BANDS)
    assert bands.sum() == pytest.approx(1, abs=0.01)
    spacing_hz = np.gradient(BAND_CENTRES_HZ)[bands.argmax()]
    assert BAND_CENTRES_HZ[bands.argmax()] == pytest.approx(hz, abs=spacing_hz)


def test_mel_scale_has_1000_mel_at_1_khz_and_inverts() -> None:
    hz = np.array([50.0, 1000.0, 8000.0])
    assert hz_to_mel(hz)[1] == pytest.approx(1000, abs=0.1)
    np.testing.assert_allclose(mel_to_hz(hz_to_mel(hz)), hz)


def test_any_batch_is_bit_equal() -> None:
    power = np.random.default_rng(1).random((33, BINS)).astype(np.float32)
    together = mel_power(power)
    for size in (1, 2, 3, 8, 17):
        for first in range(0, 33 - size, 5):
            np.testing.assert_array_equal(
                mel_power(power[first : first + size]), together[first : first + size]
            )
