"""The flite engine: one short-lived process a passage."""

from __future__ import annotations

import asyncio
import shutil
import unicodedata
from collections.abc import AsyncGenerator
from typing import NamedTuple

from rehearsal_server.voices.engine import (
    Chunk,
    EngineStatus,
    Gender,
    Timbre,
    Voice,
    VoiceError,
    VoiceSpec,
    VoiceUnavailableError,
)
from rehearsal_server.voices.flite.command import FliteCommand
from rehearsal_server.voices.flite.phones import spoken_interval, timed_words
from rehearsal_server.voices.level import REFERENCE_TEXT, amplified, levelling_gain
from rehearsal_server.voices.spoken import Span, SpokenText, passages

# flite is seventy times faster than real time, and says nothing before a passage is done: the
# first is short, so that 150 ms are enough for it.
_FIRST_PASSAGE_CHARS = 90
_PASSAGE_CHARS = 300

# What is left of flite's silence: it begins every utterance with 0.2 s of it and ends it likewise.
_LEAD_MS = 10
_TAIL_MS = 30


class _Known(NamedTuple):
    name: str
    gender: Gender
    language: str


_KNOWN_VOICES = {
    "slt": _Known("SLT", "female", "en-us"),
    "rms": _Known("RMS", "male", "en-us"),
    "awb": _Known("AWB", "male", "en-gb-scotland"),
    "kal16": _Known("KAL", "male", "en-us"),
}
_FIXED_PITCH_VOICES = frozenset({"rms"})
# Voice, semitones, rate; the plain voices have a median F0 of 171, 103, 128 and 91 Hz.
_CAST = (
    ("slt", 0.0, 1.0),
    ("rms", 0.0, 1.0),
    ("awb", 0.0, 1.0),
    ("slt", 3.5, 1.08),
    ("kal16", 0.0, 1.0),
    ("slt", -3.5, 0.92),
    ("awb", 4.0, 1.1),
    ("kal16", 4.0, 0.92),
    ("awb", -4.0, 0.9),
    ("rms", 0.0, 0.85),
)


class FliteEngine:
    """Speaks through the ``flite`` command, where there is one.

    Parameters
    ----------
    command : str
        Its name or path.
    processes : int > 0
        The most that run at once.
    """

    name = "flite"

    def __init__(self, *, command: str = "flite", processes: int = 2) -> None:
        self._path = shutil.which(command)
        self._slots = asyncio.Semaphore(processes)
        # By voice; empty until `status` has measured them.
        self._gains: dict[str, float] = {}

    async def status(self) -> EngineStatus:
        """What the engine offers here; measures the levels of its voices."""
        try:
            command = self._command()
            version = await command.version()
            installed = set(await command.voices())
            voices = [known for known in _KNOWN_VOICES if known in installed]
            self._gains = {voice: await _gain(command, voice) for voice in voices}
        except VoiceError as error:
            return EngineStatus(name=self.name, absence=str(error))
        return EngineStatus(
            name=self.name, version=version, voices=tuple(_voice(voice) for voice in voices)
        )

    def palette(self, voice: str) -> tuple[Timbre, ...]:
        """The installed voices, and the same at other pitches and rates."""
        if voice not in self._gains:
            raise VoiceUnavailableError(f"flite has no voice {voice!r}")
        installed = [entry for entry in _CAST if entry[0] in self._gains]
        return tuple(
            Timbre(
                spec=VoiceSpec(engine=self.name, voice=name, pitch_semitones=semitones, rate=rate),
                gender=_KNOWN_VOICES[name].gender,
            )
            for name, semitones, rate in sorted(
                installed, key=lambda entry: entry != (voice, 0.0, 1.0)
            )
        )

    async def synthesize(self, spoken: SpokenText, spec: VoiceSpec) -> AsyncGenerator[Chunk, None]:
        """Speak, passage by passage."""
        if not spoken.text:
            return
        if spec.voice not in self._gains and (absence := (await self.status()).absence):
            raise VoiceUnavailableError(absence)
        if spec.voice not in self._gains:
            raise VoiceUnavailableError(f"flite has no voice {spec.voice!r}")
        begin_ms = 0.0
        for passage in passages(
            spoken, limit_chars=_PASSAGE_CHARS, first_limit_chars=_FIRST_PASSAGE_CHARS
        ):
            chunk = await self._say(spoken, passage, spec, begin_ms)
            begin_ms += 500 * len(chunk.pcm) / chunk.sample_rate
            if chunk.pcm:
                yield chunk

    async def aclose(self) -> None:
        """Nothing outlives a request."""

    async def _say(
        self, spoken: SpokenText, passage: Span, spec: VoiceSpec, begin_ms: float
    ) -> Chunk:
        words = spoken.words_in(passage)
        text = _ascii(spoken.text[slice(*passage)])
        command = self._command()
        async with self._slots:
            speech, phone_counts = await asyncio.gather(
                command.speak(text, voice=spec.voice, features=_features(spec)),
                command.phones_of([_ascii(spoken.text[word.start : word.end]) for word in words]),
            )
        start_ms, end_ms = spoken_interval(speech.phones)
        start_ms = max(0.0, start_ms - _LEAD_MS)
        if passage[1] == len(spoken.text):
            pcm = _between(speech.pcm, speech.sample_rate, start_ms, end_ms + _TAIL_MS)
        else:
            pcm = _between(speech.pcm, speech.sample_rate, start_ms, None)
        return Chunk(
            sample_rate=speech.sample_rate,
            pcm=amplified(pcm, self._gains[spec.voice]),
            words=timed_words(spoken, words, phone_counts, speech.phones, begin_ms - start_ms),
        )

    def _command(self) -> FliteCommand:
        if self._path is None:
            raise VoiceUnavailableError(
                "the command flite is not installed; on Debian: apt-get install flite"
            )
        return FliteCommand(self._path)


def _voice(id: str) -> Voice:
    known = _KNOWN_VOICES[id]
    return Voice(id=id, name=known.name, language=known.language, gender=known.gender)


async def _gain(command: FliteCommand, voice: str) -> float:
    speech = await command.speak(REFERENCE_TEXT, voice=voice, features=())
    return levelling_gain(speech.pcm, speech.sample_rate)


def _features(spec: VoiceSpec) -> tuple[tuple[str, float], ...]:
    if spec.pitch_semitones and spec.voice in _FIXED_PITCH_VOICES:
        raise VoiceUnavailableError(f"flite cannot change the pitch of {spec.voice!r}")
    return (("duration_stretch", 1 / spec.rate), ("f0_shift", 2 ** (spec.pitch_semitones / 12)))


def _ascii(text: str) -> str:
    """What flite can read: letters without their accents."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _between(pcm: bytes, sample_rate: int, start_ms: float, end_ms: float | None) -> bytes:
    start = round(start_ms * sample_rate / 1000)
    end = None if end_ms is None else round(end_ms * sample_rate / 1000)
    return pcm[2 * start : None if end is None else 2 * end]
