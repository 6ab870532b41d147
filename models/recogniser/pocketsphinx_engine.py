"""The embedded default: PocketSphinx with the English model of its own wheel (BSD-2).

Weak on free speech (see `python -m benchmarks.transcripts`), but it installs from pip with its
model, and needs no configuration. Decoders can't share a model: each holds some 90 MB, so they are
pooled, one for each utterance under way rather than one for each speaker.
"""

from __future__ import annotations

import re
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from models.recogniser.port import (
    Engine,
    Hypothesis,
    Pcm,
    RecognisedWord,
    RecogniserAbsentError,
    RecogniserBusyError,
)

NAME = "pocketsphinx"
FRAME_MS = 10
MAX_DECODERS = 4

# Sentence marks, silences and noises are in angle or square brackets or between plus signs.
_FILLER = re.compile(r"[<\[+].*")
# cmudict numbers further pronunciations of a word.
_VARIANT = re.compile(r"\(\d+\)$")


class PocketsphinxRecogniser:
    """A pool of decoders.

    Parameters
    ----------
    max_decoders : int
        Utterances that can be under way at a time.
    """

    name = NAME
    has_partials = True

    def __init__(self, max_decoders: int = MAX_DECODERS) -> None:
        self.detail = f"{version('pocketsphinx')}, en-us model of its wheel; weak on free speech"
        self._free: list[_Decoder] = []
        self._decoders = 0
        self._max_decoders = max_decoders
        # So that a wheel without its model is noticed here.
        self._free.append(self._make())

    def open(self) -> PocketsphinxStream:
        """Begin a speaker's stream."""
        return PocketsphinxStream(self)

    def acquire(self) -> _Decoder:
        """Take a decoder out of the pool; raises RecogniserBusyError if none is left."""
        if self._free:
            return self._free.pop()
        if self._decoders == self._max_decoders:
            raise RecogniserBusyError(f"{self._decoders} utterances are being decoded already")
        return self._make()

    def release(self, decoder: _Decoder) -> None:
        """Put a decoder back that is between utterances."""
        self._free.append(decoder)

    def _make(self) -> _Decoder:
        decoder = _Decoder()
        self._decoders += 1
        return decoder


class PocketsphinxStream:
    """One speaker; their cepstral mean goes with them from decoder to decoder.

    Before it is known the words are poor: on clean reading 40 % are wrong, with it 24 %. So the
    first utterance is decoded once more when it is over, by its own mean.
    """

    def __init__(self, recogniser: PocketsphinxRecogniser) -> None:
        self._recogniser = recogniser
        self._decoder: _Decoder | None = None
        self._cepstral_mean: str | None = None
        # The utterance, as long as no mean is known.
        self._kept: list[Pcm] = []
        self._told: tuple[RecognisedWord, ...] = ()

    def accept(self, samples: Pcm) -> Hypothesis | None:
        """Take in audio of the utterance; a partial hypothesis if it has changed."""
        if self._decoder is None:
            self._decoder = self._recogniser.acquire()
            self._decoder.begin(self._cepstral_mean)
        if self._cepstral_mean is None:
            self._kept.append(samples)
        words = self._decoder.decode(samples)
        if words == self._told:
            return None
        self._told = words
        return Hypothesis(words, is_final=False)

    def finish(self) -> Hypothesis:
        """End the utterance; its final hypothesis."""
        if self._decoder is None:
            return Hypothesis((), is_final=True)
        words = self._decoder.end()
        if self._kept:
            words = self._decoder.decode_whole(np.concatenate(self._kept))
        # What was no speech tells nothing of the speaker.
        if words:
            self._cepstral_mean = self._decoder.cepstral_mean
        self._give_back()
        return Hypothesis(words, is_final=True)

    def close(self) -> None:
        """Give the decoder back."""
        if self._decoder is not None:
            self._decoder.end()
            self._give_back()

    def _give_back(self) -> None:
        assert self._decoder is not None
        self._recogniser.release(self._decoder)
        self._decoder, self._kept, self._told = None, [], ()


class _Decoder:
    """The one place that knows the wheel, which has no types."""

    def __init__(self) -> None:
        from pocketsphinx import Decoder

        self._decoder = Decoder(loglevel="FATAL")
        self._first_mean: str = self._decoder.get_cmn()

    @property
    def cepstral_mean(self) -> str:
        """What the front end has learned of the speaker and the microphone."""
        return str(self._decoder.get_cmn())

    def begin(self, cepstral_mean: str | None) -> None:
        """Begin an utterance of a speaker whose mean is known, or is not yet."""
        self._decoder.set_cmn(cepstral_mean or self._first_mean)
        self._decoder.start_utt()

    def decode(self, samples: Pcm) -> tuple[RecognisedWord, ...]:
        """Decode more of the utterance; what it is taken for by now."""
        self._decoder.process_raw(samples.tobytes())
        return self._words(is_final=False)

    def end(self) -> tuple[RecognisedWord, ...]:
        """End the utterance; its words by the whole lattice."""
        self._decoder.end_utt()
        return self._words(is_final=True)

    def decode_whole(self, samples: Pcm) -> tuple[RecognisedWord, ...]:
        """Decode an utterance that is over, by its own mean."""
        self._decoder.start_utt()
        self._decoder.process_raw(samples.tobytes(), full_utt=True)
        return self.end()

    def _words(self, *, is_final: bool) -> tuple[RecognisedWord, ...]:
        # Posteriors come with the lattice, at the end.
        return tuple(
            RecognisedWord(
                text=_VARIANT.sub("", segment.word),
                start_ms=FRAME_MS * segment.start_frame,
                end_ms=FRAME_MS * (segment.end_frame + 1),
                confidence=min(1.0, segment.prob) if is_final else None,
            )
            for segment in self._decoder.seg() or ()
            if not _FILLER.fullmatch(segment.word)
        )


def _absence(_model: Path | None) -> str | None:
    if find_spec("pocketsphinx") is None:
        return "the package is not installed; run: pip install pocketsphinx"
    return None


def _load(model: Path | None) -> PocketsphinxRecogniser:
    if (absence := _absence(model)) is not None:
        raise RecogniserAbsentError(absence)
    try:
        return PocketsphinxRecogniser()
    except RuntimeError as error:
        raise RecogniserAbsentError(
            f"its wheel has no usable model ({error}); run: pip install --force-reinstall "
            "pocketsphinx"
        ) from error


ENGINE = Engine(NAME, language="en", absence=_absence, load=_load)
