"""`python -m models.emotion.train --data DIR --out FILE`: train the emotion model.

Writes the ONNX file, its card (`.json` and, for people, `.md`) and, for each speaker, the model
that was trained without them: the card's figures rest on those, and can be checked at any time.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from models.card import (
    CategoryOutput,
    HeldOutModel,
    ModelCard,
    ModelInput,
    ModelOutputs,
    ResidualOutputs,
    ScalarOutput,
    Source,
    write_card,
)
from models.emotion.categories import CATEGORIES, HIGH_AROUSAL
from models.emotion.conditions import hear_under
from models.emotion.corpus import Corpus, CorpusError, read_corpus
from models.emotion.evaluate import Report, evaluate
from models.emotion.evaluation import Judged, judge_corpus
from models.emotion.functionals import MAX_HOPS, feature_names
from models.emotion.judging import BASELINES, describe_clips
from models.emotion.measures import best_temperature, low_threshold
from models.emotion.opening import open_held_out
from models.emotion.training import graph
from models.emotion.training.card_text import card_text
from models.emotion.training.fitting import FittedModel, fit, without_speaker
from models.emotion.training.materials import Materials, read_materials
from models.emotion.training.network import TrainingSettings
from models.emotion.training.training_set import HeardClips, hear_clips, hear_sounds

MADE_SOUNDS_PER_CHANNEL = 30
SOUND_CHANNELS = 4
SPEECH_CHANNELS = 4
MIN_CONFIDENCE = 0.5
# Of a stranger's neutral reading every seventh piece would be called angry or sad at 0.5.
MIN_CONFIDENCE_STRANGER = 0.7

LIMITS = (
    "Acted German of a few actors and ten sentences is all the labelled speech it has seen. In "
    "another language or in unacted speech expect less than the figures above.",
    "It hears a voice, never a person: an estimate says how a stretch of speech comes across.",
    "Without a baseline of the speaker an unusual voice or microphone is taken for expression.",
    "Valence is heard far less well than arousal; happiness and anger are the likeliest to be "
    "mixed up, then disgust with its neighbours.",
    "Whispering has no pitch and is abstained from; so are less than 0.4 s of voice.",
    "Level plays no part: loud and near sound alike to it.",
)


@dataclass(frozen=True, slots=True)
class Heard:
    """All that is trained on, as features."""

    labelled: HeardClips
    speech: HeardClips | None
    sounds: graph.Float32s


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, measure and write; 2 if the data cannot be used."""
    options = _parser().parse_args(arguments)
    try:
        corpus = read_corpus(options.data)
        check_trainable(corpus)
    except CorpusError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    root = options.materials or options.data.parent
    materials = read_materials(root, "training")
    heard = hear_everything(corpus, materials, options.channels, options.seed)
    settings = TrainingSettings(steps=options.steps)
    models = fit_all(heard, settings, options.seed)
    card = describe(options.out, corpus, materials, options.version)
    card = write_models(models, card, options.out, temperature=1.0)
    temperature, threshold = calibrate(corpus, options.out, materials)
    card = msgspec.structs.replace(card, high_arousal_above=threshold)
    card = write_models(models, card, options.out, temperature=temperature)
    report = evaluate(options.data, options.out, root)
    card = msgspec.structs.replace(card, measures=flatten(report))
    write_card(card, options.out.with_suffix(".json"))
    options.out.with_suffix(".md").write_text(card_text(card), encoding="utf-8")
    print(card_text(card))
    return 0


def check_trainable(corpus: Corpus) -> None:
    """Refuse a corpus of which a model without one speaker could not be trained.

    Raises
    ------
    CorpusError
        A category is spoken by fewer than two speakers, or a speaker has no neutral clip.
    """
    spoken = {(clip.category, clip.speaker) for clip in corpus.clips}
    for category in CATEGORIES:
        if sum(name == category for name, _ in spoken) < 2:
            raise CorpusError(f"training needs {category} from at least two speakers")
    for speaker in corpus.speakers:
        if ("neutral", speaker) not in spoken:
            raise CorpusError(f"training needs a neutral clip of speaker {speaker}")


def hear_everything(corpus: Corpus, materials: Materials, n_channels: int, seed: int) -> Heard:
    """Compute all features; this takes most of the time."""
    labelled = hear_clips(corpus.clips, materials, n_channels=n_channels, seed=seed)
    _say(f"{len(corpus.clips)} clips through {n_channels} channels")
    speech = None
    if materials.speech:
        speech = hear_clips(materials.speech, materials, n_channels=SPEECH_CHANNELS, seed=seed + 1)
    _say(f"{len(materials.speech)} pieces of other speech")
    sounds = hear_sounds(
        materials.sounds,
        n_made=MADE_SOUNDS_PER_CHANNEL * n_channels,
        n_channels=SOUND_CHANNELS,
        seed=seed + 2,
    )
    _say(f"{len(sounds)} other sounds")
    return Heard(labelled, speech, sounds)


def fit_all(heard: Heard, settings: TrainingSettings, seed: int) -> dict[str, FittedModel]:
    """The model of everybody under the name "", and for each speaker the one without them."""

    def fitted(labelled: HeardClips) -> FittedModel:
        return fit(labelled, heard.speech, heard.sounds, seed=seed, settings=settings)

    models = {"": fitted(heard.labelled)}
    for speaker in heard.labelled.speakers:
        models[speaker] = fitted(without_speaker(heard.labelled, speaker))
        _say(f"trained without speaker {speaker}")
    return models


