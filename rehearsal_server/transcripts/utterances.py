"""Cuts what a microphone hears into utterances, by the voice activity that is measured anyway."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dsp.clock import HOP_MS
from rehearsal_server.session.hop import Hop

HopAudio = npt.NDArray[np.float32]

# The detector needs a moment to be sure, and a weak first consonant lies before what it heard.
LEAD_IN_MS = 300
# A shorter silence is a breath inside a sentence, whose words a recogniser wants to see together.
END_SILENCE_MS = 500
# Somebody who never pauses is transcribed in pieces: a final hypothesis must come some time.
LONGEST_MS = 20_000
# Audio goes to the recogniser in tenths of a second.
_HOPS_PER_PIECE = 5


@dataclass(frozen=True)
class Piece:
    """Audio of an utterance."""

    utterance: int  # from 1
    start_ms: int  # where the utterance begins, on the microphone's sample clock
    pcm: bytes  # mono s16le


@dataclass(frozen=True)
class UtteranceEnd:
    """The utterance is over."""

    utterance: int


class UtteranceCutter:
    """Takes hops, gives pieces and ends; the same hops give the same, however they come."""

    def __init__(self) -> None:
        self._lead_in: deque[HopAudio] = deque(maxlen=LEAD_IN_MS // HOP_MS)
        self._waiting: list[HopAudio] = []
        self._utterance = 0
        # Where the utterance under way began, if one is, and how long it has been silent by now.
        self._start_ms: int | None = None
        self._silent_ms = 0

    def hear(self, hop: Hop, samples: HopAudio) -> Iterator[Piece | UtteranceEnd]:
        """Take in one hop and its audio, float32 of shape (HOP_SAMPLES,)."""
        if self._start_ms is None:
            if not hop.is_speech:
                self._lead_in.append(samples)
                return
            self._begin(hop)
        self._waiting.append(samples)
        self._silent_ms = 0 if hop.is_speech else self._silent_ms + HOP_MS
        if len(self._waiting) >= _HOPS_PER_PIECE:
            yield self._piece()
        assert self._start_ms is not None
        if self._silent_ms >= END_SILENCE_MS or hop.end_ms - self._start_ms >= LONGEST_MS:
            yield from self.close()

    def close(self) -> Iterator[Piece | UtteranceEnd]:
        """End the utterance that is under way, if one is."""
        if self._start_ms is None:
            return
        if self._waiting:
            yield self._piece()
        self._start_ms = None
        yield UtteranceEnd(self._utterance)

    def _begin(self, hop: Hop) -> None:
        self._utterance += 1
        self._waiting = list(self._lead_in)
        self._lead_in.clear()
        self._start_ms = hop.end_ms - HOP_MS * (1 + len(self._waiting))
        self._silent_ms = 0

    def _piece(self) -> Piece:
        assert self._start_ms is not None
        samples = np.clip(np.concatenate(self._waiting), -1, 1)
        self._waiting = []
        pcm = np.round(samples * 32_767).astype("<i2").tobytes()
        return Piece(self._utterance, self._start_ms, pcm)
