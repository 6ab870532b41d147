"""Train the voicing unit of `dsp.pitch`; writes its weights where the tracker finds them.

    python -m benchmarks.train_pitch_voicing --data ../shared/data

Taught on speech resynthesised from a known contour, and on the recordings themselves where Praat
and swift-f0 agree. A frame counts as voiced only if the path has its pitch right, so that in noise
the unit learns which pitches to trust. Speakers of `HELD_OUT_SPEAKERS` are never heard here;
`benchmarks.pitch` judges by them. Needs the extra `peers`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.labelled_speech import HELD_OUT_SPEAKERS, Clip, load_clips
from benchmarks.noises import Noise, babble, generated
from benchmarks.pitch_material import (
    FRAME_S,
    TRANSPOSITIONS_ST,
    Sung,
    in_noise,
    resynthesise,
)
from benchmarks.pitch_trackers import PEERS
from benchmarks.speech_in_noise import heard_otherwise
from dsp.clock import ANALYSIS_RATE_HZ, HOP_SAMPLES
from dsp.pitch.measures import GROSS_ERROR, is_voiced
from dsp.pitch.ranges import VOICE
from dsp.pitch.tracker import FRAME_STEP_SAMPLES, LOOK_AHEAD_SAMPLES, RangeTracker
from dsp.pitch.voicing import EVIDENCE, FRAMES_PER_HOP, SteadyTone

Float32s = npt.NDArray[np.float32]
Weights = dict[str, npt.NDArray[np.float32]]

WEIGHTS = Path(__file__).parents[1] / "dsp" / "pitch" / "voicing.npz"
CLIPS_PER_SPEAKER = 9
LONGEST_CLIP_S = 6.0
MADE_VOICES, MADE_S = 120, 3.0
ROUNDS = 3
QUIET_SHARE = 0.4
OTHERWISE_SHARE = 0.4
SNRS_DB = (30.0, 20.0, 15.0, 10.0, 5.0)
# Of `benchmarks.noises.generated`: those that have no pitch of their own.
NOISES = ("white", "pink", "brown", "coloured", "swelling", "hum", "knocks", "rubs")
UNITS = 24
EPOCHS = 15
BATCH = 512
SOUNDS_AT_ONCE = 64
LEARNING_RATE = 4e-3
# F0 of a frame whose voicing is not known.
UNKNOWN = -1.0


def lessons(clips: Sequence[Clip], rng: np.random.Generator) -> Iterator[Sung]:
    """Each clip resynthesised, and as it is with the pitch that two analysers agree on."""
    for clip in clips:
        samples = clip.samples[: round(LONGEST_CLIP_S * ANALYSIS_RATE_HZ)]
        said, f0_hz = resynthesise(samples, transposition_st=float(rng.choice(TRANSPOSITIONS_ST)))
        yield Sung(clip.name, clip.speaker, said, f0_hz)
        unknown = np.full(len(f0_hz), np.nan)
        yield with_agreed_pitch(Sung(clip.name, clip.speaker, samples, unknown))


def made_voices(rng: np.random.Generator, count: int) -> Iterator[Sung]:
    """Tones over the whole range of voices, so that what no recording has is not unheard of."""
    n_samples = int(MADE_S * ANALYSIS_RATE_HZ)
    step = round(FRAME_S * ANALYSIS_RATE_HZ)
    for index in range(count):
        wandering = rng.normal(0, rng.choice([0.0, 0.02, 0.15]), 8)
        knots = np.cumsum(wandering) + np.log2(VOICE.floor_hz * 1.03)
        knots += rng.uniform(0, np.log2(VOICE.ceiling_hz / VOICE.floor_hz) - 0.1)
        lowest, highest = np.log2([VOICE.floor_hz * 1.02, VOICE.ceiling_hz * 0.98])
        at = np.linspace(0, 7, n_samples)
        f0_hz = 2 ** np.clip(np.interp(at, np.arange(8), knots), lowest, highest)
        rests = np.interp(at, np.arange(8), rng.uniform(rng.choice([-1, 0]), 2, 8)) < 0
        formants_hz, tilt = rng.uniform(200, 4000, 3), rng.uniform(0.3, 2.0)
        end_hz = np.exp(rng.uniform(np.log(500), np.log(7500)))
        phase = 2 * np.pi * np.cumsum(f0_hz) / ANALYSIS_RATE_HZ
        voice = np.zeros(n_samples)
        for harmonic in range(1, int(5000 / f0_hz.min()) + 1):
            hz = harmonic * f0_hz[::step]
            peaks = 1 + 5 * np.exp(-(((hz[:, None] - formants_hz) / 150) ** 2)).sum(axis=1)
            level = np.where(hz < max(end_hz, 1.5 * f0_hz.max()), peaks * harmonic**-tilt, 0)
            voice += np.repeat(level, step) * np.sin(harmonic * phase)
        voice[rests] = 0
        truth = np.where(rests, np.nan, f0_hz)[::step]
        samples = (0.1 * voice / (np.abs(voice).max() + 1e-9)).astype(np.float32)
        yield Sung(f"made {index}", "formula", samples, truth)


def with_agreed_pitch(sung: Sung) -> Sung:
    """Praat's pitch where swift-f0 agrees; -1 where they differ in voicing or pitch."""
    praat_hz = PEERS["praat (ac)"].contour(sung)
    swift_hz = PEERS["swift-f0"].contour(sung)
    neither = ~is_voiced(praat_hz) & ~is_voiced(swift_hz)
    agreed = np.abs(praat_hz / swift_hz - 1) < GROSS_ERROR
    return replace(sung, f0_hz=np.where(neither, np.nan, np.where(agreed, praat_hz, UNKNOWN)))


