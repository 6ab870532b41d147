"""ONNX Runtime, wrapped: one session per model and process, its hash checked before loading.

The only file that touches the untyped wheel.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime

from models.card import ModelAbsent

Arrays = Mapping[str, npt.NDArray[np.float32]]

_ERRORS_ONLY = 3


class OnnxModel:
    """A loaded graph.

    Attributes
    ----------
    inputs, outputs : dict of str to tuple
        Names of the graph's inputs and outputs with their shapes; a free dimension is None.
    """

    def __init__(self, path: Path, *, sha256: str, threads: int = 1) -> None:
        """Check and load a file.

        Parameters
        ----------
        path : Path
        sha256 : str
            What the file must hash to.
        threads : int
            Threads that one call may use. They do not spin while they wait.

        Raises
        ------
        ModelAbsent
            The file is missing, hashes to something else, or is no graph that the runtime loads.
        """
        content = _read_checked(path, sha256)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = _ERRORS_ONLY
        # A spinning thread would take the cores from the live analysis.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = onnxruntime.InferenceSession(
                content, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # the wheel raises a family of classes without a common base
            raise ModelAbsent(f"model {path} is no loadable ONNX graph: {error}") from error
        self.inputs = {node.name: _shape(node.shape) for node in self._session.get_inputs()}
        self.outputs = {node.name: _shape(node.shape) for node in self._session.get_outputs()}

    def run(self, inputs: Arrays) -> dict[str, npt.NDArray[np.float32]]:
        """Run one batch; every output by its name.

        Parameters
        ----------
        inputs : mapping of str to float32, first axis the batch
        """
        results = self._session.run(None, dict(inputs))
        return dict(zip(self.outputs, results, strict=True))


def _read_checked(path: Path, sha256: str) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelAbsent(f"model {path} cannot be read: {error.strerror}") from error
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise ModelAbsent(
            f"model {path} hashes to {found[:12]}…, its card says {sha256[:12]}…; "
            "was the download cut short, or the file replaced without its card?"
        )
    return content


def _shape(shape: list[int | str | None]) -> tuple[int | None, ...]:
    return tuple(size if isinstance(size, int) else None for size in shape)
