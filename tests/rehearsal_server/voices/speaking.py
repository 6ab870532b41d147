"""Have an engine speak, and look at what it said."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from rehearsal_server.voices.engine import VoiceEngine, VoiceSpec, Word
from rehearsal_server.voices.spoken import spoken_text


async def drain(iterator: AsyncIterator[object]) -> None:
    """Take what is left."""
    async for _ in iterator:
        pass


class Utterance(NamedTuple):
    sample_rate: int
    pcm: bytes
    words: tuple[Word, ...]

    @property
    def samples(self) -> npt.NDArray[np.float64]:
        return np.frombuffer(self.pcm, dtype="<i2").astype(np.float64) / 32_768

    @property
    def duration_ms(self) -> float:
        return 500 * len(self.pcm) / self.sample_rate

    def between(self, start_ms: float, end_ms: float) -> npt.NDArray[np.float64]:
        start, end = (round(ms * self.sample_rate / 1000) for ms in (start_ms, end_ms))
        return self.samples[start:end]


async def say(engine: VoiceEngine, text: str, spec: VoiceSpec) -> Utterance:
    """All of what the engine makes of a text; the rate is 0 if that is nothing."""
    async with aclosing(engine.synthesize(spoken_text(text), spec)) as chunks:
        collected = [chunk async for chunk in chunks]
    rates = {chunk.sample_rate for chunk in collected} or {0}
    assert len(rates) == 1
    return Utterance(
        rates.pop(),
        b"".join(chunk.pcm for chunk in collected),
        tuple(word for chunk in collected for word in chunk.words),
    )
