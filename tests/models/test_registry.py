"""What every emotion model promises, ours and a user's; and what an absent one says."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import msgspec
import numpy as np
import pytest

from models.card import least_confidence, read_card, write_card
from models.emotion.analysis import describe_recordings
from models.emotion.estimate import Abstention, EmotionModel, EmotionWindow
from models.emotion.opening import BUILT_IN_CARD, open_emotion_model
from models.registry import ModelRegistry
from tests.models.graphs import write_loudness_model
from tests.models.voices import voice


@pytest.fixture(params=["built in", "waveform"])
def model(request: pytest.FixtureRequest, tmp_path: Path) -> EmotionModel:
    card = BUILT_IN_CARD if request.param == "built in" else write_loudness_model(tmp_path)
    return open_emotion_model(card)


def window(seconds: float = 2.0, *, level_dbfs: float = -20.0, seed: int = 0) -> EmotionWindow:
    samples = voice(seconds, level_dbfs=level_dbfs, seed=seed)
    return EmotionWindow(describe_recordings([samples])[0], None, samples)


def test_answers_as_many_as_it_is_asked_in_their_order(model: EmotionModel) -> None:
    windows = [window(1.5 + 0.3 * number, seed=number) for number in range(5)]
    together = model.predict(windows)
    assert len(together) == 5
    for asked, answered in zip(windows, together, strict=True):
        alone = model.predict([asked])[0]
        assert alone.abstained == answered.abstained
        assert alone.probabilities == pytest.approx(answered.probabilities, abs=1e-5)


def test_probabilities_sum_to_one_and_confidence_is_the_largest(model: EmotionModel) -> None:
    for estimate in model.predict([window(seed=number) for number in range(4)]):
        if estimate.abstained is None:
            assert sum(estimate.probabilities.values()) == pytest.approx(1, abs=1e-5)
            assert estimate.confidence == max(estimate.probabilities.values())
            least = least_confidence(model.card, is_stranger=True)
            assert (estimate.label is None) == (estimate.confidence < least)
            assert estimate.arousal is not None
            assert -1 <= estimate.arousal <= 1


def test_abstains_from_what_is_too_short_and_from_silence(model: EmotionModel) -> None:
    silence = np.zeros(32_000, np.float32)
    quiet = EmotionWindow(describe_recordings([silence])[0], None, silence)
    answers = model.predict([window(0.4), quiet])
    assert answers[0].abstained is Abstention.TOO_SHORT
    assert answers[1].abstained in (Abstention.TOO_LITTLE_VOICE, Abstention.NOT_SPEECH)


def test_empty_batch_is_answered_with_nothing(model: EmotionModel) -> None:
    assert model.predict([]) == []


def test_users_waveform_model_is_read_as_its_card_says(tmp_path: Path) -> None:
    model = open_emotion_model(write_loudness_model(tmp_path))
    soft, loud = model.predict([window(level_dbfs=-40), window(level_dbfs=-14)])
    assert (soft.label, loud.label) == ("neutral", "anger")
    assert soft.arousal is not None
    assert loud.arousal is not None
    assert soft.arousal < -0.8 < 0 < loud.arousal
    assert loud.valence is None
    assert loud.residuals is None


def test_waveform_model_without_samples_is_a_mistake_of_the_caller(tmp_path: Path) -> None:
    model = open_emotion_model(write_loudness_model(tmp_path))
    with pytest.raises(ValueError, match="windows lack samples"):
        model.predict([EmotionWindow(window().descriptors)])


def test_registry_opens_ours_by_default() -> None:
    registry = ModelRegistry()
    assert registry.emotion is not None
    (status,) = registry.statuses()
    assert (status.task, status.available) == ("emotion", True)
    assert status.detail.startswith("rehearsal-emotion")


def absent_reason(card: Path, caplog: pytest.LogCaptureFixture) -> str:
    with caplog.at_level(logging.ERROR):
        registry = ModelRegistry({"emotion": card})
    assert registry.emotion is None
    (status,) = registry.statuses()
    assert not status.available
    assert status.detail in caplog.text
    return status.detail


def test_registry_names_a_file_of_another_hash(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    card = write_loudness_model(tmp_path)
    with (tmp_path / "loudness.onnx").open("ab") as stream:
        stream.write(b"\0")
    assert "hashes to" in absent_reason(card, caplog)


def test_registry_names_a_missing_card(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert "gone.json cannot be read" in absent_reason(tmp_path / "gone.json", caplog)


def test_registry_names_outputs_that_the_graph_lacks(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = write_loudness_model(tmp_path)
    card = read_card(path)
    assert card.outputs.arousal is not None
    arousal = msgspec.structs.replace(card.outputs.arousal, name="excitement")
    outputs = msgspec.structs.replace(card.outputs, arousal=arousal)
    write_card(msgspec.structs.replace(card, outputs=outputs), path)
    assert "the output excitement; the graph has logits, loudness" in absent_reason(path, caplog)


def test_registry_names_a_model_of_other_features(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    card = read_card(BUILT_IN_CARD)
    shutil.copy(BUILT_IN_CARD.parent / card.file, tmp_path)
    fewer = msgspec.structs.replace(card.input, features=card.input.features[1:])
    write_card(msgspec.structs.replace(card, input=fewer), tmp_path / "card.json")
    assert "train it again" in absent_reason(tmp_path / "card.json", caplog)


def test_registry_refuses_a_task_that_does_not_exist() -> None:
    with pytest.raises(ValueError, match="no task named telepathy"):
        ModelRegistry({"telepathy": Path("x.json")})
