"""The port of a speech synthesiser: what it offers, what it is asked for, what comes back."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Literal, Protocol

import msgspec

from rehearsal_server.voices.spoken import SpokenText

Gender = Literal["female", "male"]


class VoiceError(Exception):
    """No voice for this text; the message says why, and what to do where something can be done."""


class VoiceUnavailableError(VoiceError):
    """The engine is absent here, or has no such voice; asking again will not help."""


class SynthesisError(VoiceError):
    """The engine failed on one request; the next one may well succeed."""


class Voice(msgspec.Struct, frozen=True, kw_only=True):
    """A voice as its engine lists it."""

    id: str
    name: str
    language: str  # BCP 47, lower case: "en-gb"
    gender: Gender | None = None  # None where the engine does not say


class VoiceSpec(msgspec.Struct, frozen=True, kw_only=True):
    """What to speak with; everything that changes the sound, so that it can be cached by it."""

    engine: str
    voice: str  # a `Voice.id`, with the engine's variant if it has such: "en-us+f2"
    pitch_semitones: float = 0.0  # relative to the voice's own
    rate: float = 1.0  # relative to the voice's own; 1.1 is a tenth faster


class Timbre(msgspec.Struct, frozen=True, kw_only=True):
    """One of the clearly different voices that a cast is made of."""

    spec: VoiceSpec
    gender: Gender | None = None


class EngineStatus(msgspec.Struct, frozen=True, kw_only=True):
    """What an engine can do on this machine."""

    name: str
    version: str = ""
    # Why the engine cannot be used and what would change that; None if it can.
    absence: str | None = None
    voices: tuple[Voice, ...] = ()


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """When one word sounds, from the utterance's first sample."""

    text: str  # as written in the line
    start_ms: int
    end_ms: int
    char_start: int  # into the line's text
    char_end: int
    # Not told by the engine but shared out of a longer stretch, by the length of the words.
    estimated: bool = False


class Chunk(msgspec.Struct, frozen=True, kw_only=True):
    """The next piece of an utterance: audio, and the words whose times are now known."""

    sample_rate: int  # the same for all chunks of an utterance
    pcm: bytes = b""  # mono s16le
    words: tuple[Word, ...] = ()


class VoiceEngine(Protocol):
    """A speech synthesiser.

    Levels of all engines and voices are comparable (see `level`), an utterance begins with
    speech, not with silence, and its last word ends close to its last sample: the pick-up of
    the actor's next line is measured from there.
    """

    @property
    def name(self) -> str:
        """Short and stable: part of cache keys and of the user's choice of a voice."""

    async def status(self) -> EngineStatus:
        """What the engine offers here; never raises for an engine that is absent."""

    def palette(self, voice: str) -> tuple[Timbre, ...]:
        """Clearly different timbres that speak the language of `voice`; `voice` comes first.

        Needs an earlier `status`.

        Raises
        ------
        VoiceUnavailableError
            There is no such voice.
        """

    def synthesize(self, spoken: SpokenText, spec: VoiceSpec) -> AsyncGenerator[Chunk, None]:
        """Speak; nothing at all is yielded where there is nothing to say.

        Close the generator (`contextlib.aclosing`) to stop: the engine is free again when
        ``aclose`` returns.

        Raises
        ------
        VoiceUnavailableError
            The engine is absent, or does not have the voice.
        SynthesisError
            The engine failed; the next request starts afresh.
        """

    async def aclose(self) -> None:
        """End whatever the engine runs."""
