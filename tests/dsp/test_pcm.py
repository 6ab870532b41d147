from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dsp.pcm import SAMPLE_BYTES, SampleFormat, decode_pcm


def test_s16le_spans_full_scale() -> None:
    payload = struct.pack("<4h", 0, 16_384, 32_767, -32_768)
    assert decode_pcm(payload, SampleFormat.S16LE).tolist() == [0.0, 0.5, 32_767 / 32_768, -1.0]


def test_f32le_is_kept_as_it_is() -> None:
    payload = struct.pack("<3f", 0.25, -1.0, 1.5)
    assert decode_pcm(payload, SampleFormat.F32LE).tolist() == [0.25, -1.0, 1.5]


def test_mulaw_follows_g711() -> None:
    # Table 2a/G.711: the code words of the largest, the smallest and the first segment edges.
    codes = bytes([0x80, 0x00, 0xFF, 0x7F, 0xFE, 0xEF, 0x8F])
    expected = [32_124, -32_124, 0, 0, 8, 132, 16_764]
    assert (decode_pcm(codes, SampleFormat.MULAW) * 32_768).tolist() == expected


def test_mulaw_decodes_a_tone_within_its_quantisation() -> None:
    t = np.arange(8_000) / 8_000
    tone = 0.5 * np.sin(2 * np.pi * 440 * t)
    error = decode_pcm(_encode_mulaw(tone), SampleFormat.MULAW) - tone
    # G.711 (and G.712) promise about 38 dB of signal to quantisation noise for loud tones.
    assert 10 * np.log10(np.mean(tone**2) / np.mean(error**2)) > 36


@pytest.mark.parametrize("sample_format", SampleFormat)
def test_stereo_is_averaged_in_every_format(sample_format: SampleFormat) -> None:
    codes = {
        SampleFormat.S16LE: struct.pack("<4h", 8_192, 24_576, 100, -100),
        SampleFormat.F32LE: struct.pack("<4f", 0.25, 0.75, 0.1, -0.1),
        SampleFormat.MULAW: bytes([0x80, 0x00, 0xFE, 0x7E]),
    }[sample_format]
    left_right = decode_pcm(codes, sample_format).reshape(2, 2)
    assert decode_pcm(codes, sample_format, channels=2).tolist() == left_right.mean(axis=1).tolist()


@pytest.mark.parametrize("sample_format", SampleFormat)
@pytest.mark.parametrize("channels", [1, 2])
def test_no_bytes_are_no_samples(sample_format: SampleFormat, channels: int) -> None:
    samples = decode_pcm(b"", sample_format, channels=channels)
    assert samples.shape == (0,)
    assert samples.dtype == np.float32


@pytest.mark.parametrize(
    ("sample_format", "channels", "length"),
    [
        (SampleFormat.S16LE, 1, 3),
        (SampleFormat.S16LE, 2, 6),
        (SampleFormat.F32LE, 1, 6),
        (SampleFormat.MULAW, 2, 7),
    ],
)
def test_a_broken_frame_is_refused(sample_format: SampleFormat, channels: int, length: int) -> None:
    with pytest.raises(ValueError, match=f"{length} bytes are not a whole number"):
        decode_pcm(bytes(length), sample_format, channels=channels)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
def test_non_finite_floats_are_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="NaN or infinity"):
        decode_pcm(struct.pack("<3f", 0.0, bad, 0.0), SampleFormat.F32LE)


def test_unscaled_floats_are_refused_with_the_likely_cause() -> None:
    with pytest.raises(ValueError, match="were 16-bit values sent unscaled"):
        decode_pcm(struct.pack("<2f", 0.0, -12_000.0), SampleFormat.F32LE)


@pytest.mark.parametrize("channels", [0, 3])
def test_other_channel_counts_are_refused(channels: int) -> None:
    with pytest.raises(ValueError, match=f"{channels} channels"):
        decode_pcm(bytes(12), SampleFormat.S16LE, channels=channels)


@given(hnp.arrays("<i2", st.integers(0, 50)))
def test_s16le_round_trips(samples: np.ndarray) -> None:
    decoded = decode_pcm(samples.tobytes(), SampleFormat.S16LE)
    assert np.array_equal(decoded * 32_768, samples)


@given(st.binary(max_size=64), st.sampled_from(SampleFormat), st.sampled_from([1, 2]))
def test_any_bytes_give_finite_samples_or_a_value_error(
    payload: bytes, sample_format: SampleFormat, channels: int
) -> None:
    try:
        samples = decode_pcm(payload, sample_format, channels=channels)
    except ValueError:
        return
    assert np.isfinite(samples).all()
    assert len(samples) == len(payload) // (SAMPLE_BYTES[sample_format] * channels)


def test_bytearrays_and_views_are_read_too() -> None:
    payload = struct.pack("<2h", 1, -1)
    expected = decode_pcm(payload, SampleFormat.S16LE).tolist()
    assert decode_pcm(bytearray(payload), SampleFormat.S16LE).tolist() == expected
    assert decode_pcm(memoryview(payload), SampleFormat.S16LE).tolist() == expected


def _encode_mulaw(samples: np.ndarray) -> bytes:
    """Nearest code by search, so that the test shares no arithmetic with the decoder."""
    codes = bytes(range(256))
    values = decode_pcm(codes, SampleFormat.MULAW)
    nearest = np.abs(samples[:, None] - values[None, :]).argmin(axis=1)
    return bytes(nearest.astype(np.uint8))
