"""A voice with Piper's inputs and outputs and next to no training: it hums."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SAMPLE_RATE = 16_000
HOP_SAMPLES = 256
FRAMES_PER_ID = 2
_HUM_CYCLES_PER_FRAME = 3


def write_voice(directory: Path, *, speakers: int = 1, aligned: bool = False) -> Path:
    """Write ``hum.onnx`` and its configuration; returns the path of the model.

    Each id lasts ``FRAMES_PER_ID`` frames times the length scale: a hum, or silence for padding
    and punctuation. Speakers differ in loudness.
    """
    path = directory / "hum.onnx"
    onnx.save(_model(speakers, aligned), path)
    config = {
        "audio": {"sample_rate": SAMPLE_RATE, "quality": "test"},
        "espeak": {"voice": "en-us"},
        "inference": {"noise_scale": 0.667, "length_scale": 1, "noise_w": 0.8},
        "phoneme_type": "espeak",
        "phoneme_id_map": _ID_MAP,
        "num_symbols": len(_ID_MAP),
        "num_speakers": speakers,
        "speaker_id_map": {f"p{number}": number for number in range(speakers)}
        if speakers > 1
        else {},
        "hop_length": HOP_SAMPLES,
    }
    path.with_name("hum.onnx.json").write_text(json.dumps(config))
    return path


_ID_MAP = {
    symbol: [number]
    for number, symbol in enumerate("_^$ .,;:!?abcdefhijklmnopstuvwzæðŋɐɑɔəɚɛɜɡɪɫɹɾʃʊʌʒˈˌːθᵻɬ")
}


def _model(speakers: int, aligned: bool) -> onnx.ModelProto:
    """Frames of each id = ceil(length scale x FRAMES_PER_ID); each frame is one hop of hum."""
    nodes = [
        helper.make_node("Gather", ["scales", "one"], ["length_scale"], axis=0),
        helper.make_node("Mul", ["length_scale", "frames_per_id"], ["frames_each"]),
        helper.make_node("Ceil", ["frames_each"], ["frames_whole"]),
        helper.make_node("Cast", ["input"], ["ids"], to=TensorProto.FLOAT),
        # 1 where a sound is, 0 for padding and punctuation.
        helper.make_node("Greater", ["ids", "last_silent"], ["is_sound"]),
        helper.make_node("Cast", ["is_sound"], ["sounds"], to=TensorProto.FLOAT),
        # (1, ids) -> (ids, 1, 1), tiled to (ids, frames, samples), times the hum.
        helper.make_node("Reshape", ["sounds", "ids_first"], ["columns"]),
        helper.make_node("Cast", ["frames_whole"], ["frames_count"], to=TensorProto.INT64),
        helper.make_node("Concat", ["one_count", "frames_count", "one_count"], ["tiles"], axis=0),
        helper.make_node("Tile", ["columns", "tiles"], ["frames"]),
        helper.make_node("Mul", ["frames", "hum"], ["humming"]),
        helper.make_node("Reshape", ["humming", "audio_shape"], ["audio"]),
        helper.make_node("Mul", ["audio", "loudness"], ["output"]),
        helper.make_node("Mul", ["ids", "zero"], ["zeros"]),
        helper.make_node("Add", ["zeros", "frames_whole"], ["frames_of_ids"]),
    ]
    inputs = [
        helper.make_tensor_value_info("input", TensorProto.INT64, [1, "phonemes"]),
        helper.make_tensor_value_info("input_lengths", TensorProto.INT64, [1]),
        helper.make_tensor_value_info("scales", TensorProto.FLOAT, [3]),
    ]
    if speakers > 1:
        inputs.append(helper.make_tensor_value_info("sid", TensorProto.INT64, [1]))
        nodes.insert(0, helper.make_node("Gather", ["loudnesses", "sid"], ["loudness"], axis=0))
    outputs = [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 1, "time"])]
    if aligned:
        frames = helper.make_tensor_value_info("frames_of_ids", TensorProto.FLOAT, [1, "phonemes"])
        outputs.append(frames)
    graph = helper.make_graph(nodes, "hum", inputs, outputs, _constants(speakers))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)
    onnx.checker.check_model(model)
    return model


def _constants(speakers: int) -> list[TensorProto]:
    cycles = np.arange(HOP_SAMPLES) / HOP_SAMPLES * _HUM_CYCLES_PER_FRAME
    constants: dict[str, np.ndarray] = {
        "one": np.array([1], np.int64),
        "one_count": np.array([1], np.int64),
        "last_silent": np.array([_ID_MAP["?"][0]], np.float32),
        "zero": np.array([0], np.float32),
        "frames_per_id": np.array([FRAMES_PER_ID], np.float32),
        "ids_first": np.array([-1, 1, 1], np.int64),
        "audio_shape": np.array([1, 1, -1], np.int64),
        "hum": np.sin(2 * np.pi * cycles).astype(np.float32).reshape(1, 1, -1),
    }
    if speakers > 1:
        constants["loudnesses"] = np.linspace(0.1, 0.8, speakers, dtype=np.float32)
    else:
        constants["loudness"] = np.array([0.3], np.float32)
    return [numpy_helper.from_array(value, name) for name, value in constants.items()]