def heard_in(sung: Sung, noises: Mapping[str, Noise], rng: np.random.Generator) -> Sung:
    """The sound through some microphone and room, and mostly in some noise."""
    if rng.random() < OTHERWISE_SHARE:
        heard = heard_otherwise(rng, sung.samples.astype(np.float64))
        sung = replace(sung, samples=np.clip(heard, -1, 1).astype(np.float32))
    if rng.random() < QUIET_SHARE:
        return sung
    noise = noises[str(rng.choice(list(noises)))] if rng.random() < 0.6 else noises["babble"]
    snr_db = float(rng.choice(SNRS_DB))
    return in_noise(sung, noise, snr_db=snr_db, seed=int(rng.integers(1 << 31)))


def evidence_and_targets(sounds: Sequence[Sung]) -> tuple[Float32s, Float32s]:
    """What the voicing unit would see of each frame, and whether it is voiced.

    Returns
    -------
    evidence : float32, shape (n_frames, EVIDENCE)
    targets : float32, shape (n_frames,), 0 or 1
    """
    longest = max(len(sung.samples) for sung in sounds) + LOOK_AHEAD_SAMPLES
    n_hops = -(-longest // HOP_SAMPLES)
    samples = np.zeros((n_hops, len(sounds), HOP_SAMPLES), np.float32)
    truth_hz = np.full((n_hops * FRAMES_PER_HOP, len(sounds)), UNKNOWN)
    for row, sung in enumerate(sounds):
        padded = np.pad(sung.samples, (0, n_hops * HOP_SAMPLES - len(sung.samples)))
        samples[:, row] = padded.reshape(n_hops, HOP_SAMPLES)
        truth_hz[: len(sung.f0_hz), row] = sung.f0_hz
    # Any voicing will do: it is not asked.
    tracker, slots = RangeTracker(len(sounds), VOICE, SteadyTone()), np.arange(len(sounds))
    heard = [tracker.follow(slots, hops) for hops in samples]
    # The first frame that lies in the sound.
    first = (LOOK_AHEAD_SAMPLES - HOP_SAMPLES) // FRAME_STEP_SAMPLES + 1
    evidence = np.concatenate([step.evidence for step in heard])[first:]
    f0_hz = np.concatenate([step.path.f0_hz for step in heard])[first:]
    truth_hz = truth_hz[: len(f0_hz)]
    known = truth_hz != UNKNOWN
    off = np.abs(f0_hz / np.where(is_voiced(truth_hz), truth_hz, np.inf) - 1)
    return evidence[known], (off < GROSS_ERROR)[known].astype(np.float32)


def train(evidence: Float32s, targets: Float32s, *, epochs: int, seed: int) -> Weights:
    """Train one hidden layer with Adam (Kingma & Ba 2015) on cross-entropy.

    Returns
    -------
    dict of arrays
        As `dsp.pitch.voicing.VoicingUnit` has them; the inputs' mean and scale are folded in.
    """
    rng = np.random.default_rng(seed)
    mean, scale = evidence.mean(axis=0), evidence.std(axis=0) + np.float32(1e-3)
    inputs = (evidence - mean) / scale
    drawn = {
        "hidden": rng.normal(0, inputs.shape[1] ** -0.5, (inputs.shape[1], UNITS)),
        "hidden_bias": np.zeros(UNITS),
        "read_out": rng.normal(0, UNITS**-0.5, UNITS),
        "read_out_bias": np.zeros(1),
    }
    weights: Weights = {name: value.astype(np.float32) for name, value in drawn.items()}
    moments = {
        name: (np.zeros_like(value), np.zeros_like(value)) for name, value in weights.items()
    }
    batches = len(inputs) // BATCH
    for step in range(epochs * batches):
        if step % batches == 0:
            order = rng.permutation(len(inputs))
        chosen = order[step % batches * BATCH :][:BATCH]
        gradient = _gradient(weights, inputs[chosen], targets[chosen])
        rate = LEARNING_RATE * 0.5 * (1 + np.cos(np.pi * step / (epochs * batches)))
        for name, slope in gradient.items():
            first, second = moments[name]
            first += 0.1 * (slope - first)
            second += 0.01 * (np.square(slope) - second)
            first_hat = first / (1 - 0.9 ** (step + 1))
            second_hat = second / (1 - 0.99 ** (step + 1))
            weights[name] -= (rate * first_hat / (np.sqrt(second_hat) + 1e-8)).astype(np.float32)
    hidden = weights["hidden"] / scale[:, None]
    return {
        "hidden": hidden,
        "hidden_bias": weights["hidden_bias"] - mean @ hidden,
        "read_out": weights["read_out"],
        "read_out_bias": weights["read_out_bias"][0],
    }


def _gradient(weights: Weights, inputs: Float32s, targets: Float32s) -> Weights:
    hidden = np.tanh(inputs @ weights["hidden"] + weights["hidden_bias"])
    log_odds = hidden @ weights["read_out"] + weights["read_out_bias"]
    error = (0.5 * (1 + np.tanh(0.5 * log_odds)) - targets) / len(targets)
    before = error[:, None] * weights["read_out"] * (1 - np.square(hidden))
    return {
        "hidden": inputs.T @ before,
        "hidden_bias": before.sum(axis=0),
        "read_out": hidden.T @ error,
        "read_out_bias": error.sum(keepdims=True),
    }


def training_set(
    sounds: Sequence[Sung], noises: Mapping[str, Noise], rng: np.random.Generator
) -> tuple[Float32s, Float32s]:
    """Hear every lesson in several places; `SOUNDS_AT_ONCE` at a time, to fit a small machine."""
    evidence, targets = [np.empty((0, EVIDENCE), np.float32)], [np.empty(0, np.float32)]
    for _ in range(ROUNDS):
        for first in range(0, len(sounds), SOUNDS_AT_ONCE):
            heard = [heard_in(sung, noises, rng) for sung in sounds[first:][:SOUNDS_AT_ONCE]]
            seen, voiced = evidence_and_targets(heard)
            evidence.append(seen)
            targets.append(voiced)
    return np.concatenate(evidence), np.concatenate(targets)


def chosen_clips(clips: Sequence[Clip], rng: np.random.Generator) -> list[Clip]:
    """Some clips of each speaker who is not held out."""
    speakers = sorted({clip.speaker for clip in clips} - HELD_OUT_SPEAKERS)
    chosen: list[Clip] = []
    for speaker in speakers:
        said = [clip for clip in clips if clip.speaker == speaker]
        order = rng.permutation(len(said))[:CLIPS_PER_SPEAKER]
        chosen += [said[index] for index in order]
    return chosen


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of shared data")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="where to write them")
    given = parser.parse_args(arguments)
    rng = np.random.default_rng(given.seed)
    clips = chosen_clips(load_clips(given.data), rng)
    noises: dict[str, Noise] = {
        name: noise for name, noise in generated().items() if name in NOISES
    }
    noises["babble"] = babble([clip.samples for clip in clips])
    sounds = [*lessons(clips, rng), *made_voices(rng, MADE_VOICES)]
    evidence, targets = training_set(sounds, noises, rng)
    print(f"{len(targets)} frames of {len(clips)} clips, {targets.mean():.0%} voiced", flush=True)
    weights = train(evidence, targets, epochs=given.epochs, seed=given.seed)
    np.savez(given.weights, allow_pickle=False, **weights)
    print(f"{sum(value.size for value in weights.values())} weights in {given.weights}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
