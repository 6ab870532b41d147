"""The measures of a model on a corpus, from estimates to one table of numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.card import least_confidence
from models.emotion.categories import CATEGORIES, HIGH_AROUSAL, placement_table
from models.emotion.estimate import EmotionEstimate, EmotionModel
from models.emotion.judging import BaselineKind, DescribedClip, judge_speaker
from models.emotion.measures import (
    concordance,
    expected_calibration_error,
    unweighted_average_recall,
)

Labels = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
# The model that may judge a speaker: one that has never heard them.
ModelFor = Callable[[str], EmotionModel]

FOUR = ("anger", "happiness", "neutral", "sadness")
ABSTAINED = -1


@dataclass(frozen=True, slots=True)
class Judged:
    """A corpus and what a model made of it.

    Attributes
    ----------
    truth : intp, shape (n,)
        Index into `CATEGORIES`.
    speaker : str array, shape (n,)
    probabilities : float64, shape (n, 7)
        Zero where the model abstained.
    affect : float64, shape (n, 2)
        Arousal and valence; NaN where it abstained.
    high_arousal_above : float
    min_confidence : float
    """

    truth: Labels
    speaker: npt.NDArray[np.str_]
    probabilities: Floats
    affect: Floats
    high_arousal_above: float
    min_confidence: float

    @property
    def is_answered(self) -> Flags:
        """Whether the model said anything at all."""
        return np.asarray(self.probabilities.sum(axis=1) > 0)

    def among(self, categories: Sequence[str]) -> Labels:
        """The likeliest of some categories; `ABSTAINED` where the model abstained."""
        columns = np.array([CATEGORIES.index(name) for name in categories])
        likeliest = columns[self.probabilities[:, columns].argmax(axis=1)]
        return np.where(self.is_answered, likeliest, ABSTAINED)


def judge_corpus(model_for: ModelFor, clips: Sequence[DescribedClip], kind: BaselineKind) -> Judged:
    """Judge all speakers of a corpus."""
    speakers = np.array([clip.clip.speaker for clip in clips])
    estimates: list[EmotionEstimate] = [EmotionEstimate()] * len(clips)
    for speaker in np.unique(speakers):
        theirs = np.flatnonzero(speakers == speaker)
        judged = judge_speaker(model_for(str(speaker)), [clips[i] for i in theirs.tolist()], kind)
        for index, estimate in zip(theirs.tolist(), judged, strict=True):
            estimates[index] = estimate
    card = model_for(str(speakers[0])).card
    is_stranger = kind == "none" and bool(card.input.baseline)
    return Judged(
        truth=np.array([CATEGORIES.index(clip.clip.category or "") for clip in clips], np.intp),
        speaker=speakers,
        probabilities=np.array(
            [
                [estimate.probabilities.get(name, 0.0) for name in CATEGORIES]
                for estimate in estimates
            ]
        ),
        affect=np.array([[_or_nan(e.arousal), _or_nan(e.valence)] for e in estimates]),
        high_arousal_above=card.high_arousal_above,
        min_confidence=least_confidence(card, is_stranger=is_stranger),
    )


def measure(judged: Judged) -> dict[str, float]:
    """All measures of one pass over a corpus; an abstention counts as wrong.

    The model is asked to choose among the corpus's own categories; `uar_4` is over the four that
    most corpora share, where the corpus has them all. High arousal is anger, fear and happiness.
    """
    present = [name for i, name in enumerate(CATEGORIES) if (judged.truth == i).any()]
    estimate = judged.among(present)
    by_speaker = [
        unweighted_average_recall(judged.truth[theirs], estimate[theirs])
        for theirs in (judged.speaker == speaker for speaker in np.unique(judged.speaker))
    ]
    measures = {
        "clips": float(len(judged.truth)),
        "answered": float(judged.is_answered.mean()),
        "uar": unweighted_average_recall(judged.truth, estimate),
        "uar_speaker_mean": float(np.mean(by_speaker)),
        "uar_speaker_sd": float(np.std(by_speaker)),
        "uar_speaker_lowest": float(np.min(by_speaker)),
        **_arousal(judged),
        **_affect(judged),
        **_calibration(judged),
    }
    if set(FOUR) <= set(present):
        measures["uar_4"] = _recall_among(judged, FOUR)
    for index, name in enumerate(CATEGORIES):
        if name in present:
            measures[f"recall_{name}"] = float((estimate[judged.truth == index] == index).mean())
    return measures


def _recall_among(judged: Judged, categories: Sequence[str]) -> float:
    asked = np.isin(judged.truth, [CATEGORIES.index(name) for name in categories])
    return unweighted_average_recall(judged.truth[asked], judged.among(categories)[asked])


def _arousal(judged: Judged) -> dict[str, float]:
    """Recall of the two halves; disgust, which lies between them, once in and once left out."""
    high = np.isin(judged.truth, [CATEGORIES.index(name) for name in HIGH_AROUSAL])
    if high.all() or not high.any():
        return {}
    heard = np.where(judged.affect[:, 0] > judged.high_arousal_above, 1, 0)
    heard = np.where(judged.is_answered, heard, ABSTAINED).astype(np.intp)
    clear = judged.truth != CATEGORIES.index("disgust")
    truth = high.astype(np.intp)
    return {
        "arousal_uar": unweighted_average_recall(truth, heard),
        "arousal_uar_without_disgust": unweighted_average_recall(truth[clear], heard[clear]),
    }


def _affect(judged: Judged) -> dict[str, float]:
    """Concordance with the published places of the categories."""
    answered = judged.is_answered & ~np.isnan(judged.affect).any(axis=1)
    if not answered.any():
        return {}
    truth = placement_table()[judged.truth[answered]].astype(np.float64)
    heard = judged.affect[answered]
    error = np.abs(heard - truth)
    return {
        "arousal_ccc": concordance(truth[:, 0], heard[:, 0]),
        "valence_ccc": concordance(truth[:, 1], heard[:, 1]),
        "arousal_error_80": float(np.percentile(error[:, 0], 80)),
        "valence_error_80": float(np.percentile(error[:, 1], 80)),
    }


def _calibration(judged: Judged) -> dict[str, float]:
    answered = judged.is_answered
    if not answered.any():
        return {}
    confidence = judged.probabilities[answered].max(axis=1)
    is_right = judged.probabilities[answered].argmax(axis=1) == judged.truth[answered]
    sure = confidence >= judged.min_confidence
    return {
        "ece": expected_calibration_error(confidence, is_right),
        "labelled": float(sure.mean()),
        "accuracy_of_labels": float(is_right[sure].mean()) if sure.any() else 0.0,
    }


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value
