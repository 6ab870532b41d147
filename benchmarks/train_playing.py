"""Train the network of `dsp.playing`; writes its weights where the detector finds them.

    python -m benchmarks.train_playing --data ../shared/data

The music is made by FluidSynth (see `benchmarks.general_midi`); no recording of an instrument is
heard here, and none of the speakers and noises that `benchmarks.playing` judges by.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.general_midi import SynthesiserAbsentError, render_phrases
from benchmarks.labelled_speech import HELD_OUT_SPEAKERS, LABEL_SAMPLES, load_clips
from benchmarks.music_scenes import Material, MusicScene, Take, draw_scene, noises_of
from benchmarks.recurrent_training import TrainingSettings, train
from dsp.clock import ANALYSIS_RATE_HZ, HOP_SAMPLES
from dsp.descriptors import SpectralDescriptors
from dsp.playing.evidence import EVIDENCE, PlayingEvidence
from dsp.spectrum import ShortTimeSpectrum

WEIGHTS = Path(__file__).parents[1] / "dsp" / "playing" / "weights.npz"
SCENE_SECONDS = 20.0
SCENES_AT_ONCE = 100
PHRASES_PER_PROGRAM = 3
PHRASE_SECONDS = 14.0
LABELS_PER_HOP = HOP_SAMPLES // LABEL_SAMPLES

Float32s = npt.NDArray[np.float32]


def render_takes(rng: np.random.Generator, phrases_per_program: int) -> dict[str, list[Take]]:
    """Takes of every General MIDI instrument, by instrument."""
    takes: dict[str, list[Take]] = defaultdict(list)
    for phrase in render_phrases(
        rng, phrases_per_program=phrases_per_program, seconds=PHRASE_SECONDS
    ):
        name = f"program {phrase.program}"
        if (take := Take.of(name, phrase.samples)) is not None:
            takes[name].append(take)
    return dict(takes)


def evidence_of(streams: Sequence[Float32s]) -> Float32s:
    """Run the kernels before the network over streams of one length.

    Returns
    -------
    float32, shape (n_hops, n_streams, EVIDENCE)
    """
    spectrum = ShortTimeSpectrum(len(streams))
    descriptors = SpectralDescriptors(len(streams))
    evidence = PlayingEvidence(len(streams))
    hops = np.stack([samples.reshape(-1, HOP_SAMPLES) for samples in streams], axis=1)
    slots = np.arange(len(streams))
    found = np.empty((*hops.shape[:2], EVIDENCE), np.float32)
    for index, hop in enumerate(hops):
        power = spectrum.step(slots, hop).power
        described = descriptors.step(slots, power)
        position = np.full(len(streams), (index + 1) * HOP_SAMPLES)
        found[index] = evidence.step(slots, position, power, described)
    return found


def labels_of(scenes: Sequence[MusicScene]) -> tuple[Float32s, Float32s]:
    """Share of each hop that is playing, and how much it counts; (n_hops, n_scenes) each."""

    def by_hop(labels: list[npt.NDArray[np.bool_]]) -> npt.NDArray[np.bool_]:
        return np.stack(labels, axis=1).reshape(-1, LABELS_PER_HOP, len(scenes))

    playing = by_hop([scene.is_playing for scene in scenes]).mean(axis=1)
    certain = by_hop([scene.is_certain for scene in scenes]).all(axis=1)
    return np.asarray(playing, np.float32), np.asarray(certain, np.float32)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of shared data")
    parser.add_argument("--scenes", type=int, default=3000)
    parser.add_argument("--phrases", type=int, default=PHRASES_PER_PROGRAM, help="per instrument")
    parser.add_argument("--epochs", type=int, default=16)
    parser.add_argument("--units", type=int, default=32)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="where to write them")
    chosen = parser.parse_args(arguments)
    rng = np.random.default_rng(chosen.seed)
    try:
        takes = render_takes(rng, chosen.phrases)
    except SynthesiserAbsentError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    clips = [
        clip
        for clip in load_clips(chosen.data)
        if clip.speaker not in HELD_OUT_SPEAKERS and len(clip.samples) > ANALYSIS_RATE_HZ
    ]
    material = Material(takes, clips, noises_of(chosen.data, clips, held_out=False))
    settings = TrainingSettings(
        units=chosen.units, epochs=chosen.epochs, batch=50, seed=chosen.seed
    )
    weights = train_weights(rng, material, chosen.scenes, settings)
    halves = {name: value.astype(np.float16) for name, value in weights.items()}
    np.savez(chosen.weights, allow_pickle=False, **halves)
    print(f"{sum(value.size for value in weights.values())} weights in {chosen.weights}")
    return 0


def train_weights(
    rng: np.random.Generator, material: Material, n_scenes: int, settings: TrainingSettings
) -> dict[str, npt.NDArray[np.floating]]:
    """Draw scenes, hear them and train; the arrays of `dsp.vad.network.GatedWeights`."""
    evidence, targets, counts = [], [], []
    # A batch at a time: the audio of all scenes would not fit a small machine.
    for first in range(0, n_scenes, SCENES_AT_ONCE):
        n_drawn = min(SCENES_AT_ONCE, n_scenes - first)
        scenes = [draw_scene(rng, material, SCENE_SECONDS) for _ in range(n_drawn)]
        evidence.append(evidence_of([scene.samples for scene in scenes]))
        playing, counting = labels_of(scenes)
        targets.append(playing)
        counts.append(counting)
    inputs = np.concatenate(evidence, axis=1)
    mean = inputs.mean(axis=(0, 1))
    scale = inputs.std(axis=(0, 1)) + np.float32(1e-3)
    parameters = train(
        (inputs - mean) / scale,
        np.concatenate(targets, axis=1),
        np.concatenate(counts, axis=1),
        settings,
        lambda epoch, loss: print(f"epoch {epoch + 1}: loss {loss:.4f}", flush=True),
    )
    return {"mean": mean, "scale": scale, **parameters}


if __name__ == "__main__":
    sys.exit(main())
