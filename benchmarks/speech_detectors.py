"""The detectors that `benchmarks.voice_activity` compares, behind one shape."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import onnxruntime
import webrtcvad

from benchmarks.labelled_speech import Labels
from dsp.bank import StreamBank
from dsp.clock import ANALYSIS_RATE_HZ, HOP_SAMPLES

Streams = npt.NDArray[np.float32]  # (n_streams, n_samples)


@dataclass(frozen=True, slots=True)
class Detection:
    """What a detector said at the end of every step of every stream.

    Attributes
    ----------
    scores : float, shape (n_streams, n_steps)
        Higher for speech.
    is_likely : bool, shape (n_streams, n_steps)
        Whether the detector calls the step speech by its score alone.
    speaking : bool, shape (n_streams, n_steps)
        Its decision, after hysteresis where it has any.
    """

    scores: npt.NDArray[np.floating] | npt.NDArray[np.integer]
    is_likely: Labels
    speaking: Labels


class SpeechDetector(Protocol):
    """A streaming detector of speech."""

    name: str
    step_samples: int

    def detect(self, streams: Streams) -> Detection:
        """Listen to streams from their beginning."""


class BankDetector:
    """Ours, as the server runs it."""

    name = "rehearsal"
    step_samples = HOP_SAMPLES

    def detect(self, streams: Streams) -> Detection:
        """Listen to streams from their beginning."""
        bank = StreamBank(len(streams))
        slots = np.array([bank.acquire() for _ in streams])
        steps = [bank.step(slots, hop) for hop in _steps(streams, HOP_SAMPLES)]
        scores = np.stack([step.speech_probability for step in steps], axis=1)
        speaking = np.stack([step.is_speech for step in steps], axis=1)
        return Detection(scores, scores >= 0.5, speaking)


class WebRtcDetector:
    """webrtcvad alone, without any hysteresis of ours.

    It has no score, only four modes of rising strictness, so its score is the number of modes that
    hear speech, and its decision that of mode 2.
    """

    name = "webrtcvad"
    step_samples = HOP_SAMPLES

    def detect(self, streams: Streams) -> Detection:
        """Listen to streams from their beginning."""
        verdicts = np.array([[self._listen(mode, s) for s in streams] for mode in range(4)])
        return Detection(verdicts.sum(axis=0), verdicts[2], verdicts[2])

    def _listen(self, mode: int, samples: npt.NDArray[np.float32]) -> list[bool]:
        detector = webrtcvad.Vad(mode)
        pcm = (samples * 32767).astype(np.int16).tobytes()
        hop_bytes = 2 * HOP_SAMPLES
        whole = len(pcm) // hop_bytes * hop_bytes
        return [
            detector.is_speech(pcm[start : start + hop_bytes], ANALYSIS_RATE_HZ)
            for start in range(0, whole, hop_bytes)
        ]


class SileroDetector:
    """silero-vad's ONNX model, batched over streams, called speech from 0.5.

    Parameters
    ----------
    model : Path
        ``silero_vad/data/silero_vad.onnx`` from its wheel; torch is not needed.
    """

    name = "silero"
    step_samples = 512
    _CONTEXT_SAMPLES = 64

    def __init__(self, model: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            model, options, providers=["CPUExecutionProvider"]
        )

    def detect(self, streams: Streams) -> Detection:
        """Listen to streams from their beginning."""
        state = np.zeros((2, len(streams), 128), np.float32)
        context = np.zeros((len(streams), self._CONTEXT_SAMPLES), np.float32)
        rate = np.array(ANALYSIS_RATE_HZ)
        heard = []
        for step in _steps(streams, self.step_samples):
            window = np.concatenate([context, step], axis=1)
            probability, state = self._session.run(
                None, {"input": window, "state": state, "sr": rate}
            )
            heard.append(probability[:, 0])
            context = window[:, -self._CONTEXT_SAMPLES :]
        scores = np.stack(heard, axis=1)
        return Detection(scores, scores >= 0.5, scores >= 0.5)


def _steps(streams: Streams, step_samples: int) -> list[Streams]:
    n_steps = streams.shape[1] // step_samples
    return [streams[:, i * step_samples : (i + 1) * step_samples] for i in range(n_steps)]
