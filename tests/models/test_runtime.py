"""A file is loaded only if it is the one that its card speaks of."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from models.card import ModelAbsent
from models.runtime import OnnxModel
from tests.models.graphs import loudness_model


def write(folder: Path, content: bytes) -> tuple[Path, str]:
    path = folder / "model.onnx"
    path.write_bytes(content)
    return path, hashlib.sha256(content).hexdigest()


def test_runs_a_batch_and_names_its_outputs(tmp_path: Path) -> None:
    path, sha256 = write(tmp_path, loudness_model())
    model = OnnxModel(path, sha256=sha256)
    assert model.inputs == {"samples": (None, None)}
    outputs = model.run({"samples": np.full((3, 160), 0.1, np.float32)})
    assert set(outputs) == {"logits", "loudness"}
    np.testing.assert_allclose(outputs["loudness"], np.full((3, 1), 0.1), rtol=1e-5)


def test_wrong_hash_is_refused_before_loading(tmp_path: Path) -> None:
    path, _ = write(tmp_path, loudness_model())
    with pytest.raises(ModelAbsent, match=r"model\.onnx hashes to .* its card says 0000"):
        OnnxModel(path, sha256="0" * 64)


def test_corrupt_file_is_named(tmp_path: Path) -> None:
    path, sha256 = write(tmp_path, loudness_model()[:100])
    with pytest.raises(ModelAbsent, match=r"model\.onnx is no loadable ONNX graph"):
        OnnxModel(path, sha256=sha256)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelAbsent, match=r"gone\.onnx cannot be read: No such file"):
        OnnxModel(tmp_path / "gone.onnx", sha256="0" * 64)
