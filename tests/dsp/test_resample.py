from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.clock import ANALYSIS_RATE_HZ, HOP_SAMPLES
from dsp.pcm import SampleFormat, decode_pcm
from dsp.resample import StreamResampler

Samples = npt.NDArray[np.float32]

DEVICE_RATES_HZ = [
    8_000,
    11_025,
    12_000,
    16_000,
    22_050,
    24_000,
    32_000,
    44_100,
    48_000,
    88_200,
    96_000,
]
ODD_RATE_HZ = 47_999
RATES_HZ = [*DEVICE_RATES_HZ, ODD_RATE_HZ]

rates = pytest.mark.parametrize("rate_hz", RATES_HZ)
device_rates = pytest.mark.parametrize("rate_hz", DEVICE_RATES_HZ)


def tone(rate_hz: int, frequency_hz: float, duration_s: float = 0.5) -> Samples:
    t = np.arange(round(rate_hz * duration_s)) / rate_hz
    return (0.5 * np.sin(2 * np.pi * frequency_hz * t)).astype(np.float32)


def resample(samples: Samples, rate_hz: int, cuts: list[int] | None = None) -> Samples:
    resampler = StreamResampler(rate_hz)
    chunks = np.split(samples, cuts or [])
    return np.concatenate([*(resampler.push(chunk) for chunk in chunks), resampler.flush()])


def fit_tone(samples: Samples, frequency_hz: float) -> tuple[float, float, float]:
    """Amplitude, delay in samples and residual (dB re the tone) of a tone, without its edges."""
    t = np.arange(len(samples)) / ANALYSIS_RATE_HZ
    inner = slice(800, len(samples) - 800)
    basis = np.stack([np.sin(2 * np.pi * frequency_hz * t), np.cos(2 * np.pi * frequency_hz * t)])
    (a, b), *_ = np.linalg.lstsq(basis[:, inner].T, samples[inner].astype(np.float64))
    residual = samples[inner] - (a, b) @ basis[:, inner]
    lag = (0.1 - np.arctan2(b, a)) % (2 * np.pi) - 0.1
    delay = lag / (2 * np.pi * frequency_hz) * ANALYSIS_RATE_HZ
    amplitude = np.hypot(a, b)
    return amplitude, delay, 20 * np.log10(residual.std() / (amplitude / np.sqrt(2)))


@rates
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_any_cut_gives_the_same_samples(rate_hz: int, data: st.DataObject) -> None:
    samples = np.random.default_rng(5).uniform(-1, 1, 4_000).astype(np.float32)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(samples)), max_size=12)))
    whole = resample(samples, rate_hz)
    # One unit in the last place: what remains of the order of sums in float64.
    np.testing.assert_allclose(resample(samples, rate_hz, cuts), whole, rtol=0, atol=2e-7)


@rates
def test_single_samples_give_what_one_chunk_gives(rate_hz: int) -> None:
    samples = tone(rate_hz, 440, 0.02)
    one_by_one = resample(samples, rate_hz, list(range(1, len(samples))))
    np.testing.assert_allclose(one_by_one, resample(samples, rate_hz), rtol=0, atol=2e-7)


@rates
def test_a_tone_in_random_cuts_has_no_click(rate_hz: int) -> None:
    samples = tone(rate_hz, 1_000, 1.0)
    rng = np.random.default_rng(20)
    cuts = sorted(rng.integers(0, len(samples), 40).tolist())
    amplitude, _, residual_db = fit_tone(resample(samples, rate_hz, cuts), 1_000)
    assert amplitude == pytest.approx(0.5, rel=1e-3)
    assert residual_db < -75


