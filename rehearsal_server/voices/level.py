"""One loudness for all voices: a fixed gain per voice, measured once on a reference text.

Unprocessed, espeak-ng's variants differ by 20 dB and flite's voices by 12. A gain that followed
the audio would need to hear the whole utterance first, or would pump; a gain per voice is safe to
stream and leaves shouting louder than murmuring.
"""

from __future__ import annotations

import numpy as np

# Speech that peaks where 16 bits end, with some room: espeak-ng's crest factor is 17 dB.
TARGET_DBFS = -20.0
HIGHEST_PEAK_DBFS = -0.5

# Every voice is measured on this, at its own pitch and rate: three seconds with all kinds of
# vowels, stops and fricatives.
REFERENCE_TEXT = "The quick brown fox jumps over the lazy dog, and she sees them both."

_FRAME_S = 0.02
_ACTIVE_RANGE_DB = 30.0


def active_speech_level_dbfs(pcm: bytes, sample_rate: int) -> float:
    """Level of the speech in a recording, without the pauses.

    Parameters
    ----------
    pcm : bytes
        Mono s16le.
    sample_rate : int, Hz

    Returns
    -------
    float
        RMS re full scale (a full-scale sine is -3.01) of the 20 ms frames within 30 dB of the
        loudest; ``-inf`` for silence. A simplification of ITU-T P.56 (2011), method B, which
        follows an envelope with 200 ms of hangover: for read sentences the two differ by less
        than the voices do.
    """
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.float64) / 32_768
    frame_samples = round(_FRAME_S * sample_rate)
    frames = samples[: len(samples) // frame_samples * frame_samples].reshape(-1, frame_samples)
    power = np.square(frames).mean(axis=1)
    if not power.any():
        return float("-inf")
    active = power[power >= power.max() * 10 ** (-_ACTIVE_RANGE_DB / 10)]
    return float(10 * np.log10(active.mean()))


def levelling_gain(pcm: bytes, sample_rate: int) -> float:
    """Factor that brings a voice to `TARGET_DBFS`, or as near as its peaks allow.

    Parameters
    ----------
    pcm : bytes
        The voice speaking `REFERENCE_TEXT`, mono s16le, unclipped.
    sample_rate : int, Hz

    Returns
    -------
    float > 0

    Raises
    ------
    ValueError
        There is nothing but silence.
    """
    level_dbfs = active_speech_level_dbfs(pcm, sample_rate)
    if level_dbfs == float("-inf"):
        raise ValueError("the voice is silent on the reference text")
    peak = np.abs(np.frombuffer(pcm, dtype="<i2").astype(np.int32)).max() / 32_768
    gain_db = min(TARGET_DBFS - level_dbfs, HIGHEST_PEAK_DBFS - 20 * np.log10(peak))
    return float(10 ** (gain_db / 20))


def amplified(pcm: bytes, gain: float) -> bytes:
    """Apply a gain to mono s16le; what would overflow is clipped."""
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.float32) * np.float32(gain)
    return bytes(np.clip(np.rint(samples), -32_768, 32_767).astype("<i2"))
