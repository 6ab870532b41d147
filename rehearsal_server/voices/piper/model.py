"""A Piper voice: a VITS model in ONNX and the JSON that says how to feed it.

After Piper's ``voice.py``, ``config.py``, ``export_onnx.py`` and ``patch_voice_with_alignment.py``
(piper1-gpl 1.3): inputs ``input`` (int64, 1 x ids), ``input_lengths``, ``scales`` (noise, length,
noise of the durations) and, with several speakers, ``sid``; the first output is the audio, a
second one, if the voice was patched with alignments, the frames of each id.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
import onnxruntime


class PiperModelError(Exception):
    """The files are not a voice that can be used; the message says why."""


class _Audio(msgspec.Struct, frozen=True):
    sample_rate: int


class _Espeak(msgspec.Struct, frozen=True):
    voice: str


class _Inference(msgspec.Struct, frozen=True):
    noise_scale: float = 0.667
    length_scale: float = 1.0
    noise_w: float = 0.8


class PiperConfig(msgspec.Struct, frozen=True):
    """What is needed of a voice's ``.onnx.json``."""

    audio: _Audio
    espeak: _Espeak
    phoneme_id_map: dict[str, list[int]]
    phoneme_type: Literal["espeak"] = "espeak"
    inference: _Inference = _Inference()
    num_speakers: int = 1
    speaker_id_map: dict[str, int] = {}
    hop_length: int = 256


class PiperSpeech(NamedTuple):
    """What a model made of one passage."""

    samples: npt.NDArray[np.float32]  # full scale is ±1
    # Samples of each id, from voices with alignments.
    id_samples: npt.NDArray[np.int64] | None


class Cancellation:
    """Lets another thread end a run."""

    def __init__(self) -> None:
        self.options = onnxruntime.RunOptions()

    def cancel(self) -> None:
        """End the run at its next node."""
        self.options.terminate = True


class PiperModel:
    """A loaded voice.

    Parameters
    ----------
    path : Path
        The ``.onnx`` file; its configuration lies beside it with ``.json`` added.
    threads : int > 0
        That one run may use.

    Raises
    ------
    PiperModelError
        A file is missing or is not what it should be.
    """

    def __init__(self, path: Path, *, threads: int) -> None:
        self.name = path.stem
        self.config = _read_config(path.with_name(path.name + ".json"))
        try:
            model = path.read_bytes()
        except OSError as error:
            raise PiperModelError(f"cannot read {path.name}: {error.strerror}") from error
        # Part of the cache keys: another model under the same name sounds different.
        self.version = hashlib.sha256(model).hexdigest()[:16]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        try:
            self._session = onnxruntime.InferenceSession(
                model, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # the bindings raise classes of their own for every status
            raise PiperModelError(f"{path.name} is not a model that can be loaded") from error
        self._inputs = {given.name for given in self._session.get_inputs()}
        missing = {"input", "input_lengths", "scales"} - self._inputs
        if missing:
            raise PiperModelError(f"{path.name} is no Piper voice: no input {sorted(missing)[0]!r}")

    @property
    def language(self) -> str:
        """What espeak-ng calls the language of the voice."""
        return self.config.espeak.voice.lower()

    @property
    def voices(self) -> dict[str, int]:
        """Speakers by voice id: the model's name, or its name and each speaker's."""
        if self.config.num_speakers <= 1:
            return {self.name: 0}
        numbered = {str(number): number for number in range(self.config.num_speakers)}
        speakers = self.config.speaker_id_map or numbered
        return {f"{self.name}#{speaker}": number for speaker, number in speakers.items()}

    def speak(
        self, ids: list[int], *, speaker: int, rate: float, cancellation: Cancellation
    ) -> PiperSpeech:
        """Synthesise one passage.

        Raises
        ------
        PiperModelError
            The run failed, or was cancelled.
        """
        inference = self.config.inference
        scales = (inference.noise_scale, inference.length_scale / rate, inference.noise_w)
        feed = {
            "input": np.array([ids], dtype=np.int64),
            "input_lengths": np.array([len(ids)], dtype=np.int64),
            "scales": np.array(scales, dtype=np.float32),
        }
        if "sid" in self._inputs:
            feed["sid"] = np.array([speaker], dtype=np.int64)
        try:
            audio, *alignments = self._session.run(None, feed, cancellation.options)
        except Exception as error:  # as above
            raise PiperModelError(f"the model {self.name} failed on a passage") from error
        id_samples = None
        if alignments and alignments[0].size == len(ids):
            id_samples = (alignments[0].reshape(-1) * self.config.hop_length).astype(np.int64)
        return PiperSpeech(audio.reshape(-1).astype(np.float32), id_samples)


def _read_config(path: Path) -> PiperConfig:
    try:
        config = msgspec.json.decode(path.read_bytes(), type=PiperConfig)
    except OSError as error:
        raise PiperModelError(f"cannot read {path.name}: {error.strerror}") from error
    except msgspec.MsgspecError as error:
        raise PiperModelError(
            f"{path.name} is no configuration of a Piper voice: {error}"
        ) from error
    missing = [mark for mark in "^_$" if mark not in config.phoneme_id_map]
    if missing:
        raise PiperModelError(f"{path.name} has no phoneme id for {missing[0]!r}")
    return config
