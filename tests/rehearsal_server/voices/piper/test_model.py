from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from rehearsal_server.voices.piper.model import Cancellation, PiperModel, PiperModelError
from tests.rehearsal_server.voices.tiny_piper_voice import (
    FRAMES_PER_ID,
    HOP_SAMPLES,
    SAMPLE_RATE,
    write_voice,
)

IDS = [1, 0, 12, 0, 13, 0, 2]


def load(path: Path) -> PiperModel:
    return PiperModel(path, threads=1)


def test_a_voice_speaks_as_long_as_its_ids(tmp_path: Path) -> None:
    model = load(write_voice(tmp_path))
    speech = model.speak(IDS, speaker=0, rate=1.0, cancellation=Cancellation())
    assert len(speech.samples) == len(IDS) * FRAMES_PER_ID * HOP_SAMPLES
    assert np.abs(speech.samples).max() == pytest.approx(0.3, abs=0.01)
    assert speech.id_samples is None
    assert model.config.audio.sample_rate == SAMPLE_RATE
    assert model.voices == {"hum": 0}


def test_a_slower_rate_makes_it_longer(tmp_path: Path) -> None:
    model = load(write_voice(tmp_path))
    speech = model.speak(IDS, speaker=0, rate=0.5, cancellation=Cancellation())
    assert len(speech.samples) == 2 * len(IDS) * FRAMES_PER_ID * HOP_SAMPLES


def test_a_voice_with_alignments_tells_them(tmp_path: Path) -> None:
    model = load(write_voice(tmp_path, aligned=True))
    speech = model.speak(IDS, speaker=0, rate=1.0, cancellation=Cancellation())
    assert speech.id_samples is not None
    assert speech.id_samples.tolist() == [FRAMES_PER_ID * HOP_SAMPLES] * len(IDS)


def test_each_speaker_is_a_voice(tmp_path: Path) -> None:
    model = load(write_voice(tmp_path, speakers=3))
    assert model.voices == {"hum#p0": 0, "hum#p1": 1, "hum#p2": 2}
    peaks = [
        np.abs(model.speak(IDS, speaker=n, rate=1.0, cancellation=Cancellation()).samples).max()
        for n in range(3)
    ]
    assert peaks == sorted(set(peaks))


def test_a_cancelled_run_ends_with_an_error(tmp_path: Path) -> None:
    model = load(write_voice(tmp_path))
    cancellation = Cancellation()
    cancellation.cancel()
    with pytest.raises(PiperModelError, match="failed on a passage"):
        model.speak(IDS, speaker=0, rate=1.0, cancellation=cancellation)
    assert len(model.speak(IDS, speaker=0, rate=1.0, cancellation=Cancellation()).samples)


def test_the_version_is_that_of_the_model_file(tmp_path: Path) -> None:
    one, other = tmp_path / "1", tmp_path / "2"
    for directory in (one, other):
        directory.mkdir()
    assert load(write_voice(one)).version == load(write_voice(other)).version
    assert load(write_voice(other, aligned=True)).version != load(write_voice(one)).version


def test_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(PiperModelError, match=r"cannot read hum\.onnx\.json: No such file"):
        load(tmp_path / "hum.onnx")
    path = write_voice(tmp_path)
    path.unlink()
    with pytest.raises(PiperModelError, match=r"cannot read hum\.onnx: No such file"):
        load(path)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"phoneme_type": "pinyin"}, "pinyin"),
        ({"audio": {}}, "sample_rate"),
        ({"phoneme_id_map": {"_": [0], "^": [1]}}, r"no phoneme id for '\$'"),
        ({"phoneme_id_map": {"_": 0}}, "phoneme_id_map"),
    ],
)
def test_a_configuration_that_does_not_fit_is_refused(
    tmp_path: Path, change: dict[str, object], reason: str
) -> None:
    path = write_voice(tmp_path)
    file = path.with_name("hum.onnx.json")
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    with pytest.raises(PiperModelError, match=reason):
        load(path)


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    path = write_voice(tmp_path)
    path.write_bytes(b"RIFF")
    with pytest.raises(PiperModelError, match=r"hum\.onnx is not a model that can be loaded"):
        load(path)


def test_another_kind_of_model_is_refused(tmp_path: Path) -> None:
    path = write_voice(tmp_path)
    onnx = pytest.importorskip("onnx")
    model = onnx.load(path)
    model.graph.input[1].name = "lengths"
    onnx.save(model, path)
    with pytest.raises(PiperModelError, match="no Piper voice: no input 'input_lengths'"):
        load(path)
