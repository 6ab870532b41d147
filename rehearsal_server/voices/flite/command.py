"""Run the ``flite`` command: text on standard input, phones on standard output, audio in a file.

Facts about flite 2.2: an utterance ends at a full stop or a blank line; ``-psdur`` prints one line
an utterance, ``phone:end_seconds`` from the utterance's own start; audio of several utterances is
appended to the output, which therefore cannot be a pipe.
"""

from __future__ import annotations

import asyncio
import io
import re
import tempfile
import wave
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from rehearsal_server.voices.engine import SynthesisError

PAUSE = "pau"
# Quickest of flite's voices, for runs whose audio nobody hears.
_SILENT_VOICE = "kal"


class Phone(NamedTuple):
    """A phone or a pause, in milliseconds since the audio began."""

    name: str
    start_ms: float
    end_ms: float


class Speech(NamedTuple):
    """What one run made."""

    sample_rate: int
    pcm: bytes  # mono s16le
    phones: tuple[Phone, ...]


class FliteCommand:
    """The command at `path`."""

    def __init__(self, path: str) -> None:
        self._path = path

    async def version(self) -> str:
        """Such as ``2.2-current``."""
        told = re.search(r"flite-(\S+)", await self._run(["--version"], ""))
        return told[1] if told else "unknown"

    async def voices(self) -> list[str]:
        """Names of the voices built into the command."""
        _, _, names = (await self._run(["-lv"], "")).partition("Voices available:")
        return names.split()

    async def speak(
        self, text: str, *, voice: str, features: Sequence[tuple[str, float]]
    ) -> Speech:
        """Synthesise ASCII text with floating-point `features` such as ``duration_stretch``."""
        settings = [part for name, value in features for part in ("--setf", f"{name}={value:g}")]
        # The file has no name, so there is nothing to clean up and nobody else can read it.
        with tempfile.TemporaryFile() as audio:
            arguments = ["-voice", voice, *settings, "-psdur", "-o", f"/dev/fd/{audio.fileno()}"]
            told = await self._run(arguments, text, pass_fds=[audio.fileno()])
            sample_rate, pcm = _read_wave(audio.read())
        return Speech(sample_rate, pcm, _phones(told))

    async def phones_of(self, words: Sequence[str]) -> list[int]:
        """How many phones each word has when it stands alone."""
        text = "".join(f"{word}\n\n" for word in words)
        told = await self._run(["-voice", _SILENT_VOICE, "-ps", "-o", "none"], text)
        return [sum(phone != PAUSE for phone in line.split()) for line in told.splitlines()]

    async def _run(
        self, arguments: Sequence[str], text: str, *, pass_fds: Sequence[int] = ()
    ) -> str:
        process = await asyncio.create_subprocess_exec(
            self._path,
            *arguments,
            *(("-f", "-") if text else ()),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            pass_fds=pass_fds,
        )
        try:
            told, _ = await process.communicate(text.encode("ascii"))
        except BaseException:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            raise
        if process.returncode and process.returncode < 0:
            raise SynthesisError(f"flite ended with signal {-process.returncode}; try again")
        return told.decode("ascii", "replace")


def _read_wave(file: bytes) -> tuple[int, bytes]:
    try:
        with wave.open(io.BytesIO(file)) as audio:
            return audio.getframerate(), audio.readframes(audio.getnframes())
    except (wave.Error, EOFError) as error:
        raise SynthesisError("flite made no audio; try again") from error


def _phones(told: str) -> tuple[Phone, ...]:
    phones: list[Phone] = []
    for utterance in told.splitlines():
        begin_ms = phones[-1].end_ms if phones else 0.0
        for part in utterance.split():
            name, _, end_s = part.rpartition(":")
            start_ms = phones[-1].end_ms if phones else 0.0
            phones.append(Phone(name, start_ms, begin_ms + 1000 * float(end_s)))
    return tuple(phones)
