"""How well a detector's scores agree with labels of speech."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import stats

from benchmarks.labelled_speech import LABEL_SAMPLES, Labels
from dsp.clock import ANALYSIS_RATE_HZ

Scores = npt.NDArray[np.floating] | npt.NDArray[np.integer] | Labels

FRAME_SAMPLES = 512  # 32 ms
# An onset found this long before its label is that onset, not a false one.
EARLIEST_ONSET_MS = 200.0


def roc_auc(scores: Scores, is_speech: Labels) -> float | None:
    """Chance that a frame of speech scores above one that is none, ties counting half.

    Parameters
    ----------
    scores : shape (n_frames,)
    is_speech : bool, shape (n_frames,)

    Returns
    -------
    float or None
        None where there is only one kind of frame.
    """
    n_speech = int(is_speech.sum())
    n_other = len(is_speech) - n_speech
    if not n_speech or not n_other:
        return None
    rank_sum = float(stats.rankdata(scores)[is_speech].sum())
    return (rank_sum - n_speech * (n_speech + 1) / 2) / (n_speech * n_other)


def frame_labels(is_speech: Labels) -> Labels:
    """Labels of 10 ms as those of whole 32 ms frames, by majority."""
    per_sample = np.repeat(is_speech, LABEL_SAMPLES)
    whole = len(per_sample) // FRAME_SAMPLES * FRAME_SAMPLES
    shares = per_sample[:whole].reshape(-1, FRAME_SAMPLES).mean(axis=1)
    return np.asarray(shares >= 0.5, np.bool_)


def frame_scores(scores: Scores, step_samples: int, n_frames: int) -> Scores:
    """Scores of 32 ms frames: what was said of the step in which each frame's middle lies.

    Parameters
    ----------
    scores : shape (n_steps,)
        What the detector said at the end of each step.
    step_samples : int
    n_frames : int
    """
    middles = np.arange(n_frames) * FRAME_SAMPLES + FRAME_SAMPLES // 2
    return scores[np.minimum(middles // step_samples, len(scores) - 1)]


def onset_delays_ms(is_speech: Labels, speaking: Labels, step_samples: int) -> list[float]:
    """How long after each labelled onset speech was decided on; infinite where it was missed.

    Parameters
    ----------
    is_speech : bool, shape (n_labels,)
    speaking : bool, shape (n_steps,)
        The decision at the end of each step.
    step_samples : int

    Returns
    -------
    list of float
        Onsets at which a decision for speech already stood are left out: nothing was decided.
    """
    delays = []
    for start, end in _runs(is_speech):
        before = int((start - EARLIEST_ONSET_MS / 1000 * ANALYSIS_RATE_HZ) // step_samples)
        if before >= 0 and speaking[min(before, len(speaking) - 1)]:
            continue
        steps = speaking[max(0, before) : end // step_samples + 1]
        if not steps.any():
            delays.append(float("inf"))
            continue
        decided = (max(0, before) + int(steps.argmax()) + 1) * step_samples
        delays.append(_ms(decided - start))
    return delays


def offset_delays_ms(is_speech: Labels, speaking: Labels, step_samples: int) -> list[float]:
    """How long after each labelled offset its end was decided on, the hangover included.

    Offsets whose speech was never found, or before whose decision speech went on, are left out.
    """
    delays = []
    runs = _runs(is_speech)
    next_starts = [*(start for start, _ in runs), len(is_speech) * LABEL_SAMPLES][1:]
    for (start, end), next_start in zip(runs, next_starts, strict=True):
        if not speaking[start // step_samples : end // step_samples].any():
            continue
        silent = ~speaking[end // step_samples : next_start // step_samples]
        if silent.any():
            delays.append(
                _ms((end // step_samples + int(silent.argmax()) + 1) * step_samples - end)
            )
    return delays


def _runs(is_speech: Labels) -> list[tuple[int, int]]:
    """``[start, end)`` of each run of speech, in samples."""
    edges = np.diff(is_speech.astype(np.int8), prepend=0, append=0)
    starts = np.flatnonzero(edges == 1) * LABEL_SAMPLES
    ends = np.flatnonzero(edges == -1) * LABEL_SAMPLES
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def _ms(samples: int) -> float:
    return 1000 * samples / ANALYSIS_RATE_HZ


def percentile(values: Sequence[float], rank: float) -> float | None:
    """Percentile that bears infinities; None of nothing."""
    if not values:
        return None
    return float(np.percentile(values, rank, method="lower"))
