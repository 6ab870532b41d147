"""Vosk (Apache-2.0), for operators who bring a Vosk model along."""

from __future__ import annotations

import json
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from models.recogniser.port import (
    SAMPLE_RATE_HZ,
    Engine,
    Hypothesis,
    Pcm,
    RecognisedWord,
    RecogniserAbsentError,
)

NAME = "vosk"

_INSTALL = "the package is not installed; run: pip install vosk"
_NO_MODEL = (
    "no model; unpack one of https://alphacephei.com/vosk/models and set "
    "REHEARSAL_RECOGNISER_MODEL to its folder"
)


class VoskRecogniser:
    """One model, shared by all streams.

    Raises
    ------
    RecogniserAbsentError
        The folder does not hold a Vosk model.
    """

    name = NAME
    has_partials = True

    def __init__(self, model: Path) -> None:
        import vosk

        vosk.SetLogLevel(-1)
        try:
            # Vosk says no more than "Failed to create a model".
            self._model = vosk.Model(str(model))
        except Exception as error:
            raise RecogniserAbsentError(f"{model} holds no Vosk model; {_NO_MODEL}") from error
        self._vosk = vosk
        self.detail = f"{version('vosk')}, {model.name}"

    def open(self) -> VoskStream:
        """Begin a speaker's stream."""
        recogniser = self._vosk.KaldiRecognizer(self._model, SAMPLE_RATE_HZ)
        recogniser.SetWords(True)
        recogniser.SetPartialWords(True)
        return VoskStream(recogniser)


class VoskStream:
    """Collects what Vosk, which ends utterances by rules of its own, takes for several."""

    def __init__(self, recogniser: Any) -> None:
        self._recogniser = recogniser
        # Times go on from utterance to utterance.
        self._samples = 0
        self._start_ms = 0
        self._settled: list[RecognisedWord] = []
        self._told: tuple[RecognisedWord, ...] = ()

    def accept(self, samples: Pcm) -> Hypothesis | None:
        """Take in audio of the utterance; a partial hypothesis if it has changed."""
        self._samples += len(samples)
        if self._recogniser.AcceptWaveform(samples.tobytes()):
            self._settled += self._read(self._recogniser.Result(), "result")
            words = tuple(self._settled)
        else:
            partial = self._read(self._recogniser.PartialResult(), "partial_result")
            words = (*self._settled, *partial)
        if words == self._told:
            return None
        self._told = words
        return Hypothesis(words, is_final=False)

    def finish(self) -> Hypothesis:
        """End the utterance; its final hypothesis."""
        self._settled += self._read(self._recogniser.FinalResult(), "result")
        words = tuple(self._settled)
        self._settled, self._told = [], ()
        self._start_ms = 1000 * self._samples // SAMPLE_RATE_HZ
        return Hypothesis(words, is_final=True)

    def close(self) -> None:
        """Vosk frees the stream with its object."""
        self._recogniser = None

    def _read(self, reply: str, field: str) -> list[RecognisedWord]:
        return [
            RecognisedWord(
                text=word["word"],
                start_ms=max(0, round(1000 * word["start"]) - self._start_ms),
                end_ms=max(0, round(1000 * word["end"]) - self._start_ms),
                confidence=word.get("conf"),
            )
            for word in json.loads(reply).get(field, ())
        ]


def _absence(model: Path | None) -> str | None:
    if find_spec("vosk") is None:
        return _INSTALL
    return None if model is not None and model.is_dir() else _NO_MODEL


def _load(model: Path | None) -> VoskRecogniser:
    absence = _absence(model)
    if absence is not None or model is None:
        raise RecogniserAbsentError(absence or _NO_MODEL)
    return VoskRecogniser(model)


ENGINE = Engine(NAME, language=None, absence=_absence, load=_load)
