"""Playing against noise and speech, on signals that are made here and on recordings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from benchmarks.labelled_speech import load_clips
from benchmarks.music_scenes import Material
from benchmarks.noises import generated, hum
from benchmarks.playing import draw_timeline, judge, listen, read_takes, summarise
from dsp.clock import ANALYSIS_RATE_HZ, HOP_SAMPLES
from tests.shared_data import shared_data

Samples = npt.NDArray[np.float32]


def plucked(hz: float, seconds: float, *, decay_s: float = 0.8) -> npt.NDArray[np.float64]:
    """A note with ten harmonics that dies away."""
    t = np.arange(int(seconds * ANALYSIS_RATE_HZ)) / ANALYSIS_RATE_HZ
    harmonics = [np.sin(2 * np.pi * k * hz * t) / k for k in range(1, 11)]
    envelope = np.exp(-t / decay_s) * np.minimum(1, t / 0.005)
    return np.asarray(np.sum(harmonics, axis=0) * envelope, np.float64)


def with_room_tone(samples: npt.NDArray[np.floating]) -> Samples:
    rng = np.random.default_rng(0)
    heard = 0.1 * samples + rng.normal(0, 1e-4, len(samples))
    return heard[: len(heard) // HOP_SAMPLES * HOP_SAMPLES].astype(np.float32)


def silence(seconds: float) -> npt.NDArray[np.float64]:
    return np.zeros(int(seconds * ANALYSIS_RATE_HZ))


def test_a_melody_is_playing_from_its_first_note_to_its_last() -> None:
    notes = [plucked(220 * 2 ** (step / 12), 0.5) for step in (0, 2, 4, 5, 7, 9, 11, 12)]
    playing = listen(with_room_tone(np.concatenate([silence(2), *notes, silence(3)])))
    hops = np.flatnonzero(playing) * 0.02
    assert hops[0] == pytest.approx(2.0, abs=0.1)
    # The last note rings on until it is cut.
    assert hops[-1] == pytest.approx(6.0, abs=0.2)
    assert playing[100:300].mean() > 0.95


@pytest.mark.parametrize("name", ["white", "pink", "brown", "swelling", "knocks", "rubs"])
def test_noise_is_not_playing(name: str) -> None:
    noise = generated()[name](np.random.default_rng(3), 10 * ANALYSIS_RATE_HZ)
    assert listen(with_room_tone(noise / noise.std())).mean() < 0.01


def test_a_hum_that_is_switched_on_is_not_playing() -> None:
    rng = np.random.default_rng(4)
    humming = hum(rng, 8 * ANALYSIS_RATE_HZ)
    heard = np.concatenate([silence(2), humming / humming.std() * 0.1])
    assert listen(with_room_tone(heard)).mean() < 0.02


@pytest.fixture(scope="module")
def data() -> Path:
    return shared_data("guitar/manifest.csv").parents[1]


def test_a_guitar_is_told_from_speech_and_noise(data: Path) -> None:
    takes = {take.instrument: [take] for take in read_takes(data, 30)}
    speech = [clip for clip in load_clips(data) if clip.speaker == "austen"]
    noises = {name: generated()[name] for name in ("pink", "knocks", "rubs")}
    rng = np.random.default_rng(6)
    found = summarise(
        [judge(draw_timeline(rng, Material(takes, speech, noises))) for _ in range(4)]
    )
    assert found["error_median_%"] < 5  # type: ignore[operator]
    assert found["speech_as_playing_%"] < 2  # type: ignore[operator]
    assert found["noise_as_playing_%"] < 2  # type: ignore[operator]
