"""An engine whose audio comes when a test says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from rehearsal_server.voices.engine import (
    Chunk,
    EngineStatus,
    SynthesisError,
    Timbre,
    Voice,
    VoiceSpec,
)
from rehearsal_server.voices.spoken import SpokenText
from rehearsal_server.voices.word_times import timed_word

SAMPLE_RATE = 8_000
SPEC = VoiceSpec(engine="fake", voice="en-us")
# Each word of a text is a chunk of so much audio.
WORD_MS = 50
WORD_PCM = bytes(range(100)) * (2 * SAMPLE_RATE * WORD_MS // 1000 // 100)


class FakeEngine:
    """Says one word per `release`; a text with "fail" fails after its first word."""

    name = "fake"

    def __init__(self, *, absence: str | None = None) -> None:
        self._absence = absence
        self._released = asyncio.Semaphore(0)
        self.begun: list[str] = []
        self.ended: list[str] = []
        self.is_closed = False

    def release(self, words: int = 1_000) -> None:
        for _ in range(words):
            self._released.release()

    async def status(self) -> EngineStatus:
        voices = (Voice(id="en-us", name="Fake", language="en-us"),)
        return EngineStatus(name=self.name, version="1", absence=self._absence, voices=voices)

    def palette(self, voice: str) -> tuple[Timbre, ...]:
        return (Timbre(spec=SPEC),)

    async def synthesize(self, spoken: SpokenText, spec: VoiceSpec) -> AsyncGenerator[Chunk, None]:
        self.begun.append(spoken.source)
        try:
            for number, word in enumerate(spoken.words):
                await self._released.acquire()
                if number and "fail" in spoken.source:
                    raise SynthesisError("the fake failed")
                begin_ms = number * WORD_MS
                timed = timed_word(spoken, word, begin_ms, begin_ms + WORD_MS)
                yield Chunk(sample_rate=SAMPLE_RATE, pcm=WORD_PCM, words=(timed,))
        finally:
            self.ended.append(spoken.source)

    async def aclose(self) -> None:
        self.is_closed = True
