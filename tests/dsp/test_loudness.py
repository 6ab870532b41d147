from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import signal

from benchmarks.loudness_accuracy import (
    INTEGRATED_CASES,
    MOMENTARY_CASE,
    STEREO_AS_MONO_DB,
    momentary_lufs,
    tones,
)
from dsp.clock import ANALYSIS_RATE_HZ, HOP_S, HOP_SAMPLES
from dsp.loudness import (
    FLOOR_LUFS,
    K_WEIGHTING_SOS,
    MOMENTARY_HOPS,
    KWeightedLoudness,
    integrated_loudness_lufs,
    is_clipping,
)

Samples = npt.NDArray[np.float32]

# ITU-R BS.1770-5, tables 1 and 2, for 48 kHz.
HIGH_SHELF_B = (1.53512485958697, -2.69169618940638, 1.19839281085285)
HIGH_SHELF_A = (1.0, -1.69065929318241, 0.73248077421585)
HIGH_PASS_B = (1.0, -2.0, 1.0)
HIGH_PASS_A = (1.0, -1.99004745483398, 0.99007225036621)
STANDARD_SOS = np.array([HIGH_SHELF_B + HIGH_SHELF_A, HIGH_PASS_B + HIGH_PASS_A])


def speech_like(seconds: float, seed: int = 3) -> Samples:
    """Make noise with a falling spectrum and a syllabic rhythm."""
    n = round(seconds * ANALYSIS_RATE_HZ)
    noise = signal.lfilter([1.0], [1.0, -0.9], np.random.default_rng(seed).standard_normal(n))
    rhythm = np.abs(np.sin(2 * np.pi * 2 * np.arange(n) / ANALYSIS_RATE_HZ))
    return (0.05 * noise * rhythm).astype(np.float32)


def test_k_weighting_at_16_khz_responds_as_the_standard_at_48() -> None:
    frequencies_hz = np.geomspace(10, 7_500, 300)
    ours = np.abs(signal.freqz_sos(K_WEIGHTING_SOS, frequencies_hz, fs=ANALYSIS_RATE_HZ)[1])
    standard = np.abs(signal.freqz_sos(STANDARD_SOS, frequencies_hz, fs=48_000)[1])
    assert np.abs(20 * np.log10(ours / standard)).max() < 0.002


def test_full_scale_997_hz_reads_minus_3_01() -> None:
    t = np.arange(2 * ANALYSIS_RATE_HZ) / ANALYSIS_RATE_HZ
    sine = np.sin(2 * np.pi * 997 * t).astype(np.float32)
    assert momentary_lufs(sine)[-1] == pytest.approx(-3.01, abs=0.01)


@pytest.mark.parametrize("case", INTEGRATED_CASES)
def test_integrated_loudness_of_the_ebu_signals(case: int) -> None:
    levels_dbfs_and_seconds, expected_lufs = INTEGRATED_CASES[case]
    loudness = integrated_loudness_lufs(momentary_lufs(tones(levels_dbfs_and_seconds)))
    assert loudness is not None
    assert loudness + STEREO_AS_MONO_DB == pytest.approx(expected_lufs, abs=0.1)


def test_momentary_loudness_of_ebu_case_12_is_constant() -> None:
    loudness = momentary_lufs(tones(MOMENTARY_CASE))
    after_one_second = loudness[round(1 / HOP_S) :] + STEREO_AS_MONO_DB
    np.testing.assert_allclose(after_one_second, -23, rtol=0, atol=0.1)


@pytest.mark.parametrize("delay_hops", range(20))
def test_maximum_momentary_loudness_of_ebu_case_13(delay_hops: int) -> None:
    samples = tones([(-200, delay_hops * 0.02), (-23, 0.4), (-200, 1)])
    assert momentary_lufs(samples).max() + STEREO_AS_MONO_DB == pytest.approx(-23, abs=0.1)


def test_pyloudnorm_agrees() -> None:
    pyloudnorm = pytest.importorskip("pyloudnorm", reason="pyloudnorm is a benchmark peer")
    # At 48 kHz and with De Man's filters, which are the standard's. Its default ones stray by
    # 0.06 LU on speech, and all of them by more at 16 kHz.
    meter = pyloudnorm.Meter(48_000, filter_class="DeMan")
    for seed in range(5):
        samples = speech_like(10, seed) * np.float32(0.1 + 0.2 * seed)
        at_48_khz = signal.resample_poly(samples.astype(np.float64), 3, 1)
        reference = meter.integrated_loudness(at_48_khz)
        assert integrated_loudness_lufs(momentary_lufs(samples)) == pytest.approx(
            reference, abs=0.02
        )


