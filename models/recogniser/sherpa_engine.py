"""sherpa-onnx (Apache-2.0), for operators who bring a model along.

Two kinds of models are known by the files of their folder: a streaming transducer (encoder,
decoder, joiner, tokens) decodes while somebody speaks; Whisper (encoder, decoder, tokens) decodes
what was said once it is over.
"""

from __future__ import annotations

from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from models.recogniser.port import (
    SAMPLE_RATE_HZ,
    Engine,
    Hypothesis,
    Pcm,
    RecognisedWord,
    Recogniser,
    RecogniserAbsentError,
)
from models.recogniser.tokens import words_of_tokens

NAME = "sherpa-onnx"

_INSTALL = "the package is not installed; run: pip install sherpa-onnx"
_NO_MODEL = (
    "no model; unpack a streaming transducer or a Whisper model of "
    "https://github.com/k2-fsa/sherpa-onnx/releases/tag/asr-models and set "
    "REHEARSAL_RECOGNISER_MODEL to its folder"
)
# A transducer sees a little of the future; silence lets it finish its last word.
_TAIL_SAMPLES = round(0.66 * SAMPLE_RATE_HZ)
# Whisper reads half a minute at a time; what is longer is decoded in pieces.
_WHISPER_SAMPLES = 29 * SAMPLE_RATE_HZ


class TransducerRecogniser:
    """A streaming transducer, shared by all streams."""

    name = NAME
    has_partials = True

    def __init__(self, recogniser: Any, model: Path) -> None:
        self._recogniser = recogniser
        self.detail = f"{version('sherpa-onnx')}, {model.name}"

    def open(self) -> TransducerStream:
        """Begin a speaker's stream."""
        return TransducerStream(self._recogniser)


class TransducerStream:
    """One speaker; the encoder's state is sherpa-onnx's own."""

    def __init__(self, recogniser: Any) -> None:
        self._recogniser = recogniser
        self._stream = recogniser.create_stream()
        self._told: tuple[RecognisedWord, ...] = ()

    def accept(self, samples: Pcm) -> Hypothesis | None:
        """Take in audio of the utterance; a partial hypothesis if it has changed."""
        words = self._decode(samples)
        if words == self._told:
            return None
        self._told = words
        return Hypothesis(words, is_final=False)

    def finish(self) -> Hypothesis:
        """End the utterance; its final hypothesis."""
        words = self._decode(np.zeros(_TAIL_SAMPLES, np.int16), is_last=True)
        self._stream, self._told = self._recogniser.create_stream(), ()
        return Hypothesis(words, is_final=True)

    def close(self) -> None:
        """sherpa-onnx frees the stream with its object."""
        self._stream = None

    def _decode(self, samples: Pcm, *, is_last: bool = False) -> tuple[RecognisedWord, ...]:
        self._stream.accept_waveform(SAMPLE_RATE_HZ, _to_float(samples))
        if is_last:
            self._stream.input_finished()
        while self._recogniser.is_ready(self._stream):
            self._recogniser.decode_stream(self._stream)
        result = self._recogniser.get_result_all(self._stream)
        return words_of_tokens(result.tokens, result.timestamps, result.ys_probs)


class WhisperRecogniser:
    """Whisper, for what is over: it gives no partial hypotheses, no word times, no confidence."""

    name = f"{NAME} whisper"
    has_partials = False

    def __init__(self, recogniser: Any, model: Path) -> None:
        self._recogniser = recogniser
        self.detail = f"{version('sherpa-onnx')}, {model.name}; whole utterances, no word times"

    def open(self) -> WhisperStream:
        """Begin a speaker's stream."""
        return WhisperStream(self._recogniser)


class WhisperStream:
    """Keeps an utterance until it is over."""

    def __init__(self, recogniser: Any) -> None:
        self._recogniser = recogniser
        self._kept: list[Pcm] = []

    def accept(self, samples: Pcm) -> Hypothesis | None:
        """Keep audio of the utterance."""
        self._kept.append(samples)
        return None

    def finish(self) -> Hypothesis:
        """End the utterance; its final hypothesis, every word spanning its piece of audio."""
        utterance = np.concatenate([np.zeros(0, np.int16), *self._kept])
        self._kept = []
        words: list[RecognisedWord] = []
        for start in range(0, len(utterance), _WHISPER_SAMPLES):
            words += self._decode(utterance[start : start + _WHISPER_SAMPLES], start)
        return Hypothesis(tuple(words), is_final=True)

    def close(self) -> None:
        """Forget what was kept."""
        self._kept = []

    def _decode(self, samples: Pcm, start: int) -> list[RecognisedWord]:
        stream = self._recogniser.create_stream()
        stream.accept_waveform(SAMPLE_RATE_HZ, _to_float(samples))
        self._recogniser.decode_stream(stream)
        start_ms = 1000 * start // SAMPLE_RATE_HZ
        end_ms = 1000 * (start + len(samples)) // SAMPLE_RATE_HZ
        return [
            RecognisedWord(word, start_ms, end_ms) for word in stream.result.text.lower().split()
        ]


def _to_float(samples: Pcm) -> np.ndarray[Any, np.dtype[np.float32]]:
    return samples.astype(np.float32) / np.float32(32_768)


def _absence(model: Path | None) -> str | None:
    if find_spec("sherpa_onnx") is None:
        return _INSTALL
    if model is None or not model.is_dir():
        return _NO_MODEL
    missing = [part for part in ("encoder", "decoder", "tokens") if _find(model, part) is None]
    return f"{model} has no file named *{missing[0]}*; {_NO_MODEL}" if missing else None


def _load(model: Path | None) -> Recogniser:
    absence = _absence(model)
    if absence is not None or model is None:
        raise RecogniserAbsentError(absence or _NO_MODEL)
    files = {part: str(_find(model, part)) for part in ("encoder", "decoder", "tokens")}
    joiner = _find(model, "joiner")
    try:
        if joiner is not None:
            return TransducerRecogniser(_load_transducer(files, joiner), model)
        return WhisperRecogniser(_load_whisper(files), model)
    except RuntimeError as error:
        raise RecogniserAbsentError(f"{model} can't be loaded: {error}; {_NO_MODEL}") from error


def _load_transducer(files: dict[str, str], joiner: Path) -> Any:
    import sherpa_onnx

    return sherpa_onnx.OnlineRecognizer.from_transducer(
        **files, joiner=str(joiner), num_threads=1, sample_rate=SAMPLE_RATE_HZ
    )


def _load_whisper(files: dict[str, str]) -> Any:
    import sherpa_onnx

    return sherpa_onnx.OfflineRecognizer.from_whisper(**files, num_threads=1)


def _find(model: Path, part: str) -> Path | None:
    """The file of a part; quantised ones first, for they are what a CPU is fast with."""
    suffix = "*.txt" if part == "tokens" else "*.onnx"
    found = sorted(model.glob(f"*{part}{suffix}"), key=lambda p: (".int8." not in p.name, p.name))
    return found[0] if found else None


ENGINE = Engine(NAME, language=None, absence=_absence, load=_load)
