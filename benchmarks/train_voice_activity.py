"""Train the network of `dsp.vad`; writes its weights where the detector finds them.

    python -m benchmarks.train_voice_activity --data ../shared/data

Speakers of `HELD_OUT_SPEAKERS` and every second recording of noise and music are never heard here;
`benchmarks.voice_activity` judges by them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.labelled_speech import HELD_OUT_SPEAKERS, LABEL_SAMPLES, Clip, load_clips
from benchmarks.noises import Noise, babble, generated, read_recordings, recorded
from benchmarks.recurrent_training import TrainingSettings, train
from benchmarks.speech_in_noise import (
    Scene,
    heard_otherwise,
    mix,
    noise_alone,
    speech_with_pauses,
)
from dsp.clock import HOP_SAMPLES
from dsp.descriptors import SpectralDescriptors
from dsp.spectrum import ShortTimeSpectrum
from dsp.vad.evidence import EVIDENCE, SpeechEvidence

WEIGHTS = Path(__file__).parents[1] / "dsp" / "vad" / "weights.npz"
SCENE_SECONDS = 10.0
SNRS_DB = (20, 15, 10, 5, 0, -3)
LEVELS_DBFS = (-48.0, -12.0)
NOISE_ALONE_SHARE = 0.2
# What is heard most often is what rooms have, and what is hardest.
NOISE_WEIGHTS = {"quiet": 4, "babble": 6, "music": 3, "surroundings": 3, "white": 2, "pink": 2}
SCENES_AT_ONCE = 100
ONSET_HOPS = 3
ONSET_WEIGHT = 3.0
UNITS = 40
DENSE_UNITS = 40
LABELS_PER_HOP = HOP_SAMPLES // LABEL_SAMPLES


def noises_of(data: Path, clips: Sequence[Clip], *, held_out: bool) -> dict[str, Noise]:
    """Every kind of noise, made from one half of the recordings.

    Parameters
    ----------
    data : Path
        The folder of shared data.
    clips : sequence of Clip
        Whose speakers babble.
    held_out : bool
        Which half of the music and noise recordings.
    """
    half = slice(int(held_out), None, 2)
    speeds = (1.0, 1.0) if held_out else (0.6, 1.7)
    guitar = read_recordings(sorted((data / "guitar").glob("*.flac"))[half], min_seconds=2)
    around = [
        path
        for path in sorted((data / "noise").glob("*.flac"))
        if not any(word in path.stem for word in ("rir", "impulse", "silent", "p286"))
    ]
    return {
        **generated(),
        "babble": babble([clip.samples for clip in clips], most_talkers=8 if held_out else 16),
        "music": recorded(guitar, at_once=2, speeds=speeds),
        "surroundings": recorded(read_recordings(around[half]), at_once=1, speeds=speeds),
    }


def training_scenes(
    rng: np.random.Generator, clips: Sequence[Clip], noises: dict[str, Noise], count: int
) -> list[Scene]:
    """Draw scenes of all kinds, levels, rooms and ratios."""
    kinds = ["quiet", *noises]
    weights = np.array([NOISE_WEIGHTS.get(kind, 1) for kind in kinds], np.float64)
    scenes = []
    for kind in rng.choice(kinds, count, p=weights / weights.sum()):
        noise = noises.get(str(kind))
        level_dbfs = float(rng.uniform(*LEVELS_DBFS))
        if noise is not None and rng.random() < NOISE_ALONE_SHARE:
            scenes.append(noise_alone(rng, noise, SCENE_SECONDS, level_dbfs=level_dbfs))
            continue
        speech, is_speech = speech_with_pauses(rng, clips, SCENE_SECONDS)
        scene = mix(
            rng,
            heard_otherwise(rng, speech),
            is_speech,
            noise,
            snr_db=float(rng.choice(SNRS_DB)),
            level_dbfs=level_dbfs,
            room_tone=bool(rng.random() < 0.9),
        )
        scenes.append(scene)
    return scenes


def evidence_of(scenes: Sequence[Scene]) -> npt.NDArray[np.float32]:
    """Run the kernels before the network over scenes of one length.

    Returns
    -------
    float32, shape (n_hops, n_scenes, EVIDENCE)
    """
    spectrum = ShortTimeSpectrum(len(scenes))
    descriptors = SpectralDescriptors(len(scenes))
    evidence = SpeechEvidence(len(scenes))
    hops = np.stack([scene.samples.reshape(-1, HOP_SAMPLES) for scene in scenes], axis=1)
    slots = np.arange(len(scenes))
    found = np.empty((*hops.shape[:2], EVIDENCE), np.float32)
    for index, hop in enumerate(hops):
        described = descriptors.step(slots, spectrum.step(slots, hop).power)
        position = np.full(len(scenes), (index + 1) * HOP_SAMPLES)
        found[index] = evidence.step(slots, position, described)
    return found


def targets_of(scenes: Sequence[Scene]) -> npt.NDArray[np.float32]:
    """Share of each hop that is speech; float32, shape (n_hops, n_scenes)."""
    labels = np.stack([scene.is_speech for scene in scenes], axis=1)
    per_hop = labels.reshape(-1, LABELS_PER_HOP, len(scenes))
    return np.asarray(per_hop.mean(axis=1), np.float32)


def weights_of(targets: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """How much each hop counts: the first ones of speech more, since a late onset is felt."""
    speaking = targets > 0
    silent_before = np.pad(~speaking, ((ONSET_HOPS, 0), (0, 0)))
    recently_silent = np.any(
        [silent_before[i : i + len(speaking)] for i in range(ONSET_HOPS)], axis=0
    )
    return np.where(speaking & recently_silent, ONSET_WEIGHT, 1.0).astype(np.float32)


def training_set(
    rng: np.random.Generator, clips: Sequence[Clip], noises: dict[str, Noise], count: int
) -> tuple[npt.NDArray[np.float16], npt.NDArray[np.float32]]:
    """Draw scenes and keep only what training needs of them: evidence and targets."""
    # A batch at a time, and halves: the audio of all scenes would not fit a small machine.
    evidence, targets = [], []
    for first in range(0, count, SCENES_AT_ONCE):
        scenes = training_scenes(rng, clips, noises, min(SCENES_AT_ONCE, count - first))
        evidence.append(evidence_of(scenes).astype(np.float16))
        targets.append(targets_of(scenes))
    return np.concatenate(evidence, axis=1), np.concatenate(targets, axis=1)


def train_weights(
    inputs: npt.NDArray[np.float16], targets: npt.NDArray[np.float32], settings: TrainingSettings
) -> dict[str, npt.NDArray[np.floating]]:
    """Train on a training set; the arrays of `dsp.vad.network.GatedWeights`."""
    some = inputs[:, ::10].astype(np.float32)
    mean, scale = some.mean(axis=(0, 1)), some.std(axis=(0, 1)) + np.float32(1e-3)
    for hop in inputs:  # one at a time, in place: twice the set would be too much
        hop[:] = (hop - mean) / scale
    parameters = train(
        inputs,
        targets,
        weights_of(targets),
        settings,
        lambda epoch, loss: print(f"epoch {epoch + 1}: loss {loss:.4f}", flush=True),
    )
    return {"mean": mean, "scale": scale, **parameters}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of shared data")
    parser.add_argument("--scenes", type=int, default=4000)
    parser.add_argument("--epochs", type=int, default=16)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="where to write them")
    chosen = parser.parse_args(arguments)
    clips = [c for c in load_clips(chosen.data) if c.speaker not in HELD_OUT_SPEAKERS]
    noises = noises_of(chosen.data, clips, held_out=False)
    rng = np.random.default_rng(chosen.seed)
    inputs, targets = training_set(rng, clips, noises, chosen.scenes)
    weights = train_weights(
        inputs,
        targets,
        TrainingSettings(
            units=UNITS, dense_units=DENSE_UNITS, epochs=chosen.epochs, seed=chosen.seed
        ),
    )
    halves = {name: value.astype(np.float16) for name, value in weights.items()}
    np.savez(chosen.weights, allow_pickle=False, **halves)
    print(f"{sum(value.size for value in weights.values())} weights in {chosen.weights}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
