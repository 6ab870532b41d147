"""The shared spectrum: truth on sines, and equality however streams are batched."""

from __future__ import annotations

import numpy as np
import pytest

from dsp.clock import ANALYSIS_RATE_HZ, HOP_SAMPLES
from dsp.spectrum import (
    BIN_HZ,
    BINS,
    WINDOW,
    WINDOW_SAMPLES,
    ShortTimeSpectrum,
    power_spectrum,
)

SLOTS = np.arange(5)


def noise_hops(streams: int, hops: int) -> np.ndarray:
    rng = np.random.default_rng(20)
    return rng.normal(0, 0.1, (hops, streams, HOP_SAMPLES)).astype(np.float32)


@pytest.mark.parametrize("bin_index", [8, 64, 400])
def test_sine_on_a_bin_peaks_there_with_its_amplitude(bin_index: int) -> None:
    t = np.arange(WINDOW_SAMPLES) / ANALYSIS_RATE_HZ
    sine = (0.5 * np.sin(2 * np.pi * bin_index * BIN_HZ * t)).astype(np.float32)
    power = power_spectrum(sine[None])
    assert power.shape == (1, BINS)
    assert power[0].argmax() == bin_index
    assert power[0, bin_index] == pytest.approx((0.5 * WINDOW.sum() / 2) ** 2, rel=1e-3)


def test_constant_offset_does_not_matter() -> None:
    samples = noise_hops(1, 3).reshape(1, -1)[:, :WINDOW_SAMPLES]
    np.testing.assert_allclose(
        power_spectrum(samples + np.float32(0.1)), power_spectrum(samples), rtol=1e-2, atol=1e-4
    )


def test_window_holds_the_newest_samples_after_zeros() -> None:
    kernel = ShortTimeSpectrum(1)
    hops = noise_hops(1, 3)
    spectrum = kernel.step(SLOTS[:1], hops[0])
    assert not spectrum.samples[0, :-HOP_SAMPLES].any()
    for hop in hops[1:]:
        spectrum = kernel.step(SLOTS[:1], hop)
    np.testing.assert_array_equal(spectrum.samples[0], hops[:, 0].ravel()[-WINDOW_SAMPLES:])


def test_any_subset_is_bit_equal_to_one_stream_alone() -> None:
    together, alone = ShortTimeSpectrum(5), ShortTimeSpectrum(5)
    rng = np.random.default_rng(3)
    for hops in noise_hops(5, 20):
        subset = rng.permutation(5)[: rng.integers(1, 6)]
        batched = together.step(subset, hops[subset])
        for row, slot in enumerate(subset):
            single = alone.step(np.array([slot]), hops[[slot]])
            np.testing.assert_array_equal(batched.power[row], single.power[0])


def test_reset_slot_starts_clean_and_growth_keeps_state() -> None:
    kernel, fresh = ShortTimeSpectrum(2), ShortTimeSpectrum(2)
    hops = noise_hops(2, 2)
    kernel.step(SLOTS[:2], hops[0])
    fresh.step(SLOTS[1:2], hops[0][1:])
    kernel.reset(SLOTS[:1])
    kernel.resize(4)
    np.testing.assert_array_equal(
        kernel.step(SLOTS[:2], hops[1]).power, fresh.step(SLOTS[:2], hops[1]).power
    )
