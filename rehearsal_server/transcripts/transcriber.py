"""The server's end of the recogniser's process: streams in, hypotheses out, late audio shed."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import rehearsal_server
from models.recogniser.engines import ENGINES
from models.recogniser.port import SAMPLE_RATE_HZ, Engine, Hypothesis
from rehearsal_server.transcripts.utterances import Piece, UtteranceEnd
from rehearsal_server.transcripts.wire import (
    HEADER,
    Absent,
    Audio,
    Close,
    End,
    Heard,
    Load,
    Loaded,
    Refused,
    Reply,
    Request,
    WireError,
    decode_reply,
    frame,
    payload_size,
)

log = logging.getLogger("rehearsal_server.transcripts")

_WORKER = "rehearsal_server.transcripts.worker"
# Of one speaker, audio that waits to be decoded; with more, the rest of the utterance is left out.
# Words that come later than this help nobody, and live cues must not wait for them.
MAX_WAITING_S = 4.0
# A large model is read from a slow disk.
_LOAD_TIMEOUT_S = 120.0
_EXIT_TIMEOUT_S = 2.0
_INHERITED_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LANG", "LC_ALL")


@dataclass(frozen=True)
class Transcribed:
    """What an utterance is taken for by now."""

    utterance: int
    start_ms: int
    hypothesis: Hypothesis
    engine: str


@dataclass(frozen=True)
class NotTranscribed:
    """Part of an utterance, or all of it, is left out; `reason` says why in words for people."""

    utterance: int
    reason: str


Deliver = Callable[[Transcribed | NotTranscribed], None]


@dataclass(frozen=True)
class TranscriberStatus:
    """Whether an engine transcribes here, or why it does not."""

    name: str
    detail: str
    absence: str | None


class Transcriber:
    """One process with one engine for all sessions; it starts with the first stream.

    Parameters
    ----------
    engine : name of an engine, or None to transcribe nothing
    model : folder of the engine's model, where it needs one
    """

    def __init__(self, engine: str | None, model: Path | None = None) -> None:
        self._engine = ENGINES[engine] if engine is not None else None
        self._model = model
        self._absence = _absence(self._engine.name if self._engine else None, model)
        self._process: Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._loading = asyncio.Lock()
        self._loaded: Loaded | None = None
        self._streams: dict[int, TranscriberStream] = {}
        self._opened = 0

    def statuses(self) -> tuple[TranscriberStatus, ...]:
        """Every engine there is: the chosen one, and why the others are not used."""
        return tuple(self._status_of(engine) for engine in ENGINES.values())

    def absence_for(self, language: str) -> str | None:
        """Why nothing is transcribed in a language (BCP 47); None if it is."""
        if self._absence is not None:
            return self._absence
        spoken = self._engine.language if self._engine else None
        if spoken is None or language.partition("-")[0] == spoken:
            return None
        return (
            f"the recogniser understands only {spoken!r}; for others choose an engine with "
            "REHEARSAL_RECOGNISER and its model with REHEARSAL_RECOGNISER_MODEL"
        )

    @property
    def worker_pid(self) -> int | None:
        """Of the process, if it runs."""
        return self._process.pid if self._process is not None else None

    def open(self, deliver: Deliver) -> TranscriberStream:
        """Begin a speaker's stream; `deliver` is called on the event loop."""
        self._opened += 1
        stream = TranscriberStream(self, self._opened, deliver)
        self._streams[stream.number] = stream
        return stream

    async def load(self) -> None:
        """Have the engine ready; whether it is, `status` says then."""
        async with self._loading:
            if self._absence is None and not self.is_running:
                await self._start()

    async def aclose(self) -> None:
        """End the process: it exits when its input ends."""
        process, reader = self._process, self._reader
        self._process = self._reader = None
        if reader is not None:
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)
        if process is not None:
            await _end(process)

    def _status_of(self, engine: Engine) -> TranscriberStatus:
        if engine is self._engine:
            detail = self._loaded.detail if self._loaded else "is loaded for the first transcript"
            return TranscriberStatus(engine.name, detail, self._absence)
        chosen = self._engine.name if self._engine else "none"
        absence = engine.absence(self._model)
        unused = f"not chosen; REHEARSAL_RECOGNISER is {chosen}"
        return TranscriberStatus(engine.name, "", absence or unused)

    # -- for the streams ---------------------------------------------------------------------

    @property
    def is_running(self) -> bool:
        """Whether audio can be sent."""
        return self._loaded is not None and self._process is not None

    def send(self, request: Request) -> None:
        """Send a request, if the process is there."""
        if self._process is not None and self.is_running:
            assert self._process.stdin is not None
            self._process.stdin.write(frame(request))

    def forget(self, stream: TranscriberStream) -> None:
        """Deliver nothing more to a stream."""
        self._streams.pop(stream.number, None)
        self.send(Close(stream.number))

    @property
    def engine_name(self) -> str:
        """Who is to be named beside a hypothesis."""
        assert self._loaded is not None, "only a loaded engine is heard of"
        return self._loaded.name

    # -- the process -------------------------------------------------------------------------

    async def _start(self) -> None:
        assert self._engine is not None
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", _WORKER, stdin=PIPE, stdout=PIPE, env=_environment()
        )
        assert self._process.stdin is not None
        self._process.stdin.write(
            frame(Load(self._engine.name, str(self._model) if self._model else None))
        )
        try:
            async with asyncio.timeout(_LOAD_TIMEOUT_S):
                reply = await self._receive(self._process)
        except (EOFError, ConnectionError, TimeoutError, WireError) as error:
            await self._lose(f"the recogniser did not start: {error!r}")
            return
        if isinstance(reply, Loaded):
            self._loaded = reply
            self._reader = asyncio.create_task(self._read(self._process), name="recogniser")
        else:
            self._absence = reply.reason if isinstance(reply, Absent) else "it talks nonsense"
            await self.aclose()

    async def _read(self, process: Process) -> None:
        try:
            while True:
                reply = await self._receive(process)
                if isinstance(reply, Heard | Refused) and reply.stream in self._streams:
                    self._streams[reply.stream].take(reply)
        except (EOFError, ConnectionError, WireError) as error:
            await self._lose(f"the recogniser ended: {error!r}")

    async def _receive(self, process: Process) -> Reply:
        assert process.stdout is not None
        size_bytes = payload_size(await process.stdout.readexactly(HEADER.size))
        return decode_reply(await process.stdout.readexactly(size_bytes))

    async def _lose(self, reason: str) -> None:
        """The process is of no more use; the next utterance starts another."""
        log.error("%s; the next utterance starts another", reason)
        process, self._process, self._loaded, self._reader = self._process, None, None, None
        if process is not None:
            await _end(process)
        for stream in tuple(self._streams.values()):
            stream.lose()