def test_the_block_form_equals_the_recursion() -> None:
    """Also with a constant offset, which the high-pass must cancel to the last bit it has."""
    samples = speech_like(4) + np.float32(0.3)
    filtered = signal.sosfilt(K_WEIGHTING_SOS, samples.astype(np.float64))
    power = np.square(filtered).reshape(-1, HOP_SAMPLES).mean(axis=1)
    windows = np.convolve(power, np.full(MOMENTARY_HOPS, 1 / MOMENTARY_HOPS))[: len(power)]
    np.testing.assert_allclose(momentary_lufs(samples), -0.691 + 10 * np.log10(windows), atol=1e-3)


@given(st.integers(1, 60), st.data())
def test_a_stream_is_the_same_in_any_batch(n_streams: int, data: st.DataObject) -> None:
    slot = data.draw(st.integers(0, n_streams - 1))
    rng = np.random.default_rng(n_streams)
    batched, alone = KWeightedLoudness(n_streams), KWeightedLoudness(1)
    for _ in range(3):
        others = rng.permutation(n_streams)[: rng.integers(0, n_streams + 1)]
        slots = np.union1d(others, [slot])
        rng.shuffle(slots)
        hops = rng.uniform(-1, 1, (len(slots), HOP_SAMPLES)).astype(np.float32)
        at = int(np.flatnonzero(slots == slot)[0])
        expected = alone.step(np.array([0]), hops[at : at + 1])
        assert batched.step(slots, hops)[at] == expected[0]


def test_growing_keeps_state_and_reset_forgets_it() -> None:
    rng = np.random.default_rng(8)
    hops = rng.uniform(-1, 1, (3, 1, HOP_SAMPLES)).astype(np.float32)
    kernel, fresh = KWeightedLoudness(1), KWeightedLoudness(1)
    slot = np.array([0])
    expected = [fresh.step(slot, hop)[0] for hop in hops]
    kernel.step(slot, hops[0])
    kernel.resize(5)
    assert [kernel.step(slot, hop)[0] for hop in hops[1:]] == expected[1:]
    kernel.reset(slot)
    assert [kernel.step(slot, hop)[0] for hop in hops] == expected


def test_silence_reads_the_floor() -> None:
    loudness = momentary_lufs(np.zeros(ANALYSIS_RATE_HZ, np.float32))
    np.testing.assert_allclose(loudness, FLOOR_LUFS, atol=1e-3)


def test_a_gain_shifts_loudness_by_as_much() -> None:
    samples = speech_like(5)
    loud, quiet = (
        integrated_loudness_lufs(momentary_lufs(samples * np.float32(g))) for g in (1, 0.1)
    )
    assert loud is not None
    assert quiet == pytest.approx(loud - 20, abs=0.01)


def test_loudness_of_nothing_is_unknown() -> None:
    assert integrated_loudness_lufs(momentary_lufs(np.zeros(ANALYSIS_RATE_HZ, np.float32))) is None
    assert integrated_loudness_lufs(momentary_lufs(tones([(-20, 0.38)]))) is None


def test_a_line_inside_a_stream_is_gated_from_its_own_beginning() -> None:
    stream = momentary_lufs(np.concatenate([tones([(-6, 2)]), tones([(-40, 2)])]))
    line = integrated_loudness_lufs(stream[round(2 / HOP_S) :])
    assert line == pytest.approx(-40 - STEREO_AS_MONO_DB, abs=0.1)


def test_two_dimensional_loudness_is_refused() -> None:
    with pytest.raises(ValueError, match="one loudness per hop"):
        integrated_loudness_lufs(np.zeros((2, 2), np.float32))


def test_only_clipped_speech_is_worth_a_warning() -> None:
    is_speech = np.arange(300) < 200
    clipped = np.zeros(300, np.bool_)
    clipped[200:] = True
    assert not is_clipping(clipped, is_speech)
    clipped[:2] = True
    assert not is_clipping(clipped, is_speech)
    clipped[2] = True
    assert is_clipping(clipped, is_speech)
    assert not is_clipping(clipped, np.zeros(300, np.bool_))
