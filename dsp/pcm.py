"""Decode what a microphone sends: raw PCM bytes in, mono float32 samples out."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]

# Web Audio may overshoot full scale a little. Far above it stands only a client that sends integer
# values as floats, and its squares would overflow float32 further down.
MAX_FLOAT_AMPLITUDE = 8.0


class SampleFormat(StrEnum):
    """How one sample is laid out on the wire."""

    S16LE = "s16le"
    F32LE = "f32le"
    MULAW = "mulaw"


SAMPLE_BYTES = {SampleFormat.S16LE: 2, SampleFormat.F32LE: 4, SampleFormat.MULAW: 1}


def decode_pcm(
    payload: bytes | bytearray | memoryview,
    sample_format: SampleFormat,
    *,
    channels: int = 1,
) -> Samples:
    """Turn raw PCM into mono samples; stereo is averaged at every rate and in every format.

    Parameters
    ----------
    payload : bytes-like
        Whole frames: one sample per channel, interleaved.
    sample_format : SampleFormat
        ``MULAW`` is ITU-T G.711 mu-law, whose loudest code is 32,124 / 32,768 of full scale.
    channels : {1, 2}

    Returns
    -------
    float32, shape (n_frames,)
        Full scale is ±1. ``F32LE`` beyond it is kept, so that clipping can still be seen.

    Raises
    ------
    ValueError
        The payload holds a broken frame, the channel count is not 1 or 2, or a float sample is
        NaN, infinite or too far above full scale to be audio scaled to ±1.
    """
    if channels not in (1, 2):
        raise ValueError(f"audio has {channels} channels; send 1 (mono) or 2 (stereo)")
    frame_bytes = SAMPLE_BYTES[sample_format] * channels
    if len(payload) % frame_bytes:
        raise ValueError(
            f"{len(payload)} bytes are not a whole number of {frame_bytes}-byte frames "
            f"({sample_format}, {channels} channels); was a frame cut in two?"
        )
    samples = _DECODERS[sample_format](payload)
    if channels == 1:
        return samples
    return np.float32(0.5) * (samples[0::2] + samples[1::2])


def _decode_s16le(payload: bytes | bytearray | memoryview) -> Samples:
    return np.frombuffer(payload, dtype="<i2").astype(np.float32) * np.float32(1 / 32_768)


def _decode_f32le(payload: bytes | bytearray | memoryview) -> Samples:
    samples = np.frombuffer(payload, dtype="<f4").astype(np.float32)
    # Written so that NaN, which compares false with everything, is refused too.
    if not (np.abs(samples) <= MAX_FLOAT_AMPLITUDE).all():
        if not np.isfinite(samples).all():
            raise ValueError("float samples hold NaN or infinity; send finite samples")
        raise ValueError(
            f"float samples reach beyond ±{MAX_FLOAT_AMPLITUDE:g}; scale full scale to ±1 "
            "(were 16-bit values sent unscaled?)"
        )
    return samples


def _decode_mulaw(payload: bytes | bytearray | memoryview) -> Samples:
    return _MULAW_TO_FLOAT[np.frombuffer(payload, dtype=np.uint8)]


def _mulaw_table() -> Samples:
    """Amplitude of each of the 256 codes, after ITU-T G.711 (1988), table 2a."""
    code = ~np.arange(256, dtype=np.uint8)
    exponent = (code >> 4).astype(np.int32) & 0x07
    mantissa = code.astype(np.int32) & 0x0F
    magnitude = (((mantissa << 3) + 0x84) << exponent) - 0x84
    return (np.where(code & 0x80, -magnitude, magnitude) / 32_768).astype(np.float32)


_MULAW_TO_FLOAT = _mulaw_table()
_DECODERS = {
    SampleFormat.S16LE: _decode_s16le,
    SampleFormat.F32LE: _decode_f32le,
    SampleFormat.MULAW: _decode_mulaw,
}
