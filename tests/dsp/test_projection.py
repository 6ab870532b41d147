from __future__ import annotations

import csv

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from benchmarks.projection_accuracy import in_a_room, projection_of
from dsp.clock import ANALYSIS_RATE_HZ, HOP_SAMPLES
from dsp.projection import effort_bands, projection_db
from dsp.spectrum import BIN_HZ, BINS, ShortTimeSpectrum
from tests.shared_data import shared_data

Samples = npt.NDArray[np.float32]


def bands_of(samples: Samples) -> npt.NDArray[np.float32]:
    kernel, slot = ShortTimeSpectrum(1), np.array([0])
    hops = samples[: len(samples) // HOP_SAMPLES * HOP_SAMPLES].reshape(-1, 1, HOP_SAMPLES)
    return np.concatenate([effort_bands(kernel.step(slot, hop).power) for hop in hops])


def emodb(emotion: str) -> dict[str, list[Samples]]:
    """Clips of an emotion, by speaker."""
    clips: dict[str, list[Samples]] = {}
    with shared_data("emodb/manifest.csv").open() as manifest:
        for row in csv.DictReader(manifest):
            if row["emotion"] == emotion:
                samples, _ = soundfile.read(shared_data(f"emodb/{row['file']}"), dtype="float32")
                clips.setdefault(row["speaker"], []).append(samples)
    return clips


def test_two_tones_give_the_ratio_of_their_powers() -> None:
    t = np.arange(ANALYSIS_RATE_HZ) / ANALYSIS_RATE_HZ
    tones = np.sin(2 * np.pi * 250 * t) + 0.1 * np.sin(2 * np.pi * 2_000 * t)
    bands = bands_of(tones.astype(np.float32))
    assert projection_db(bands, np.ones(len(bands), np.bool_)) == pytest.approx(-20, abs=0.1)


def test_bands_hold_their_own_frequencies_only() -> None:
    frequency_hz = np.arange(BINS) * BIN_HZ
    each_bin = effort_bands(np.eye(BINS, dtype=np.float32))
    low, high = each_bin.T.astype(bool)
    assert frequency_hz[low].min() == pytest.approx(50, abs=BIN_HZ)
    assert frequency_hz[low].max() == pytest.approx(500, abs=BIN_HZ)
    assert frequency_hz[high].min() == pytest.approx(500, abs=BIN_HZ)
    assert frequency_hz[high].max() == pytest.approx(4_000, abs=BIN_HZ)
    assert not (low & high).any()


def test_steady_noise_is_taken_away() -> None:
    speech = np.tile(np.array([100.0, 1.0], np.float32), (20, 1))
    noise = np.tile(np.array([5.0, 5.0], np.float32), (40, 1))
    noise[10:30] += speech
    is_speech = (np.arange(40) >= 10) & (np.arange(40) < 30)
    assert projection_db(noise, is_speech) == pytest.approx(-20, abs=0.01)


def test_no_speech_has_no_projection() -> None:
    assert projection_db(np.ones((5, 2), np.float32), np.zeros(5, np.bool_)) is None
    assert projection_db(np.zeros((5, 2), np.float32), np.ones(5, np.bool_)) is None
    assert projection_db(np.zeros((0, 2), np.float32), np.zeros(0, np.bool_)) is None


def test_hops_without_two_bands_are_refused() -> None:
    with pytest.raises(ValueError, match="two bands each"):
        projection_db(np.ones((5, 3), np.float32), np.ones(5, np.bool_))


def test_any_gain_leaves_real_speech_where_it_was() -> None:
    clip = emodb("neutral")["03"][0]
    for gain_db in (-40, -20, -6):
        quiet = clip * np.float32(10 ** (gain_db / 20))
        assert projection_of(quiet) == pytest.approx(projection_of(clip), abs=0.01)


def test_anger_stays_above_neutral_speech_at_any_distance() -> None:
    """Near and angry, far and neutral, and the reverse: the level would be fooled, this is not."""
    rng = np.random.default_rng(1)
    neutral, anger = emodb("neutral"), emodb("anger")
    right: list[bool] = []
    for speaker, clips in neutral.items():
        far_neutral = [projection_of(in_a_room(c, rng.uniform(0.3, 4))) for c in clips[:4]]
        far_anger = [projection_of(in_a_room(c, rng.uniform(0.3, 4))) for c in anger[speaker][:4]]
        right.extend(a > n for a in far_anger for n in far_neutral)
    assert np.mean(right) > 0.95


def test_distance_moves_it_far_less_than_effort_does() -> None:
    clips = [clip for speaker in emodb("neutral").values() for clip in speaker[:2]]
    shifts = [projection_of(in_a_room(c, 4.0)) - projection_of(in_a_room(c, 0.3)) for c in clips]
    assert abs(np.mean(shifts)) < 1.5
    assert np.std(shifts) < 1.5