class TranscriberStream:
    """One speaker's utterances on their way to the engine."""

    def __init__(self, transcriber: Transcriber, number: int, deliver: Deliver) -> None:
        self.number = number
        self._transcriber = transcriber
        self._deliver = deliver
        self._starts_ms: dict[int, int] = {}
        # Samples that were sent and not yet decoded.
        self._waiting = 0
        self._shed: int | None = None
        self._loading: asyncio.Task[None] | None = None
        self._is_open = True
        self._settled = asyncio.Event()

    def send(self, item: Piece | UtteranceEnd) -> None:
        """Send what the cutter gave; returns at once."""
        if isinstance(item, Piece):
            self._send_piece(item)
        elif item.utterance in self._starts_ms:
            self._transcriber.send(End(self.number, item.utterance))

    async def drain(self, timeout_s: float) -> None:
        """Wait for the final hypotheses of what was sent, but not for ever."""
        try:
            async with asyncio.timeout(timeout_s):
                while self._starts_ms:
                    self._settled.clear()
                    await self._settled.wait()
        except TimeoutError:
            log.warning("the last words of a session were not transcribed in time")

    def close(self) -> None:
        """Nothing more is sent or delivered."""
        self._is_open = False
        self._transcriber.forget(self)
        if self._loading is not None:
            self._loading.cancel()

    def take(self, reply: Heard | Refused) -> None:
        """The engine did something with this stream's audio."""
        self._waiting -= reply.samples
        self._settled.set()
        if isinstance(reply, Refused):
            self._starts_ms.pop(reply.utterance, None)
            self._shed = reply.utterance
            self._tell_shed(reply.utterance, "too many people are speaking at once")
        elif reply.hypothesis is not None and reply.utterance in self._starts_ms:
            start_ms = self._starts_ms[reply.utterance]
            if reply.hypothesis.is_final:
                del self._starts_ms[reply.utterance]
            engine = self._transcriber.engine_name
            self._deliver(Transcribed(reply.utterance, start_ms, reply.hypothesis, engine))

    def lose(self) -> None:
        """The process is gone, and with it what it was decoding."""
        self._waiting = 0
        self._settled.set()
        for utterance in tuple(self._starts_ms):
            del self._starts_ms[utterance]
            self._shed = utterance
            self._tell_shed(utterance, "the recogniser ended and is started again")

    def _send_piece(self, piece: Piece) -> None:
        if piece.utterance == self._shed:
            return
        if not self._transcriber.is_running:
            self._shed_while_loading(piece)
            return
        samples = len(piece.pcm) // 2
        if self._waiting + samples > MAX_WAITING_S * SAMPLE_RATE_HZ:
            self._shed = piece.utterance
            self._tell_shed(piece.utterance, "the recogniser can't keep up")
            return
        self._starts_ms.setdefault(piece.utterance, piece.start_ms)
        self._waiting += samples
        self._transcriber.send(Audio(self.number, piece.utterance, piece.pcm))

    def _shed_while_loading(self, piece: Piece) -> None:
        """Start the engine; what is said meanwhile is left out."""
        self._shed = piece.utterance
        self._tell_shed(piece.utterance, "the recogniser is being loaded")
        if self._loading is None or self._loading.done():
            self._loading = asyncio.create_task(self._transcriber.load(), name="load recogniser")

    def _tell_shed(self, utterance: int, why: str) -> None:
        if self._is_open:
            self._deliver(NotTranscribed(utterance, why))


def _absence(engine: str | None, model: Path | None) -> str | None:
    if engine is None:
        return "turned off; set REHEARSAL_RECOGNISER to have speech transcribed"
    return ENGINES[engine].absence(model)


def _environment() -> dict[str, str]:
    environment = {k: os.environ[k] for k in _INHERITED_ENVIRONMENT if k in os.environ}
    # The server runs from its checkout; the worker must find the same one wherever it starts.
    environment["PYTHONPATH"] = str(Path(rehearsal_server.__file__).parents[1])
    return environment


async def _end(process: Process) -> None:
    assert process.stdin is not None
    process.stdin.close()
    try:
        async with asyncio.timeout(_EXIT_TIMEOUT_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
