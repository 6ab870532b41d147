from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.acoustic.acoustic_model import WordPosition, open_acoustic_model
from models.card import ModelAbsent
from tests.models.acoustic.samples import acoustic_model


def test_the_installed_model_is_the_one_it_should_be() -> None:
    model = acoustic_model()
    assert len(model.speech_phones) == 39
    assert model.definition.senone_count == 5126
    assert model.precision_terms.shape == (3, 27, 42 * 128)


def test_terms_give_the_log_of_a_gaussian() -> None:
    terms = acoustic_model().precision_terms[0, :, 7].astype(np.float64)
    variance = -0.5 / terms[13:26]
    mean = terms[:13] * variance
    x = mean + 1.0
    by_terms = np.concatenate([x, x**2, [1.0]]) @ terms
    by_definition = -0.5 * np.sum(np.log(2 * np.pi * variance) + (x - mean) ** 2 / variance)
    assert by_terms == pytest.approx(by_definition, abs=1e-3)


def test_a_phone_in_context_has_senones_of_its_own_phone() -> None:
    model = acoustic_model()
    senones = model.senones_in_context("AE", "K", "T", WordPosition.INTERNAL)
    assert senones.tolist() != model.senones("AE").tolist()
    assert set(model.senone_codebook[senones]) == {model.phone_numbers["AE"]}


def test_an_unseen_context_falls_back_to_the_phone_alone() -> None:
    model = acoustic_model()
    unseen = model.senones_in_context("ZH", "ZH", "ZH", WordPosition.SINGLE)
    assert unseen.tolist() == model.senones("ZH").tolist()


def test_staying_and_going_on_are_all_that_can_happen() -> None:
    stay, leave = acoustic_model().transition_logs("AE")
    assert np.exp(stay) + np.exp(leave) == pytest.approx(np.ones(3), abs=1e-6)


def test_a_missing_model_is_absent(tmp_path: Path) -> None:
    with pytest.raises(ModelAbsent, match="cannot be read"):
        open_acoustic_model(tmp_path)


@pytest.mark.parametrize("name", ["mdef", "means", "sendump"])
def test_a_spoilt_file_makes_the_model_absent(tmp_path: Path, name: str) -> None:
    from models.acoustic.acoustic_model import model_folder

    for file in (model_folder() / "en-us").iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / name).write_bytes((tmp_path / name).read_bytes()[:1000])
    with pytest.raises(ModelAbsent, match="cannot be read"):
        open_acoustic_model(tmp_path)
