"""From features to a trained model, ready to be exported."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from models.emotion.categories import NEUTRAL
from models.emotion.training.losses import N_EMOTION_OUTPUTS, emotion_gradient, speech_gradient
from models.emotion.training.network import Committee, TrainingSettings, train_committee
from models.emotion.training.sampling import (
    EmotionBatches,
    ReadSpeech,
    SpeechBatches,
    Variation,
)
from models.emotion.training.separation import Standard, separate
from models.emotion.training.training_set import HeardClips

Float32s = npt.NDArray[np.float32]

# Speech and other sounds lie so far apart that one small network tells them.
SPEECH_SETTINGS = TrainingSettings(members=1, hidden=24, hidden_dropout=0.2)


@dataclass(frozen=True, slots=True)
class FittedModel:
    """Everything that the exported graph is made of.

    Attributes
    ----------
    standard : Standard
    category_means : float32, shape (7, n_features)
        In standardised units, the speaker's offset taken out.
    emotion, speech : Committee
    """

    standard: Standard
    category_means: Float32s
    emotion: Committee
    speech: Committee


def fit(
    heard: HeardClips,
    speech: HeardClips | None,
    sounds: Float32s,
    *,
    seed: int,
    settings: TrainingSettings | None = None,
    variation: Variation | None = None,
) -> FittedModel:
    """Train a model.

    Parameters
    ----------
    heard : HeardClips
        Labelled clips.
    speech : HeardClips or None
        Unlabelled read speech of other speakers.
    sounds : float32, shape (n, n_features)
        What is not speech.
    seed : int
    settings : TrainingSettings, optional
    variation : Variation, optional
    """
    settings = settings or TrainingSettings()
    standard = Standard.of(heard.values)
    separation = separate(standard.apply(heard.values), heard)
    width = heard.values.shape[-1]
    batches = EmotionBatches(
        heard,
        separation,
        _take_apart(speech, standard, separation.category_means[NEUTRAL]),
        settings.batch,
        variation or Variation(),
    )
    emotion = train_committee(
        batches,
        emotion_gradient,
        width=width,
        n_outputs=N_EMOTION_OUTPUTS,
        settings=settings,
        seed=seed,
    )
    detector = train_committee(
        SpeechBatches(_all_speech(heard, speech, standard), standard.apply(sounds), 256),
        speech_gradient,
        width=width,
        n_outputs=1,
        settings=replace(SPEECH_SETTINGS, steps=settings.steps),
        seed=seed,
    )
    return FittedModel(standard, separation.category_means, emotion, detector)


def without_speaker(heard: HeardClips, left_out: str) -> HeardClips:
    """The clips of everybody else."""
    kept = heard.speaker != heard.speakers.index(left_out)
    speakers = tuple(speaker for speaker in heard.speakers if speaker != left_out)
    renumbered = np.array([speakers.index(heard.speakers[i]) for i in heard.speaker[kept]], np.intp)
    return replace(
        heard,
        values=heard.values[:, :, kept],
        speaker=renumbered,
        category=heard.category[kept],
        speakers=speakers,
    )


def _take_apart(speech: HeardClips | None, standard: Standard, neutral: Float32s) -> ReadSpeech:
    if speech is None:
        nothing = np.zeros((0, len(standard.mean)), np.float32)
        return ReadSpeech(nothing, nothing)
    values = standard.apply(speech.values)
    means = np.empty_like(values)
    for index in range(len(speech.speakers)):
        theirs = speech.speaker == index
        means[:, :, theirs] = values[:, :, theirs].mean(axis=2, keepdims=True)
    width = values.shape[-1]
    return ReadSpeech((values - means).reshape(-1, width), (means - neutral).reshape(-1, width))


def _all_speech(heard: HeardClips, speech: HeardClips | None, standard: Standard) -> Float32s:
    parts = [heard.values] if speech is None else [heard.values, speech.values]
    return np.concatenate(
        [standard.apply(values).reshape(-1, values.shape[-1]) for values in parts]
    )
