"""Tiny ONNX models made on the spot, with their cards."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from models.card import (
    CategoryOutput,
    ModelCard,
    ModelInput,
    ModelOutputs,
    ScalarOutput,
    write_card,
)

LOUDNESS_CATEGORIES = ("neutral", "anger")


def loudness_model() -> bytes:
    """A waveform model: the louder the window, the angrier and the more aroused (0 to 1)."""
    gain = numpy_helper.from_array(np.array([-40.0, 40.0], np.float32), "gain")
    shift = numpy_helper.from_array(np.array([2.0, -2.0], np.float32), "shift")
    nodes = [
        helper.make_node("Abs", ["samples"], ["magnitude"]),
        helper.make_node("ReduceMean", ["magnitude"], ["loudness"], keepdims=1, axes=[1]),
        helper.make_node("Mul", ["loudness", "gain"], ["scaled"]),
        helper.make_node("Add", ["scaled", "shift"], ["logits"]),
    ]
    graph = helper.make_graph(
        nodes,
        "loudness",
        [helper.make_tensor_value_info("samples", TensorProto.FLOAT, ["windows", "time"])],
        [
            helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["windows", 2]),
            helper.make_tensor_value_info("loudness", TensorProto.FLOAT, ["windows", 1]),
        ],
        [gain, shift],
    )
    opset = [helper.make_opsetid("", 13)]
    return bytes(helper.make_model(graph, opset_imports=opset, ir_version=10).SerializeToString())


def loudness_card(content: bytes) -> ModelCard:
    return ModelCard(
        name="loudness",
        version="0",
        task="emotion",
        file="loudness.onnx",
        sha256=hashlib.sha256(content).hexdigest(),
        licence="MIT",
        summary="Takes loud for angry.",
        input=ModelInput(kind="waveform", name="samples"),
        outputs=ModelOutputs(
            categories=CategoryOutput(
                name="logits", categories=LOUDNESS_CATEGORIES, scale="logits"
            ),
            arousal=ScalarOutput(name="loudness", low=0.0, high=0.2),
        ),
        min_window_ms=500,
        max_window_ms=3000,
    )


def write_loudness_model(folder: Path) -> Path:
    """Write the model and its card; the card's path."""
    content = loudness_model()
    (folder / "loudness.onnx").write_bytes(content)
    write_card(loudness_card(content), folder / "loudness.json")
    return folder / "loudness.json"
