"""Descriptors of a hop: truth on known sounds, and equality however streams are batched."""

from __future__ import annotations

import numpy as np
import pytest

from dsp.clock import ANALYSIS_RATE_HZ, HOP_SAMPLES
from models.emotion.analysis import describe_recordings
from models.emotion.descriptors import DESCRIPTORS, Column, hz_to_semitones
from tests.models.voices import voice

GAINED = [Column.LEVEL, *range(Column.BAND_LEVELS, Column.BAND_LEVELS + 4)]


def harmonic(f0_hz: float, amplitudes: list[float]) -> np.ndarray:
    time_s = np.arange(ANALYSIS_RATE_HZ) / ANALYSIS_RATE_HZ
    tones = [a * np.sin(2 * np.pi * f0_hz * k * time_s) for k, a in enumerate(amplitudes, 1)]
    return np.asarray(np.sum(tones, axis=0), np.float32)


def steady(samples: np.ndarray) -> np.ndarray:
    """The mean descriptors of a sound, its edges left out."""
    return np.asarray(describe_recordings([samples])[0][10:-10].mean(axis=0))


def test_pitch_is_told_in_semitones_over_27_5_hz() -> None:
    assert hz_to_semitones(np.array([27.5, 55.0, np.nan], np.float32)) == pytest.approx(
        [0, 12, np.nan], nan_ok=True
    )
    described = steady(harmonic(220, [0.3, 0.1, 0.05]))
    assert described[Column.SEMITONES_EARLY] == pytest.approx(36, abs=0.05)
    assert described[Column.SEMITONES_LATE] == pytest.approx(36, abs=0.05)


def test_first_harmonics_differ_by_what_they_were_made_with() -> None:
    described = steady(harmonic(250, [0.3, 0.3 / 10 ** (9 / 20), 0.01]))
    assert described[Column.H1_H2] == pytest.approx(9, abs=0.5)


def test_brighter_sound_has_the_higher_ratios_and_centroid() -> None:
    dark = steady(harmonic(200, [0.3, 0.1] + [0.001] * 35))
    bright = steady(harmonic(200, [0.3, 0.1] + [0.05] * 35))
    for column in (Column.ALPHA_RATIO, Column.HIGH_RATIO, Column.CENTROID):
        assert bright[column] > dark[column] + 3
    assert bright[Column.HAMMARBERG] < dark[Column.HAMMARBERG] - 3


def test_gain_moves_nothing_but_the_levels() -> None:
    samples = voice(2.0)
    loud, soft = describe_recordings([samples, 0.1 * samples])
    kept = [column for column in range(DESCRIPTORS) if column not in GAINED]
    np.testing.assert_allclose(soft[5:, kept], loud[5:, kept], atol=0.05)
    np.testing.assert_allclose(soft[5:, GAINED], loud[5:, GAINED] - 20, atol=0.05)


def test_recording_is_described_alike_alone_and_among_others() -> None:
    recordings = [voice(1.0 + 0.3 * number, seed=number) for number in range(4)]
    together = describe_recordings(recordings)
    for samples, rows in zip(recordings, together, strict=True):
        assert rows.shape == (len(samples) // HOP_SAMPLES, DESCRIPTORS)
        np.testing.assert_array_equal(describe_recordings([samples])[0], rows)


def test_digital_silence_is_described_without_a_warning() -> None:
    described = describe_recordings([np.zeros(8000, np.float32)])[0]
    finite = np.delete(described, [Column.SEMITONES_EARLY, Column.SEMITONES_LATE], axis=1)
    assert np.isfinite(finite).all()
