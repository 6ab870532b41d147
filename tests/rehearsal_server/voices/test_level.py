from __future__ import annotations

import numpy as np
import pytest

from rehearsal_server.voices.level import (
    HIGHEST_PEAK_DBFS,
    TARGET_DBFS,
    active_speech_level_dbfs,
    amplified,
    levelling_gain,
)

RATE = 16_000


def tone(level_dbfs: float, seconds: float = 1.0) -> bytes:
    """A sine of an RMS level re full scale."""
    phase = 2 * np.pi * 200 * np.arange(int(RATE * seconds)) / RATE
    return to_pcm(10 ** (level_dbfs / 20) * np.sqrt(2) * np.sin(phase))


def to_pcm(samples: np.ndarray[tuple[int], np.dtype[np.float64]]) -> bytes:
    return bytes(np.rint(samples * 32_768).astype("<i2"))


def test_a_tone_has_its_rms_level() -> None:
    assert active_speech_level_dbfs(tone(-20), RATE) == pytest.approx(-20, abs=0.01)


def test_pauses_do_not_count() -> None:
    with_pause = tone(-20) + bytes(2 * RATE) + tone(-20)
    assert active_speech_level_dbfs(with_pause, RATE) == pytest.approx(-20, abs=0.01)


def test_soft_speech_counts_but_noise_does_not() -> None:
    both = active_speech_level_dbfs(tone(-20) + tone(-40), RATE)
    assert both == pytest.approx(-20 - 10 * np.log10(2), abs=0.1)
    assert active_speech_level_dbfs(tone(-20) + tone(-60), RATE) == pytest.approx(-20, abs=0.01)


def test_silence_has_no_level_and_no_gain() -> None:
    assert active_speech_level_dbfs(bytes(2 * RATE), RATE) == float("-inf")
    with pytest.raises(ValueError, match="silent"):
        levelling_gain(bytes(2 * RATE), RATE)


@pytest.mark.parametrize("level_dbfs", [-30, -20, -10])
def test_the_gain_brings_a_voice_to_the_target(level_dbfs: float) -> None:
    pcm = tone(level_dbfs)
    levelled = amplified(pcm, levelling_gain(pcm, RATE))
    assert active_speech_level_dbfs(levelled, RATE) == pytest.approx(TARGET_DBFS, abs=0.05)


def test_the_gain_stops_before_the_peaks_clip() -> None:
    clicks = np.zeros(RATE)
    clicks[::320] = 0.9
    levelled = amplified(to_pcm(clicks), levelling_gain(to_pcm(clicks), RATE))
    peak = np.abs(np.frombuffer(levelled, "<i2")).max() / 32_768
    assert 20 * np.log10(peak) == pytest.approx(HIGHEST_PEAK_DBFS, abs=0.01)


def test_too_much_gain_clips_and_does_not_wrap() -> None:
    assert np.frombuffer(amplified(to_pcm(np.array([0.9, -0.9])), 2), "<i2").tolist() == [
        32_767,
        -32_768,
    ]
