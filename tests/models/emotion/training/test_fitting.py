"""Separation, batches, fitting and export on a world whose truth is known."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from models.emotion.categories import CATEGORIES, NEUTRAL, placement_table
from models.emotion.training import graph
from models.emotion.training.fitting import fit, without_speaker
from models.emotion.training.losses import N_CATEGORIES, softmax
from models.emotion.training.network import TrainingSettings
from models.emotion.training.sampling import MAX_INPUT, EmotionBatches, ReadSpeech, Variation
from models.emotion.training.separation import Standard, separate
from models.emotion.training.training_set import HeardClips
from models.runtime import OnnxModel

WIDTH, N_CHANNELS, SPEAKERS = 12, 3, ("a", "b", "c", "d")
SETTINGS = TrainingSettings(members=2, hidden=8, steps=250, batch=64)


def make_world(seed: int = 0) -> tuple[HeardClips, np.ndarray, np.ndarray]:
    """Clips that are category mean + offset of speaker and channel + a little noise."""
    rng = np.random.default_rng(seed)
    means = 2 * rng.normal(size=(len(CATEGORIES), WIDTH))
    offsets = 3 * rng.normal(size=(N_CHANNELS, len(SPEAKERS), WIDTH))
    # Unevenly many of each category, as in any corpus.
    speaker, category = [], []
    for index in range(len(SPEAKERS)):
        for number in range(len(CATEGORIES)):
            count = int(rng.integers(2, 8))
            speaker += [index] * count
            category += [number] * count
    noise = 0.3 * rng.normal(size=(N_CHANNELS, 2, len(speaker), WIDTH))
    values = means[category] + offsets[:, None, speaker] + noise
    clips = HeardClips(values.astype(np.float32), np.array(speaker), np.array(category), SPEAKERS)
    return clips, means, offsets


WORLD, MEANS, OFFSETS = make_world()


def test_standard_ignores_what_was_not_measured() -> None:
    values = np.array([[1, np.nan], [3, 5]], np.float32)
    standard = Standard.of(values)
    assert standard.mean == pytest.approx([2, 5])
    assert standard.apply(values)[0] == pytest.approx([-1, 0], abs=1e-4)


def test_separation_finds_the_means_and_offsets_apart() -> None:
    separation = separate(WORLD.values, WORLD)
    differences = separation.category_means - separation.category_means[NEUTRAL]
    assert np.abs(differences - (MEANS - MEANS[NEUTRAL])).max() < 0.35
    offsets = separation.offsets - separation.offsets[0, 0]
    assert np.abs(offsets - (OFFSETS - OFFSETS[0, 0])).max() < 0.4


def batches(variation: Variation) -> EmotionBatches:
    nothing = np.zeros((0, WIDTH), np.float32)
    return EmotionBatches(
        WORLD, separate(WORLD.values, WORLD), ReadSpeech(nothing, nothing), 2000, variation
    )


def test_batches_hold_each_category_alike() -> None:
    rows, labels = batches(Variation())(np.random.default_rng(1))
    assert rows.shape == (2000, WIDTH)
    assert np.abs(rows).max() <= MAX_INPUT
    assert np.bincount(labels) == pytest.approx([2000 / 7] * 7, rel=0.25)


def test_unvaried_batches_are_the_clips_without_their_offsets() -> None:
    plain = Variation(
        fading_share=0, speech_share=0, unknown_share=0, least_known=1, offset_error=0
    )
    drawn = batches(plain)
    rows, labels = drawn(np.random.default_rng(1))
    means = drawn.separation.category_means[labels]
    assert np.abs(rows - np.clip(means, -MAX_INPUT, MAX_INPUT)).mean() < 0.3


def test_read_speech_takes_the_place_of_neutral_rows_only() -> None:
    far = np.full((1, WIDTH), 100.0, np.float32)
    drawn = batches(Variation(read_share=1.0, speech_share=0.0))
    with_speech = EmotionBatches(
        WORLD, drawn.separation, ReadSpeech(far, 0 * far), 500, drawn.variation
    )
    rows, labels = with_speech(np.random.default_rng(1))
    assert (rows[labels == NEUTRAL] == MAX_INPUT).all()
    assert not (rows[labels != NEUTRAL] == MAX_INPUT).all(axis=1).any()


def test_left_out_speaker_is_gone_and_the_others_stay() -> None:
    others = without_speaker(WORLD, "b")
    assert others.speakers == ("a", "c", "d")
    np.testing.assert_array_equal(others.values, WORLD.values[:, :, WORLD.speaker != 1])
    assert [others.speakers[i] for i in others.speaker] == [
        SPEAKERS[i] for i in WORLD.speaker if i != 1
    ]


def test_exported_graph_says_what_the_arrays_say_and_knows_a_left_out_speaker(
    tmp_path: Path,
) -> None:
    sounds = 8 + np.random.default_rng(2).normal(size=(50, WIDTH)).astype(np.float32)
    model = fit(without_speaker(WORLD, "d"), None, sounds, seed=1, settings=SETTINGS)
    content = graph.export(model, temperature=2.0)
    (tmp_path / "m.onnx").write_bytes(content)
    onnx = OnnxModel(tmp_path / "m.onnx", sha256=hashlib.sha256(content).hexdigest())
    theirs = WORLD.speaker == 3
    features = WORLD.values[0, 0, theirs]
    features[0, 0] = np.nan
    standardised = model.standard.apply(features)
    baseline = np.tile(
        (standardised - model.category_means[WORLD.category[theirs]]).mean(axis=0),
        (len(features), 1),
    ).astype(np.float32)
    said = onnx.run({graph.FEATURES: features, graph.BASELINE: baseline})
    relative = np.clip(standardised - baseline, -MAX_INPUT, MAX_INPUT)
    expected = softmax(model.emotion.outputs(relative)[:, :N_CATEGORIES] / np.float32(2))
    np.testing.assert_allclose(said[graph.PROBABILITIES], expected, atol=1e-4)
    weighted = expected * np.where(np.arange(N_CATEGORIES) == NEUTRAL, graph.NEUTRAL_WEIGHT, 1)
    shares = weighted / weighted.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(
        said[graph.RESIDUAL], standardised - shares @ model.category_means, atol=1e-3
    )
    affect = np.tanh(model.emotion.outputs(relative)[:, N_CATEGORIES:])
    np.testing.assert_allclose(
        said[graph.AFFECT], (affect + expected @ placement_table()) / 2, atol=1e-4
    )
    np.testing.assert_allclose(
        said[graph.NEUTRAL_RESIDUAL], standardised - model.category_means[NEUTRAL], atol=1e-5
    )
    assert (expected.argmax(axis=1) == WORLD.category[theirs]).mean() > 0.9
    assert said[graph.SPEECH].min() > 0.5
    other = onnx.run({graph.FEATURES: sounds, graph.BASELINE: np.zeros_like(sounds)})
    assert other[graph.SPEECH].max() < 0.5
