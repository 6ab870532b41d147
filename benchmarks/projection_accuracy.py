"""How far the projection measure survives what changes between a voice and its recording."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import signal

from benchmarks.detection_measures import roc_auc
from benchmarks.report import Row
from dsp.clock import ANALYSIS_RATE_HZ, HOP_SAMPLES
from dsp.projection import effort_bands, projection_db
from dsp.spectrum import ShortTimeSpectrum
from rehearsal_server.audio_files import read_mono

Samples = npt.NDArray[np.float32]

# Loud, ordinary and soft voices of the same speakers and sentences.
EMOTIONS = ("anger", "neutral", "sadness")
ROOM_M3, ROOM_RT60_S = 60.0, 0.5
NOISE_BELOW_SPEECH_DB = 45.0
PROXIMITY_HZ = 200.0


def projection_table(data: Path, clips_per_speaker: int | None = None) -> list[Row]:
    """For each change of the recording: the shift, and how well effort is still told apart.

    Projection is taken relative to the speaker's unchanged neutral clips; ``auc`` is that of anger
    over neutral and of neutral over sadness. In the last row each clip is changed in its own way.
    """
    clips = _clips(data, clips_per_speaker)
    base = {key: [projection_of(c) for c in samples] for key, samples in clips.items()}
    baseline = {
        speaker: np.mean(v) for (speaker, emotion), v in base.items() if emotion == "neutral"
    }
    rows: list[Row] = []
    for name, change in changes(data).items():
        shifts: list[float] = []
        relative: dict[str, list[float]] = {emotion: [] for emotion in EMOTIONS}
        for (speaker, emotion), samples in clips.items():
            heard = [projection_of(change(c)) for c in samples]
            shifts += [h - b for h, b in zip(heard, base[speaker, emotion], strict=True)]
            relative[emotion] += [float(h - baseline[speaker]) for h in heard]
        rows.append(
            {
                "change": name,
                "shift_db": float(np.mean(shifts)),
                "shift_sd_db": float(np.std(shifts)),
                "anger_above_neutral_db": float(
                    np.mean(relative["anger"]) - np.mean(relative["neutral"])
                ),
                "auc_anger": _auc(relative["anger"], relative["neutral"]),
                "auc_sadness": _auc(relative["neutral"], relative["sadness"]),
            }
        )
    return rows


def changes(data: Path) -> Mapping[str, Callable[[Samples], Samples]]:
    """Everything that may lie between the same voice and two of its recordings."""
    rooms = {
        f"{distance_m:g} m in a room": partial(in_a_room, distance_m=distance_m)
        for distance_m in (0.3, 1.0, 2.0, 4.0)
    }
    responses = {
        f"noise/{name}": partial(through, response=read_mono(path, ANALYSIS_RATE_HZ))
        for name in ("rir48000", "stereo_impulse_response", "impulse_response_0")
        if (path := data / "noise" / f"{name}.flac").exists()
    }
    same_microphone: dict[str, Callable[[Samples], Samples]] = {
        "none": lambda samples: samples,
        "20 dB less gain": lambda samples: np.asarray(0.1 * samples, np.float32),
        **rooms,
        "20 cm from a cardioid": near_a_cardioid,
    }
    rng = np.random.default_rng(3)

    def in_any_way(samples: Samples) -> Samples:
        return same_microphone[str(rng.choice(list(same_microphone)))](samples)

    return {**same_microphone, **responses, "any but the last three": in_any_way}


def projection_of(samples: Samples) -> float:
    """Projection of a clip recorded in quiet, where energy says what is speech."""
    kernel, slot = ShortTimeSpectrum(1), np.array([0])
    hops = samples[: len(samples) // HOP_SAMPLES * HOP_SAMPLES].reshape(-1, 1, HOP_SAMPLES)
    bands = np.concatenate([effort_bands(kernel.step(slot, hop).power) for hop in hops])
    level_db = 10 * np.log10(bands.sum(axis=1) + 1e-20)
    projection = projection_db(bands, level_db > np.percentile(level_db, 95) - 25)
    assert projection is not None, "the clip holds speech"
    return projection


def in_a_room(samples: Samples, distance_m: float, seed: int = 7) -> Samples:
    """Direct sound and a diffuse tail, over a floor of noise that falls with frequency.

    A voice 0.3 m away has the level of the original; Sabine's critical distance sets how much of
    the sound is tail.
    """
    rng = np.random.default_rng(seed)
    t = np.arange(round(ROOM_RT60_S * ANALYSIS_RATE_HZ)) / ANALYSIS_RATE_HZ
    tail = rng.standard_normal(len(t)) * 10 ** (-3 * t / ROOM_RT60_S)
    critical_distance_m = 0.057 * np.sqrt(ROOM_M3 / ROOM_RT60_S)
    response = tail / np.linalg.norm(tail) / critical_distance_m
    response[0] += 1 / distance_m
    heard = 0.3 * signal.fftconvolve(samples, response)[: len(samples)]
    noise = signal.lfilter([1], [1, -0.9], rng.standard_normal(len(samples)))
    heard += noise / noise.std() * samples.std() * 10 ** (-NOISE_BELOW_SPEECH_DB / 20)
    return np.asarray(heard, np.float32)


def near_a_cardioid(samples: Samples) -> Samples:
    """Proximity effect: up to 6 dB more below 200 Hz."""
    corner = 2 * np.pi * PROXIMITY_HZ
    numerator, denominator = signal.bilinear([1, 2 * corner], [1, corner], ANALYSIS_RATE_HZ)
    return np.asarray(signal.lfilter(numerator, denominator, samples), np.float32)


def through(samples: Samples, response: Samples) -> Samples:
    """Another room, or another microphone."""
    heard = signal.fftconvolve(samples, response / np.linalg.norm(response))[: len(samples)]
    return np.asarray(heard, np.float32)


def _clips(data: Path, per_speaker: int | None) -> dict[tuple[str, str], list[Samples]]:
    """By speaker and emotion."""
    clips: dict[tuple[str, str], list[Samples]] = {}
    with (data / "emodb" / "manifest.csv").open() as manifest:
        for row in csv.DictReader(manifest):
            if row["emotion"] in EMOTIONS:
                samples = read_mono(data / "emodb" / row["file"], ANALYSIS_RATE_HZ)
                clips.setdefault((row["speaker"], row["emotion"]), []).append(samples)
    return {key: samples[:per_speaker] for key, samples in clips.items()}


def _auc(higher: list[float], lower: list[float]) -> float:
    labels = np.concatenate([np.ones(len(higher), np.bool_), np.zeros(len(lower), np.bool_)])
    auc = roc_auc(np.array([*higher, *lower], np.float64), labels)
    assert auc is not None, "there are clips of both kinds"
    return auc