def write_models(
    models: dict[str, FittedModel], card: ModelCard, out: Path, *, temperature: float
) -> ModelCard:
    """Write the graphs and the card; give the card with their hashes."""
    out.parent.mkdir(parents=True, exist_ok=True)
    held_out, main_sha256 = [], ""
    for speaker, model in models.items():
        path = out.with_name(f"{out.stem}-without-{speaker}{out.suffix}") if speaker else out
        content = graph.export(model, temperature=temperature)
        path.write_bytes(content)
        sha256 = hashlib.sha256(content).hexdigest()
        if speaker:
            held_out.append(HeldOutModel(speaker=speaker, file=path.name, sha256=sha256))
        else:
            main_sha256 = sha256
    card = msgspec.structs.replace(card, sha256=main_sha256, held_out=tuple(held_out))
    write_card(card, out.with_suffix(".json"))
    return card


def calibrate(corpus: Corpus, model: Path, materials: Materials) -> tuple[float, float]:
    """Temperature and arousal threshold, on speakers that the models have never heard.

    Over clean and changed channels and all kinds of baseline, so that the confidence is right on
    average over what a user may bring.
    """
    held_out = open_held_out(model)
    judged: list[Judged] = []
    for clips in (
        describe_clips(corpus.clips),
        describe_clips(corpus.clips, hear_under("drawn", corpus.clips, materials, seed=7)),
    ):
        judged += [judge_corpus(held_out.__getitem__, clips, kind) for kind in BASELINES]
    probabilities = np.concatenate([one.probabilities[one.is_answered] for one in judged])
    truth = np.concatenate([one.truth[one.is_answered] for one in judged])
    arousal = np.concatenate([one.affect[one.is_answered, 0] for one in judged])
    high = np.isin(truth, [CATEGORIES.index(name) for name in HIGH_AROUSAL])
    return best_temperature(probabilities, truth), low_threshold(arousal, high)


def describe(out: Path, corpus: Corpus, materials: Materials, version: str) -> ModelCard:
    """The card without its hashes and measures."""
    return ModelCard(
        name="rehearsal-emotion",
        version=version,
        task="emotion",
        file=out.name,
        sha256="0" * 64,
        licence="MIT",
        summary="How a stretch of speech comes across: seven categories, arousal and valence, "
        "relative to the speaker's own baseline. Window functionals into a committee of small "
        "networks.",
        input=ModelInput(
            kind="features", name=graph.FEATURES, features=feature_names(), baseline=graph.BASELINE
        ),
        outputs=ModelOutputs(
            categories=CategoryOutput(name=graph.PROBABILITIES, categories=CATEGORIES),
            arousal=ScalarOutput(name=graph.AFFECT, column=0),
            valence=ScalarOutput(name=graph.AFFECT, column=1),
            speech=ScalarOutput(name=graph.SPEECH, low=0.0, high=1.0),
            residuals=ResidualOutputs(expressive=graph.RESIDUAL, neutral=graph.NEUTRAL_RESIDUAL),
        ),
        min_window_ms=1000,
        max_window_ms=MAX_HOPS * 20,
        min_confidence=MIN_CONFIDENCE,
        min_confidence_stranger=MIN_CONFIDENCE_STRANGER,
        data=_sources(corpus, materials),
        limits=LIMITS,
    )


def _sources(corpus: Corpus, materials: Materials) -> tuple[Source, ...]:
    labelled = Source(
        name=f"{len(corpus.clips)} labelled clips of {len(corpus.speakers)} speakers; Berlin "
        "Database of Emotional Speech (Burkhardt et al. 2005), republished by audEERING",
        licence="CC0-1.0",
        use="categories; arousal and valence from their published places",
        fingerprint=corpus.fingerprint,
    )
    read = Source(
        name=f"{len(materials.speech)} pieces of read English; half of the adult speakers of "
        "speechocean762 (Zhang et al. 2021), LJ Speech and LibriVox readings",
        licence="free for any use (speechocean762); public domain",
        use="how far words move the features; neutral speech",
    )
    sounds = Source(
        name=f"{len(materials.sounds)} pieces of guitar (cycfi/q) and noises and rooms "
        "(audiomentations), and made-up sounds",
        licence="Boost 1.0; MIT",
        use="what is not speech; noise and rooms behind speech",
    )
    used = ((True, labelled), (materials.speech, read), (materials.sounds, sounds))
    return tuple(source for present, source in used if present)


def flatten(report: Report, prefix: str = "") -> dict[str, float]:
    """Numbers of a nested report under dotted names."""
    flat: dict[str, float] = {}
    for name, value in report.items():
        if isinstance(value, dict):
            flat |= flatten(value, f"{prefix}{name}.")
        elif isinstance(value, float):
            flat[f"{prefix}{name}"] = value
    return flat


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m models.emotion.train", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with manifest.csv")
    parser.add_argument("--out", type=Path, required=True, help="ONNX file to write")
    parser.add_argument("--materials", type=Path, help="default: beside DATA")
    parser.add_argument("--channels", type=int, default=20, help="drawn for each speaker")
    parser.add_argument("--steps", type=int, default=TrainingSettings().steps, help="of training")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--version", default="1", help="goes into the card")
    return parser


if __name__ == "__main__":
    sys.exit(main())
