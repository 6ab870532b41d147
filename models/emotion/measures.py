"""How good estimates are, in the terms of the field."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Labels = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]

# A loss of UAR that is worth a threshold that fits milder speech.
NEARLY_BEST = 0.02


def unweighted_average_recall(truth: Labels, estimate: Labels) -> float:
    """Mean over the categories of the share of each that was recognised (UAR).

    Parameters
    ----------
    truth, estimate : intp, shape (n,)
        An estimate of -1 (abstained) is never right.

    Raises
    ------
    ValueError
        There is nothing to judge.
    """
    if not len(truth):
        raise ValueError("no labelled clips: nothing to judge")
    return float(np.mean([(estimate[truth == c] == c).mean() for c in np.unique(truth)]))


def expected_calibration_error(
    confidence: Floats, is_right: npt.NDArray[np.bool_], *, bins: int = 10
) -> float:
    """Mean gap between confidence and accuracy over bins of equal width (Guo et al. 2017).

    Parameters
    ----------
    confidence : float64, shape (n,), 0 to 1
    is_right : bool, shape (n,)
    """
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [
        (which == b).mean() * abs(confidence[which == b].mean() - is_right[which == b].mean())
        for b in np.unique(which)
    ]
    return float(np.sum(gaps))


def concordance(truth: Floats, estimate: Floats) -> float:
    """Concordance correlation coefficient (Lin 1989): 1 only if the estimates *are* the truth."""
    covariance = np.mean((truth - truth.mean()) * (estimate - estimate.mean()))
    spread = truth.var() + estimate.var() + (truth.mean() - estimate.mean()) ** 2
    return float(2 * covariance / spread) if spread > 0 else 0.0


def best_temperature(probabilities: Floats, truth: Labels) -> float:
    """The temperature that makes probabilities likeliest, from 0.3 to 4 (Guo et al. 2017)."""
    logits = np.log(np.maximum(probabilities, 1e-9))
    candidates = np.geomspace(0.3, 4, 60)
    return float(min(candidates, key=lambda t: _mean_surprise(logits / t, truth)))


def _mean_surprise(logits: Floats, truth: Labels) -> float:
    largest = logits.max(axis=1, keepdims=True)
    normaliser = largest[:, 0] + np.log(np.exp(logits - largest).sum(axis=1))
    return float(np.mean(normaliser - logits[np.arange(len(truth)), truth]))


def low_threshold(values: Floats, is_high: npt.NDArray[np.bool_]) -> float:
    """The lowest threshold, from -0.4 to 0.6, that tells high from low nearly as well as the best.

    The lowest, because acted emotion is stronger than any other: what is measured on it would
    overlook milder speech.
    """
    truth = is_high.astype(np.intp)

    def recall(threshold: float) -> float:
        return unweighted_average_recall(truth, (values > threshold).astype(np.intp))

    candidates = np.round(np.arange(-0.4, 0.601, 0.02), 2)
    recalls = np.array([recall(float(candidate)) for candidate in candidates])
    return float(candidates[recalls >= recalls.max() - NEARLY_BEST][0])
