"""`python -m models.emotion.evaluate --data DIR --model CARD --json`: how good a model is."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dsp.clock import ANALYSIS_RATE_HZ
from models.card import ModelAbsent, ModelCard
from models.emotion.baseline import Baseline
from models.emotion.conditions import CONDITIONS, hear_under
from models.emotion.corpus import Clip, Corpus, CorpusError, read_corpus
from models.emotion.estimate import EmotionEstimate, EmotionModel, EmotionWindow
from models.emotion.evaluation import ModelFor, judge_corpus, measure
from models.emotion.judging import BASELINES, DescribedClip, describe_clips
from models.emotion.opening import open_emotion_model, open_held_out
from models.emotion.training.materials import Samples, read_materials
from models.emotion.training.other_sounds import MAKERS, make_sounds

Report = dict[str, Any]

CALIBRATION_S = 60.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Evaluate a model and print the measures; 2 if the data or the model cannot be used."""
    options = _parser().parse_args(arguments)
    try:
        report = evaluate(
            options.data, options.model, options.materials or options.data.parent, options.only
        )
    except (CorpusError, ModelAbsent) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(json.dumps(report, indent=2) if options.json else _as_text(report))
    return 0


def evaluate(data: Path, card_path: Path, materials_root: Path, only: Sequence[str] = ()) -> Report:
    """Measure a model on a corpus, under changed channels, on neutral speech and other sounds.

    A speaker whom the model was trained on is judged by the model that was trained without them;
    without such models on the training data there is no honest figure, and this says so.

    Parameters
    ----------
    data : Path
        A folder with a manifest.
    card_path : Path
        The model's card.
    materials_root : Path
        Where rooms, noises, neutral speech and other sounds lie; see `training.materials`.
    only : sequence of str
        Parts to do: ``corpus``, ``channels``, ``neutral_speech``, ``neutral_channels``,
        ``other_sounds``; all if empty.

    Raises
    ------
    CorpusError, ModelAbsent
    """
    model = open_emotion_model(card_path)
    corpus = read_corpus(data)
    model_for, protocol = choose_models(model, card_path, corpus)
    materials = read_materials(materials_root, "evaluation")
    parts: dict[str, Any] = {
        "corpus": lambda: on_corpus(model_for, describe_clips(corpus.clips)),
        "channels": lambda: {
            name: on_corpus(
                model_for, describe_clips(corpus.clips, hear_under(name, corpus.clips, materials))
            )
            for name in CONDITIONS
        },
        "neutral_speech": lambda: on_neutral_speech(model, describe_clips(materials.speech)),
        "neutral_channels": lambda: {
            name: on_neutral_speech(
                model,
                describe_clips(materials.speech, hear_under(name, materials.speech, materials)),
            )
            for name in CONDITIONS
        },
        "other_sounds": lambda: on_other_sounds(model, materials.sounds),
    }
    return {
        "model": f"{model.card.name} {model.card.version}",
        "data": str(data),
        "protocol": protocol,
        "left_out_labels": corpus.unknown_labels,
        **{name: part() for name, part in parts.items() if name in only or not only},
    }


def choose_models(model: EmotionModel, card_path: Path, corpus: Corpus) -> tuple[ModelFor, str]:
    """Find for each speaker of a corpus a model that has never heard them."""
    trained_on = {source.fingerprint for source in model.card.data if source.fingerprint}
    if corpus.fingerprint not in trained_on:
        return (lambda speaker: model), "unseen corpus"
    held_out = open_held_out(card_path)
    missing = set(corpus.speakers) - set(held_out)
    if missing:
        raise ModelAbsent(
            f"{model.card.name} was trained on this corpus, and no model without the speakers "
            f"{', '.join(sorted(missing))} is there to judge them"
        )
    return held_out.__getitem__, "leave one speaker out"


def on_corpus(model_for: ModelFor, clips: Sequence[DescribedClip]) -> Report:
    """Measure with each kind of baseline."""
    return {kind: _rounded(measure(judge_corpus(model_for, clips, kind))) for kind in BASELINES}


