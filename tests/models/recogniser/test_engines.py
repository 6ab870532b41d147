"""Engines that are not there say what is missing and what to do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.recogniser.engines import ENGINES
from models.recogniser.pocketsphinx_engine import PocketsphinxRecogniser
from models.recogniser.port import RecogniserAbsentError, RecogniserBusyError, recognise
from rehearsal_server.audio_files import read_mono
from tests.shared_data import shared_data

NEED_A_MODEL = [name for name in ENGINES if name != "pocketsphinx"]


def test_the_default_needs_no_model() -> None:
    assert ENGINES["pocketsphinx"].absence(None) is None


@pytest.mark.parametrize("name", NEED_A_MODEL)
@pytest.mark.parametrize("model", [None, Path("/nowhere/at/all")])
def test_without_a_model_an_engine_says_where_to_get_one(name: str, model: Path | None) -> None:
    absence = ENGINES[name].absence(model)
    assert absence is not None
    assert "REHEARSAL_RECOGNISER_MODEL" in absence or "pip install" in absence
    with pytest.raises(RecogniserAbsentError, match=r"https://|pip install"):
        ENGINES[name].load(model)


@pytest.mark.parametrize("name", NEED_A_MODEL)
def test_a_folder_with_something_else_is_refused(name: str, tmp_path: Path) -> None:
    pytest.importorskip(name.replace("-", "_"), reason=f"{name} is not installed")
    for part in ("encoder.onnx", "decoder.onnx", "joiner.onnx", "tokens.txt"):
        (tmp_path / part).write_text("nonsense 0\n")
    with pytest.raises(RecogniserAbsentError, match=tmp_path.name):
        ENGINES[name].load(tmp_path)


def test_a_full_pool_refuses_an_utterance_and_serves_it_once_there_is_room() -> None:
    recogniser = PocketsphinxRecogniser(max_decoders=1)
    silence = np.zeros(1600, np.int16)
    one, other = recogniser.open(), recogniser.open()
    one.accept(silence)
    with pytest.raises(RecogniserBusyError, match="1 utterances"):
        other.accept(silence)
    one.finish()
    other.accept(silence)
    assert other.finish().words == ()


def test_the_default_understands_clean_reading() -> None:
    recording = read_mono(shared_data("austen") / "0880.flac", 16_000)
    samples = (recording * 32_767).astype("int16")
    heard = recognise(ENGINES["pocketsphinx"].load(None), samples).text.split()
    assert {"he", "was", "not", "an", "young", "man"} <= set(heard)
