"""The partner's voice on its way to one client: utterances as audio frames, cancellable at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from contextlib import aclosing
from typing import Literal

from rehearsal_server.live.outbox import Outbox
from rehearsal_server.protocol.audio import AudioFlags, AudioHeader, AudioKind, pack_audio
from rehearsal_server.protocol.fields import SpokenWord
from rehearsal_server.protocol.server_messages import Error, ServerMessage, Voice
from rehearsal_server.session.requests import Speak
from rehearsal_server.voices.casting import Cast
from rehearsal_server.voices.engine import Chunk, VoiceError, VoiceSpec, Word
from rehearsal_server.voices.speaker import Speaker

log = logging.getLogger("rehearsal_server.live")

# Long enough to be cheap, short enough to start at once.
FRAME_MS = 40
# How long a line lasts that has no words.
SILENT_BEAT_MS = 800
_SAMPLE_BYTES = 2


class PartnerVoice:
    """Speaks for all partners of one session.

    Parameters
    ----------
    speaker : the engines and their cache
    user_id : whose lines they are
    put : queues a message
    finished : is told each utterance's length in ms once all of it is sent, or None if it failed
    """

    def __init__(
        self,
        speaker: Speaker,
        user_id: str,
        put: Callable[[ServerMessage], None],
        finished: Callable[[int, int | None], None],
    ) -> None:
        self._speaker = speaker
        self._user_id = user_id
        # Where audio waits for the client; None while there is none.
        self._outbox: Outbox | None = None
        self._put = put
        self._finished = finished
        self._cast: Cast | None = None
        self._speaking: dict[int, asyncio.Task[None]] = {}

    def cast(self, cast: Cast) -> None:
        """Say who speaks with which voice; due before the first line."""
        self._cast = cast

    def attach(self, outbox: Outbox) -> None:
        """Speak to this client from now on."""
        self._outbox = outbox

    def detach(self) -> None:
        """Stop everything: nobody is listening."""
        self._outbox = None
        for task in self._speaking.values():
            task.cancel()

    def speak(self, request: Speak) -> None:
        """Begin an utterance; without a client it waits for one, who is told it from the start."""
        if self._outbox is None:
            return
        task = asyncio.create_task(
            self._speak(request, self._outbox), name=f"utterance {request.utterance}"
        )
        self._speaking[request.utterance] = task
        task.add_done_callback(lambda _: self._speaking.pop(request.utterance, None))

    def silence(self, utterance: int, line_id: str) -> None:
        """Stop an utterance: nothing more of it is sent, and the client is told to stop playing."""
        if task := self._speaking.pop(utterance, None):
            task.cancel()
        if self._outbox is not None:
            self._outbox.drop_audio(utterance)
        self._put(_state(utterance, line_id, "cancelled"))

    def prefetch(self, character: str, text: str) -> None:
        """Have a line ready before it is due."""
        self._speaker.prefetch(text, self._voice_of(character), user_id=self._user_id)

    async def close(self) -> None:
        """Stop everything."""
        tasks = list(self._speaking.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _voice_of(self, character: str | None) -> VoiceSpec:
        assert self._cast is not None, "the voices are cast before the first line"
        return self._cast.voice_of(character)

    async def _speak(self, request: Speak, outbox: Outbox) -> None:
        frames = _Frames(request.utterance)
        words: list[Word] = []
        try:
            voice = self._voice_of(request.character)
            utterance = self._speaker.speak(request.text, voice, user_id=self._user_id)
            async with aclosing(utterance) as chunks:
                async for chunk in chunks:
                    words += chunk.words
                    if not frames.sample_rate:
                        self._announce(request, chunk)
                    for frame in frames.push(chunk):
                        await outbox.put_audio(request.utterance, frame)
        except VoiceError as error:
            self._fail(request, error)
            return
        if not frames.sample_rate:
            # A line such as "..." is a beat: nothing is heard, and then it is over.
            self._finished(request.utterance, SILENT_BEAT_MS)
            return
        await outbox.put_audio(request.utterance, frames.end())
        self._put(
            Voice(
                utterance=request.utterance,
                line_id=request.line_id,
                state="complete",
                sample_rate=frames.sample_rate,
                duration_ms=frames.duration_ms,
                words=_spoken_words(words),
            )
        )
        self._finished(request.utterance, frames.duration_ms)

    def _announce(self, request: Speak, first: Chunk) -> None:
        self._put(
            Voice(
                utterance=request.utterance,
                line_id=request.line_id,
                state="started",
                sample_rate=first.sample_rate,
                words=_spoken_words(first.words),
            )
        )

    def _fail(self, request: Speak, error: VoiceError) -> None:
        log.warning("no voice for a line: %s", error)
        self._put(_state(request.utterance, request.line_id, "failed"))
        self._put(Error(code="voice_failed", message=str(error), fatal=False, retryable=True))
        self._finished(request.utterance, None)


class _Frames:
    """Cuts one utterance into audio messages of `FRAME_MS`."""

    def __init__(self, utterance: int) -> None:
        self._utterance = utterance
        self._seq = 0
        self._position = 0
        self._pending = b""
        self.sample_rate = 0

    @property
    def duration_ms(self) -> int:
        """Length of what was cut so far."""
        return self._position * 1000 // self.sample_rate

    def push(self, chunk: Chunk) -> list[bytes]:
        """The messages that `chunk` completes."""
        self.sample_rate = chunk.sample_rate
        size = _SAMPLE_BYTES * (chunk.sample_rate * FRAME_MS // 1000)
        pcm = self._pending + chunk.pcm
        whole = len(pcm) - len(pcm) % size
        self._pending = pcm[whole:]
        return [self._pack(pcm[at : at + size]) for at in range(0, whole, size)]

    def end(self) -> bytes:
        """The last message, with whatever is left."""
        return self._pack(self._pending, AudioFlags.END)

    def _pack(self, pcm: bytes, flags: AudioFlags = AudioFlags.NONE) -> bytes:
        header = AudioHeader(AudioKind.PARTNER, flags, self._utterance, self._seq, self._position)
        self._seq += 1
        self._position += len(pcm) // _SAMPLE_BYTES
        return pack_audio(header, pcm)


def _state(utterance: int, line_id: str, state: Literal["cancelled", "failed"]) -> Voice:
    return Voice(utterance=utterance, line_id=line_id, state=state, sample_rate=0)


def _spoken_words(words: Iterable[Word]) -> tuple[SpokenWord, ...]:
    return tuple(SpokenWord(text=w.text, start_ms=w.start_ms, end_ms=w.end_ms) for w in words)