def on_neutral_speech(model: EmotionModel, clips: Sequence[DescribedClip]) -> Report:
    """What read speech of strangers is called: unknown, after a calibration, and as they go on.

    The calibration is the speaker's first pieces, up to `CALIBRATION_S` of them, learnt as neutral;
    without it the baseline is learnt from the same pieces as from a rehearsal. Judged are the rest.
    Told are the shares of the labels, and mean and standard deviation of the arousal, which should
    be near nothing, with the share of it that would count as high.
    """
    heard: dict[str, list[EmotionEstimate]] = {"unknown": [], "calibrated": [], "rehearsed": []}
    for speaker in sorted({clip.clip.speaker for clip in clips}):
        theirs = [clip for clip in clips if clip.clip.speaker == speaker]
        first, rest = _split(theirs)
        for name, baseline in (
            ("unknown", None),
            ("calibrated", _learnt_from(model, first, neutral=True)),
            ("rehearsed", _learnt_from(model, first, neutral=False)),
        ):
            heard[name] += model.predict([clip.window(baseline) for clip in rest])
    told = {kind: _told(estimates, model.card) for kind, estimates in heard.items()}
    return {"clips": float(len(heard["unknown"])), **told}


def _split(clips: list[DescribedClip]) -> tuple[list[DescribedClip], list[DescribedClip]]:
    """The first pieces, of at most `CALIBRATION_S` and at most half of them, and the rest."""
    ends_s = np.cumsum([len(clip.samples) for clip in clips]) / ANALYSIS_RATE_HZ
    count = min(int(np.searchsorted(ends_s, CALIBRATION_S)), len(clips) // 2)
    return clips[:count], clips[count:]


def _learnt_from(model: EmotionModel, clips: Sequence[DescribedClip], *, neutral: bool) -> Baseline:
    baseline = Baseline.unknown(model.card.sha256, len(model.card.input.features))
    for clip in clips:
        residuals = model.predict([clip.window(baseline)])[0].residuals
        if residuals is not None:
            baseline = baseline.learn(residuals, neutral=neutral)
    return baseline


def _told(estimates: Sequence[EmotionEstimate], card: ModelCard) -> dict[str, float]:
    if not estimates:
        return {}
    labels = [estimate.label or "none" for estimate in estimates]
    names, counts = np.unique(labels, return_counts=True)
    shares = dict(zip(names.tolist(), (counts / len(labels)).tolist(), strict=True))
    angry_or_sad = shares.get("anger", 0.0) + shares.get("sadness", 0.0)
    arousal = np.array([e.arousal for e in estimates if e.arousal is not None])
    if len(arousal):
        shares["arousal_mean"] = float(arousal.mean())
        shares["arousal_sd"] = float(arousal.std())
        shares["arousal_high"] = float((arousal > card.high_arousal_above).mean())
    return _rounded({"angry_or_sad": angry_or_sad, **shares})


def on_other_sounds(model: EmotionModel, sounds: Sequence[Samples]) -> Report:
    """How often the model abstains from what is not speech."""
    groups = {"recorded": list(sounds), "silence": [np.zeros(48_000, np.float32)]}
    made = make_sounds(100, 3.0, np.random.default_rng(2024))
    for number, maker in enumerate(MAKERS):
        groups[maker.__name__] = made[number :: len(MAKERS)]
    return _rounded({name: _abstained(model, group) for name, group in groups.items() if group})


def _abstained(model: EmotionModel, sounds: Sequence[Samples]) -> float:
    clips = [Clip(str(i), "", None, sound) for i, sound in enumerate(sounds)]
    windows = [EmotionWindow(c.descriptors, None, c.samples) for c in describe_clips(clips)]
    return float(np.mean([e.abstained is not None for e in model.predict(windows)]))


def _rounded(measures: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in measures.items()}


def _as_text(report: Report, indent: str = "") -> str:
    lines = []
    for name, value in report.items():
        if isinstance(value, dict):
            lines += [f"{indent}{name}:", _as_text(value, indent + "  ")]
        else:
            lines.append(f"{indent}{name}: {value}")
    return "\n".join(lines)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m models.emotion.evaluate", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with manifest.csv")
    parser.add_argument("--model", type=Path, required=True, help="the ONNX file or its card")
    parser.add_argument("--materials", type=Path, help="default: beside DATA")
    parser.add_argument("--only", action="append", default=[], help="a part; may be repeated")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main())
