"""The espeak-ng engine: prepared text in, levelled audio and word times out."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager

import numpy as np

from rehearsal_server.voices.engine import (
    Chunk,
    EngineStatus,
    Timbre,
    Voice,
    VoiceError,
    VoiceSpec,
    VoiceUnavailableError,
    Word,
)
from rehearsal_server.voices.espeak.markup import Markup
from rehearsal_server.voices.espeak.process import EspeakProcess
from rehearsal_server.voices.espeak.timbres import timbres
from rehearsal_server.voices.espeak.wire import (
    Describe,
    Description,
    Marks,
    Phonemes,
    Phonemize,
    Reply,
    Request,
    Speak,
)
from rehearsal_server.voices.level import REFERENCE_TEXT, levelling_gain
from rehearsal_server.voices.spoken import Span, SpokenText, passages, spoken_text
from rehearsal_server.voices.word_times import WordTimer

SAMPLE_RATE = 22_050

# Other sessions wait for at most one passage: 300 characters are 20 s of speech, 30 ms of work.
_PASSAGE_CHARS = 300

# Brisk conversation; espeak-ng's own 175 hurries on a stage.
_NORMAL_RATE_WPM = 165
_RATE_RANGE_WPM = (80, 450)
# Measured on en-us with Harvest: semitones re pitch 50 at each tenth of espeakPITCH.
_PITCHES = (0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 99)
_PITCH_SEMITONES = (-6.7, -5.7, -4.7, -3.3, -1.8, 0.0, 1.7, 3.5, 5.3, 7.3, 9.0)

# Loud variants clip inside the library at its full volume of 100; from here they do not.
_REFERENCE_VOLUME = 40


class EspeakEngine:
    """Speaks through a pool of worker processes, started as they are needed.

    Parameters
    ----------
    workers : int > 0
        The most that run at once. One serves hundreds of sessions: it speaks several hundred
        times faster than real time.
    """

    name = "espeak-ng"

    def __init__(self, *, workers: int = 1) -> None:
        self._slots = asyncio.Semaphore(workers)
        self._workers: set[EspeakProcess] = set()
        self._idle: list[EspeakProcess] = []
        self._describing = asyncio.Lock()
        self._description: Description | None = None
        self._volumes: dict[VoiceSpec, int] = {}

    async def status(self) -> EngineStatus:
        """What the engine offers here."""
        try:
            description = await self._describe()
        except VoiceError as error:
            return EngineStatus(name=self.name, absence=str(error))
        return EngineStatus(
            name=self.name,
            version=description.version,
            voices=tuple(
                Voice(id=language.id, name=language.name, language=language.id)
                for language in description.languages
            ),
        )

    def palette(self, voice: str) -> tuple[Timbre, ...]:
        """Clearly different timbres in the language and accent of `voice`."""
        language, variant = _parts(voice)
        description = self._description
        if description is None or language not in {known.id for known in description.languages}:
            raise VoiceUnavailableError(f"espeak-ng has no voice {language!r}")
        if variant and variant not in description.variants:
            raise VoiceUnavailableError(f"espeak-ng has no voice variant {variant!r}")
        return timbres(self.name, language, variant)

    async def synthesize(self, spoken: SpokenText, spec: VoiceSpec) -> AsyncGenerator[Chunk, None]:
        """Speak, passage by passage."""
        if not spoken.text:
            return
        volume = await self._levelled_volume(spec)
        samples = 0
        for passage in passages(spoken, limit_chars=_PASSAGE_CHARS):
            begin_ms = 1000 * samples / SAMPLE_RATE
            async with aclosing(self._say(spoken, passage, spec, volume, begin_ms)) as chunks:
                async for chunk in chunks:
                    samples += len(chunk.pcm) // 2
                    yield chunk

    async def phonemize(self, language: str, clauses: Sequence[str]) -> tuple[str, ...]:
        """IPA of each clause, its words separated by spaces; raises `VoiceError`."""
        reply = await self._ask(Phonemize(language, tuple(clauses)))
        assert isinstance(reply, Phonemes)
        return reply.ipa

    async def aclose(self) -> None:
        """End the workers; a request under way fails."""
        self._idle.clear()
        while self._workers:
            await self._workers.pop().close()

    async def _say(
        self, spoken: SpokenText, passage: Span, spec: VoiceSpec, volume: int, begin_ms: float
    ) -> AsyncGenerator[Chunk, None]:
        markup = Markup.of(spoken, passage)
        timer = WordTimer(spoken, passage, begin_ms)
        request = _request(markup, spec, volume, ends_in_pause=passage[1] < len(spoken.text))
        words: list[Word] = []
        samples = 0
        async with aclosing(self._exchange(request)) as replies:
            async for reply in replies:
                if isinstance(reply, bytes):
                    samples += len(reply) // 2
                    yield Chunk(sample_rate=SAMPLE_RATE, pcm=reply, words=tuple(words))
                    words = []
                elif isinstance(reply, Marks):
                    words += _follow(timer, reply, markup)
        words += timer.finish(1000 * samples / SAMPLE_RATE)
        yield Chunk(sample_rate=SAMPLE_RATE, words=tuple(words))

    async def _levelled_volume(self, spec: VoiceSpec) -> int:
        """The espeakVOLUME at which a voice is as loud as all others."""
        if spec not in self._volumes:
            reference = spoken_text(REFERENCE_TEXT)
            markup = Markup.of(reference, (0, len(reference.text)))
            request = _request(markup, spec, _REFERENCE_VOLUME, ends_in_pause=False)
            async with aclosing(self._exchange(request)) as replies:
                pcm = b"".join([reply async for reply in replies if isinstance(reply, bytes)])
            gain = levelling_gain(pcm, SAMPLE_RATE)
            self._volumes[spec] = round(_REFERENCE_VOLUME * gain)
        return self._volumes[spec]

    async def _describe(self) -> Description:
        async with self._describing:
            if self._description is None:
                if importlib.util.find_spec("espeakng_loader") is None:
                    raise VoiceUnavailableError(
                        "the package espeakng-loader is not installed: pip install espeakng-loader"
                    )
                reply = await self._ask(Describe())
                assert isinstance(reply, Description)
                self._description = reply
            return self._description

    async def _ask(self, request: Request) -> Reply | bytes:
        async with aclosing(self._exchange(request)) as replies:
            answers = [reply async for reply in replies]
        return answers[0]

    async def _exchange(self, request: Request) -> AsyncGenerator[Reply | bytes, None]:
        async with self._worker() as worker, aclosing(worker.exchange(request)) as replies:
            async for reply in replies:
                yield reply

    @asynccontextmanager
    async def _worker(self) -> AsyncIterator[EspeakProcess]:
        async with self._slots:
            worker = self._idle_worker() or await EspeakProcess.start()
            self._workers.add(worker)
            try:
                yield worker
            finally:
                if worker.is_alive:
                    self._idle.append(worker)
                else:
                    self._workers.discard(worker)

    def _idle_worker(self) -> EspeakProcess | None:
        while self._idle:
            worker = self._idle.pop()
            if worker.is_alive:
                return worker
            self._workers.discard(worker)
        return None


def _parts(voice: str) -> tuple[str, str]:
    language, _, variant = voice.partition("+")
    return language, variant


def _request(markup: Markup, spec: VoiceSpec, volume: int, *, ends_in_pause: bool) -> Speak:
    language, variant = _parts(spec.voice)
    slowest, fastest = _RATE_RANGE_WPM
    return Speak(
        text=markup.text,
        is_ssml=markup.is_ssml,
        language=language,
        variant=variant,
        pitch=round(float(np.interp(spec.pitch_semitones, _PITCH_SEMITONES, _PITCHES))),
        rate_wpm=min(max(round(spec.rate * _NORMAL_RATE_WPM), slowest), fastest),
        volume=volume,
        ends_in_pause=ends_in_pause,
    )


def _follow(timer: WordTimer, reply: Marks, markup: Markup) -> list[Word]:
    words: list[Word] = []
    for mark in reply.marks:
        if mark.kind == "pause":
            timer.pause_begins(mark.at_ms)
        else:
            words += timer.word_begins(markup.in_text(mark.char), mark.at_ms)
    return words
