"""Descriptors of sounds whose colour is known."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from dsp.clock import ANALYSIS_RATE_HZ
from dsp.descriptors import Descriptors, SpectralDescriptors
from dsp.spectrum import WINDOW_SAMPLES, power_spectrum

T = np.arange(WINDOW_SAMPLES) / ANALYSIS_RATE_HZ
SLOT = np.array([0])


def sine(hz: float, amplitude: float = 0.1) -> npt.NDArray[np.float32]:
    samples: npt.NDArray[np.float32] = (amplitude * np.sin(2 * np.pi * hz * T)).astype(np.float32)
    return samples


def describe(*windows: npt.NDArray[np.float32]) -> Descriptors:
    """What is said of the last of some windows of one stream."""
    kernel = SpectralDescriptors(1)
    for window in windows:
        described = kernel.step(SLOT, power_spectrum(window[None]))
    return described


def test_centroid_of_a_sine_is_its_frequency() -> None:
    assert describe(sine(2000)).spectral_centroid_hz[0] == pytest.approx(2000, rel=0.02)


def test_level_of_a_sine_is_its_amplitude() -> None:
    assert describe(sine(500, 0.01)).spectral_level_dbfs[0] == pytest.approx(-40, abs=0.1)


def test_noise_is_flat_and_a_tone_is_not() -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, WINDOW_SAMPLES).astype(np.float32)
    assert -10 < describe(noise).spectral_flatness_db[0] <= 0
    assert describe(sine(1000)).spectral_flatness_db[0] < -40


def test_flux_is_the_mean_change_of_the_bands_and_none_at_first() -> None:
    noise = np.random.default_rng(0).normal(0, 0.01, WINDOW_SAMPLES).astype(np.float32)
    assert describe(noise).spectral_flux_db[0] == 0
    louder = describe(noise, np.float32(2) * noise)
    assert louder.spectral_flux_db[0] == pytest.approx(20 * np.log10(2), abs=0.01)


def test_alpha_ratio_compares_above_with_below_1_khz() -> None:
    both = sine(300, 0.1) + sine(3000, 0.01)
    assert describe(both).alpha_ratio_db[0] == pytest.approx(-20, abs=0.2)


def test_gain_moves_the_level_only() -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, WINDOW_SAMPLES).astype(np.float32)
    loud, soft = describe(noise), describe(np.float32(0.1) * noise)
    assert loud.spectral_level_dbfs[0] - soft.spectral_level_dbfs[0] == pytest.approx(20, abs=1e-3)
    for name in ("spectral_flatness_db", "spectral_centroid_hz", "alpha_ratio_db"):
        assert getattr(loud, name)[0] == pytest.approx(getattr(soft, name)[0], rel=1e-3)


def test_silence_is_finite() -> None:
    silence = describe(np.zeros(WINDOW_SAMPLES, np.float32))
    for name in Descriptors.__dataclass_fields__:
        assert np.isfinite(getattr(silence, name)).all(), name
