"""A corpus judged by a model, with no, a neutral or an adapted baseline of each speaker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from models.emotion.analysis import describe_recordings
from models.emotion.baseline import Baseline
from models.emotion.corpus import Clip, Samples
from models.emotion.estimate import EmotionEstimate, EmotionModel, EmotionWindow, Residuals

Float32s = npt.NDArray[np.float32]
BaselineKind = Literal["none", "neutral", "adapted"]
BASELINES: tuple[BaselineKind, ...] = ("none", "neutral", "adapted")

# Each round hears the speaker's other clips again with what the last one learnt.
_ADAPTATION_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class DescribedClip:
    """A clip as the model will see it."""

    clip: Clip
    descriptors: Float32s
    samples: Samples

    def window(self, baseline: Baseline | None = None) -> EmotionWindow:
        """Put the question about the whole clip."""
        offset = baseline.offset if baseline is not None else None
        return EmotionWindow(self.descriptors, offset, self.samples)


def describe_clips(
    clips: Sequence[Clip], heard_as: Sequence[Samples] | None = None
) -> list[DescribedClip]:
    """Describe clips, or what was heard of them through a channel."""
    recordings = [clip.samples for clip in clips] if heard_as is None else heard_as
    return [
        DescribedClip(clip, rows, samples)
        for clip, rows, samples in zip(
            clips, describe_recordings(recordings), recordings, strict=True
        )
    ]


def judge_speaker(
    model: EmotionModel, clips: Sequence[DescribedClip], kind: BaselineKind
) -> list[EmotionEstimate]:
    """Judge every clip of one speaker, never with a baseline that the clip itself went into.

    Parameters
    ----------
    model : EmotionModel
    clips : sequence of DescribedClip
        All of one speaker.
    kind : {"none", "neutral", "adapted"}
        ``none``: as a speaker never heard. ``neutral``: the baseline is learnt from the speaker's
        *other* clips that are labelled neutral, as in a calibration. ``adapted``: then from the
        other clips as well, without their labels, as over a rehearsal.
    """
    if kind == "none" or not model.card.input.baseline:
        return model.predict([clip.window() for clip in clips])
    neutral = [clip.clip.category == "neutral" for clip in clips]
    heard = _residuals(model, [clip.window() for clip in clips])
    baselines = _without_own(model, heard, neutral, only_neutral=True)
    if kind == "adapted":
        for _ in range(_ADAPTATION_ROUNDS):
            heard = _residuals(model, [c.window(b) for c, b in zip(clips, baselines, strict=True)])
            baselines = _without_own(model, heard, neutral, only_neutral=False)
    return model.predict([c.window(b) for c, b in zip(clips, baselines, strict=True)])


def _residuals(model: EmotionModel, windows: Sequence[EmotionWindow]) -> list[Residuals | None]:
    return [estimate.residuals for estimate in model.predict(windows)]


def _without_own(
    model: EmotionModel,
    heard: Sequence[Residuals | None],
    neutral: Sequence[bool],
    *,
    only_neutral: bool,
) -> list[Baseline]:
    """For each clip the baseline learnt from all the others."""
    width = len(model.card.input.features)
    baselines = []
    for own in range(len(heard)):
        baseline = Baseline.unknown(model.card.sha256, width)
        for index, residuals in enumerate(heard):
            usable = neutral[index] or not only_neutral
            if residuals is not None and index != own and usable:
                baseline = baseline.learn(residuals, neutral=neutral[index])
        baselines.append(baseline)
    return baselines