@pytest.mark.parametrize("n_samples", [0, 1, 2, 3, 159, 960, 1_001, 44_100])
@device_rates
def test_length_is_the_duration_rounded_up(rate_hz: int, n_samples: int) -> None:
    output = resample(np.zeros(n_samples, np.float32), rate_hz)
    assert len(output) == -(-n_samples * ANALYSIS_RATE_HZ // rate_hz)


def test_length_at_an_odd_rate_is_the_duration_rounded() -> None:
    output = resample(np.zeros(48_011, np.float32), ODD_RATE_HZ)
    assert len(output) == round(48_011 * ANALYSIS_RATE_HZ / ODD_RATE_HZ)


@rates
def test_positions_stay_exact_over_a_long_stream(rate_hz: int) -> None:
    """An impulse after 20 s comes out at 20 s: no drift, whatever the ratio."""
    samples = np.zeros(21 * rate_hz, np.float32)
    samples[20 * rate_hz] = 1.0
    resampler = StreamResampler(rate_hz)
    chunks = [resampler.push(chunk) for chunk in np.array_split(samples, 1_050)]
    output = np.concatenate([*chunks, resampler.flush()])
    delay = int(np.abs(output).argmax()) - 20 * ANALYSIS_RATE_HZ
    assert 0 <= delay <= 6  # 0.4 ms: the documented delay of the minimum-phase filter


@device_rates
def test_the_delay_is_a_fraction_of_a_millisecond(rate_hz: int) -> None:
    for frequency_hz in (100, 500, 1_000, 2_000, 3_000):
        _, delay, _ = fit_tone(resample(tone(rate_hz, frequency_hz), rate_hz), frequency_hz)
        assert -0.01 <= delay < 0.35e-3 * ANALYSIS_RATE_HZ


@pytest.mark.parametrize("rate_hz", [8_000, 32_000, 44_100, 48_000, 96_000])
def test_a_chunk_of_whole_hops_holds_nothing_back(rate_hz: int) -> None:
    resampler = StreamResampler(rate_hz)
    chunk = np.zeros(rate_hz // 50, np.float32)
    assert [len(resampler.push(chunk)) for _ in range(50)] == [HOP_SAMPLES] * 50


@pytest.mark.parametrize("rate_hz", [rate for rate in RATES_HZ if rate > 19_000])
def test_what_16_khz_cannot_hold_is_removed(rate_hz: int) -> None:
    for frequency_hz in (8_500, 9_000, 9_500):
        output = resample(tone(rate_hz, frequency_hz), rate_hz)[800:-800]
        assert 20 * np.log10(output.std() * np.sqrt(2) / 0.5) < -75


@rates
def test_the_pass_band_is_flat(rate_hz: int) -> None:
    highest_hz = 0.43 * min(rate_hz, ANALYSIS_RATE_HZ)
    for frequency_hz in np.linspace(100, highest_hz, 6):
        amplitude, _, _ = fit_tone(resample(tone(rate_hz, frequency_hz), rate_hz), frequency_hz)
        assert abs(20 * np.log10(amplitude / 0.5)) < 0.1


@rates
def test_a_constant_stays_constant(rate_hz: int) -> None:
    """No ripple at the rate of the phases, which would be heard as a tone under the voice."""
    output = resample(np.full(rate_hz, 0.25, np.float32), rate_hz)[800:-800]
    np.testing.assert_allclose(output, 0.25, rtol=0, atol=1e-5)


def test_equal_rates_pass_through_and_stereo_is_still_downmixed() -> None:
    stereo = np.array([[0.5, 0.25], [-0.5, -0.25], [1.0, 0.0]], "<f4")
    mono = decode_pcm(stereo.tobytes(), SampleFormat.F32LE, channels=2)
    assert resample(mono, ANALYSIS_RATE_HZ).tolist() == [0.375, -0.375, 0.5]


@pytest.mark.parametrize("rate_hz", [7_999, 96_001, 0, -16_000])
def test_rates_out_of_range_are_refused(rate_hz: int) -> None:
    with pytest.raises(ValueError, match=f"sample rate {rate_hz} Hz"):
        StreamResampler(rate_hz)


@rates
def test_a_flushed_stream_takes_no_more(rate_hz: int) -> None:
    resampler = StreamResampler(rate_hz)
    resampler.push(np.zeros(100, np.float32))
    resampler.flush()
    assert len(resampler.flush()) == 0
    with pytest.raises(ValueError, match="make a new StreamResampler"):
        resampler.push(np.zeros(1, np.float32))
