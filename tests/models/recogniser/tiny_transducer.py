"""A transducer small enough for a test: every loud frame is the word "ah"."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto, helper, save

# Of sherpa-onnx's features, natural logarithms of mel energies; digital silence is at -16.
_LOUD = -6.0
_MELS = 80
_CHUNK = 8  # feature frames that the encoder takes at a time
_OVERLAP = 2


def write_tiny_transducer(folder: Path) -> Path:
    """Write encoder, decoder, joiner and tokens; give the folder."""
    (folder / "tokens.txt").write_text("<blk> 0\n▁ah 1\n<unk> 2\n", encoding="utf-8")
    save(_encoder(), folder / "encoder.onnx")
    save(_decoder(), folder / "decoder.onnx")
    save(_joiner(), folder / "joiner.onnx")
    return folder


def _encoder() -> ModelProto:
    """One output frame, [0, loudness - _LOUD, -1e3], for every four feature frames."""
    nodes = [
        helper.make_node("ReduceMean", ["x", "axes"], ["energy"], keepdims=1),
        helper.make_node("Slice", ["energy", "from", "to", "time", "step"], ["thinned"]),
        helper.make_node("Sub", ["thinned", "loud"], ["evidence"]),
        helper.make_node("Mul", ["evidence", "nothing"], ["blank"]),
        helper.make_node("Sub", ["blank", "never"], ["unknown"]),
        helper.make_node("Concat", ["blank", "evidence", "unknown"], ["encoder_out"], axis=2),
        helper.make_node("Identity", ["h"], ["next_h"]),
        helper.make_node("Identity", ["c"], ["next_c"]),
    ]
    constants = [
        helper.make_tensor("axes", TensorProto.INT64, [1], [2]),
        helper.make_tensor("from", TensorProto.INT64, [1], [0]),
        helper.make_tensor("to", TensorProto.INT64, [1], [_CHUNK]),
        helper.make_tensor("time", TensorProto.INT64, [1], [1]),
        helper.make_tensor("step", TensorProto.INT64, [1], [4]),
        helper.make_tensor("loud", TensorProto.FLOAT, [1], [_LOUD]),
        helper.make_tensor("nothing", TensorProto.FLOAT, [1], [0.0]),
        helper.make_tensor("never", TensorProto.FLOAT, [1], [1e3]),
    ]
    state: list[str | int | None] = [1, "N", 1]
    return _model(
        nodes,
        constants,
        inputs=[
            _tensor("x", ["N", _CHUNK + _OVERLAP, _MELS]),
            _tensor("h", state),
            _tensor("c", state),
        ],
        outputs=[
            _tensor("encoder_out", ["N", _CHUNK // 4, 3]),
            _tensor("next_h", state),
            _tensor("next_c", state),
        ],
        metadata={
            "model_type": "lstm",
            "num_encoder_layers": "1",
            "T": str(_CHUNK + _OVERLAP),
            "decode_chunk_len": str(_CHUNK),
            "rnn_hidden_size": "1",
            "d_model": "1",
        },
    )


def _decoder() -> ModelProto:
    nodes = [
        helper.make_node("Cast", ["y"], ["as_float"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["as_float", "axes"], ["mean"], keepdims=1),
        helper.make_node("Mul", ["mean", "nothing"], ["decoder_out"]),
    ]
    constants = [
        helper.make_tensor("axes", TensorProto.INT64, [1], [1]),
        helper.make_tensor("nothing", TensorProto.FLOAT, [1, 3], [0.0, 0.0, 0.0]),
    ]
    return _model(
        nodes,
        constants,
        inputs=[helper.make_tensor_value_info("y", TensorProto.INT64, ["N", 2])],
        outputs=[_tensor("decoder_out", ["N", 3])],
        metadata={"vocab_size": "3", "context_size": "2"},
    )


def _joiner() -> ModelProto:
    return _model(
        [helper.make_node("Add", ["encoder_out", "decoder_out"], ["logit"])],
        [],
        inputs=[_tensor("encoder_out", ["N", 3]), _tensor("decoder_out", ["N", 3])],
        outputs=[_tensor("logit", ["N", 3])],
        metadata={"joiner_dim": "3"},
    )


def _tensor(name: str, shape: Sequence[str | int | None]) -> ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape))


def _model(
    nodes: list[NodeProto],
    constants: list[TensorProto],
    *,
    inputs: list[ValueInfoProto],
    outputs: list[ValueInfoProto],
    metadata: dict[str, str],
) -> ModelProto:
    graph = helper.make_graph(nodes, "tiny", inputs, outputs, initializer=constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    helper.set_model_props(model, metadata)
    return model
