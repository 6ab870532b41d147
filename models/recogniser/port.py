"""What a speech recogniser promises, whichever engine it is.

An engine is synchronous and holds the interpreter's lock or a core for long stretches, so it runs
in a process of its own (`rehearsal_server.transcripts`), never in the server's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import msgspec
import numpy as np
import numpy.typing as npt

SAMPLE_RATE_HZ = 16_000

Pcm = npt.NDArray[np.int16]

# How audio is handed over where it is all there; as live audio comes, in tenths of a second.
_PIECE_SAMPLES = SAMPLE_RATE_HZ // 10


class RecogniserAbsentError(Exception):
    """An engine can't be used here; the message says what is missing and what to do."""


class RecogniserBusyError(Exception):
    """As many utterances as the engine has room for are under way."""


class RecognisedWord(msgspec.Struct, frozen=True, array_like=True):
    """One word, in milliseconds since the utterance's first sample."""

    text: str  # lower case
    start_ms: int
    end_ms: int
    # Posterior of the word as the engine estimates it, 0 to 1; None where it gives none.
    confidence: float | None = None


class Hypothesis(msgspec.Struct, frozen=True, array_like=True):
    """What an engine takes an utterance for; a partial one may change in every word."""

    words: tuple[RecognisedWord, ...]
    is_final: bool

    @property
    def text(self) -> str:
        """The words, separated by spaces."""
        return " ".join(word.text for word in self.words)

    @property
    def confidence(self) -> float | None:
        """Mean of the words' confidences; None where the engine gives none."""
        known = [word.confidence for word in self.words if word.confidence is not None]
        return sum(known) / len(known) if known else None


class RecogniserStream(Protocol):
    """One speaker's utterances, one after the other."""

    def accept(self, samples: Pcm) -> Hypothesis | None:
        """Take in audio of the utterance; a partial hypothesis if it has changed.

        Parameters
        ----------
        samples : int16, shape (n_samples,)
            At `SAMPLE_RATE_HZ`.

        Raises
        ------
        RecogniserBusyError
            The utterance can't begin; nothing of it was taken in.
        """

    def finish(self) -> Hypothesis:
        """End the utterance; its final hypothesis. What comes next begins another one."""

    def close(self) -> None:
        """Give back what the stream holds; an utterance under way is forgotten."""


class Recogniser(Protocol):
    """An engine with its model loaded."""

    name: str
    detail: str  # version and model, for people
    # Whether an utterance is decoded while it is spoken, or only once it is over.
    has_partials: bool

    def open(self) -> RecogniserStream:
        """Begin a speaker's stream."""


@dataclass(frozen=True)
class Engine:
    """An engine that may or may not be usable here."""

    name: str
    # ISO 639-1; None where the model decides.
    language: str | None
    # What is missing, in words that say what to do; None if nothing is.
    absence: Callable[[Path | None], str | None]
    # Loads the model; raises RecogniserAbsentError.
    load: Callable[[Path | None], Recogniser]


def recognise(recogniser: Recogniser, samples: Pcm) -> Hypothesis:
    """Recognise audio that is all there, as after a line.

    Parameters
    ----------
    samples : int16, shape (n_samples,)
        At `SAMPLE_RATE_HZ`.
    """
    stream = recogniser.open()
    try:
        for start in range(0, len(samples), _PIECE_SAMPLES):
            stream.accept(samples[start : start + _PIECE_SAMPLES])
        return stream.finish()
    finally:
        stream.close()
