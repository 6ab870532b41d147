from __future__ import annotations

import numpy as np

from models.acoustic.acoustic_model import distinct_senones
from models.acoustic.front_end import FEATURES
from models.acoustic.scoring import SenoneScorer
from tests.models.acoustic.samples import acoustic_model

SENONES = distinct_senones([acoustic_model().senones(phone) for phone in ("AE", "S", "SIL")])


def _frames(count: int) -> np.ndarray:
    rng = np.random.default_rng(1)
    return (5 * rng.standard_normal((count, FEATURES))).astype(np.float32)


def test_a_frame_scores_the_same_in_any_company() -> None:
    scorer, frames = SenoneScorer(acoustic_model(), SENONES), _frames(41)
    together = scorer.score(frames)
    alone = np.concatenate([scorer.score(frame[None]) for frame in frames])
    assert np.array_equal(together, alone)


def test_columns_follow_the_senones_as_given() -> None:
    frames = _frames(5)
    straight = SenoneScorer(acoustic_model(), SENONES).score(frames)
    reverse = SenoneScorer(acoustic_model(), SENONES[::-1].copy()).score(frames)
    assert np.allclose(straight, reverse[:, ::-1], atol=1e-3)


def test_scores_are_the_mixtures_of_the_definition() -> None:
    model, frames = acoustic_model(), _frames(3)
    found = SenoneScorer(model, SENONES).score(frames)
    expected = np.zeros_like(found, dtype=np.float64)
    for stream in range(model.streams):
        part = frames.reshape(3, model.streams, -1)[:, stream].astype(np.float64)
        inputs = np.concatenate([part, part**2, np.ones((3, 1))], axis=1)
        logs = inputs @ model.precision_terms[stream]
        logs -= logs.max(axis=1, keepdims=True)
        densities = np.exp(logs).reshape(3, model.codebooks, model.densities)
        own = densities[:, model.senone_codebook[SENONES]]
        mixed = np.einsum("fsd,sd->fs", own, model.weights[stream, SENONES])
        expected += np.log(np.maximum(mixed, 1e-12))
    assert np.allclose(found, expected, atol=0.02)
