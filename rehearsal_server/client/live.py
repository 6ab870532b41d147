"""A live session over a real WebSocket: the thin shell around the sans-I/O parts.

    async with client.live(start) as live, aclosing(live.run(source)) as messages:
        async for received in messages:
            ...

Iterating reads the socket, feeds the loudspeaker and yields what the server says, while the
microphone is sent on its schedule.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from rehearsal_server.client.errors import (
    ConnectionRefused,
    ProtocolViolation,
    SessionClosed,
)
from rehearsal_server.client.microphone import AudioSource, MicrophoneStream
from rehearsal_server.client.pace import Pace
from rehearsal_server.client.recording import SessionRecording
from rehearsal_server.client.speakerphone import Speakerphone
from rehearsal_server.protocol.audio import HEADER_BYTES, is_audio, unpack_audio
from rehearsal_server.protocol.client_messages import ClientMessage, Playback, Start, Stop
from rehearsal_server.protocol.close_codes import CloseCode
from rehearsal_server.protocol.codec import JSON, Codec
from rehearsal_server.protocol.server_messages import (
    AnyServerMessage,
    Error,
    Hello,
    ServerMessage,
    Started,
    Voice,
)

# Frames that may wait in this process; beyond, TCP pushes back and the server drops its meters.
_MAX_WAITING_FRAMES = 64
# The close that follows a normal end, and one that tells no more than that the socket is gone.
_ABNORMAL = 1006

_Message = TypeVar("_Message", bound=ServerMessage)


@dataclass(frozen=True)
class Received:
    """What the server said and when it was read."""

    message: AnyServerMessage
    at_s: float  # time.perf_counter()
    position: int  # microphone samples recorded by then


class LiveSession:
    """One session, from `hello` to the close. Made by `open_session`."""

    def __init__(
        self,
        websocket: ClientConnection,
        codec: Codec,
        start: Start,
        *,
        chunk_ms: float = 20,
        speed: float = 1.0,
        keep_audio: bool = False,
        recording: SessionRecording | None = None,
    ) -> None:
        self.microphone = MicrophoneStream(start.audio, chunk_ms)
        self.speakerphone = Speakerphone(start.audio.sample_rate, keep_audio=keep_audio)
        self.hello: Hello
        self.started: Started
        self._start = start
        # Set by the first chunk; nothing is due before.
        self.pace: Pace | None = None
        self._websocket = websocket
        self._codec = codec
        self._speed = speed
        self._recording = recording
        # No more audio is sent: `stop` was, or the socket is closed.
        self.is_stopping = False
        self._fatal: Error | None = None

    async def begin(self) -> None:
        """Read `hello`, send `start`, and read `started`.

        Raises
        ------
        SessionClosed
            The server would not start it; `error` says why.
        """
        self.hello = await self._expect(Hello)
        await self._send(self._start)
        self.started = await self._expect(Started)

    async def run(
        self, source: AudioSource, heard: Callable[[Playback], None] = lambda mark: None
    ) -> AsyncGenerator[Received, None]:
        """Send the microphone and yield what the server says, until the session is over.

        Parameters
        ----------
        source : AudioSource
            Read when its samples are due, so it may still react to what was just received.
        heard : callable
            Is told what the loudspeaker plays, before the source is read.

        Raises
        ------
        SessionClosed
            The socket closed before the session was over.
        """
        sending = asyncio.create_task(self._stream(source, heard), name="microphone")
        try:
            while (received := await self._receive()) is not None:
                yield received
        finally:
            sending.cancel()
            (outcome,) = await asyncio.gather(sending, return_exceptions=True)
            if isinstance(outcome, Exception):
                raise outcome

    async def send(self, message: ClientMessage) -> None:
        """Send a control message; after a close it goes nowhere, and `run` tells why."""
        if self._recording is not None:
            self._recording.message_sent(message, self.microphone.position)
        await self._send(message)

    async def stop(self) -> None:
        """Ask the server to save and close; the microphone ends here."""
        self.is_stopping = True
        await self.send(Stop())

    async def _stream(self, source: AudioSource, heard: Callable[[Playback], None]) -> None:
        self.pace = Pace(time.perf_counter(), self.microphone.audio.sample_rate, self._speed)
        try:
            while not (self.microphone.is_over or self.is_stopping):
                end = self.microphone.next_position
                # Sleeping even when late lets the other coroutines have their turn.
                await asyncio.sleep(max(0.0, self.pace.due_s(end) - time.perf_counter()))
                await self._send_chunk(source, heard, end)
        except Exception:
            # The reader must not wait for what will never come.
            self._websocket.transport.abort()
            raise

    async def _send_chunk(
        self, source: AudioSource, heard: Callable[[Playback], None], end: int
    ) -> None:
        """Send what was heard up to `end` and the chunk that ends there."""
        if self.is_stopping:
            return
        for mark in self.speakerphone.marks_until(end):
            heard(mark)
            await self.send(mark)
        chunk = self.microphone.next_chunk(source)
        if self._recording is not None:
            self._recording.audio_sent(memoryview(chunk)[HEADER_BYTES:])
        # After a close, reading tells why.
        with suppress(ConnectionClosed):
            await self._websocket.send(chunk)

    async def _send(self, message: ClientMessage) -> None:
        with suppress(ConnectionClosed):
            await self._websocket.send(self._codec.encode(message), text=self._codec.is_text)

    async def _receive(self) -> Received | None:
        """Read the next control message; None once a session that is over has closed."""
        while True:
            try:
                frame = await self._websocket.recv(decode=False)
            except ConnectionClosed as closed:
                self.is_stopping = True
                if closed.rcvd is not None and closed.rcvd.code == CloseCode.DONE:
                    return None
                raise self._why(closed) from None
            at_s = time.perf_counter()
            position = self.pace.position_at(at_s) if self.pace else 0
            if is_audio(frame):
                self.speakerphone.receive_frame(*unpack_audio(frame), position)
                continue
            return Received(self._read(frame, position), at_s, position)

    def _read(self, frame: bytes, position: int) -> AnyServerMessage:
        message = self._codec.decode_server(frame)
        if isinstance(message, Voice):
            self.speakerphone.receive(message, position)
        if isinstance(message, Error) and message.fatal:
            self._fatal = message
        if self._recording is not None:
            self._recording.received(message)
        return message

    async def _expect(self, kind: type[_Message]) -> _Message:
        received = await self._receive()
        if received is not None and isinstance(received.message, Error):
            # The close that follows tells more; wait for it.
            received = await self._receive()
        if received is None or not isinstance(received.message, kind):
            raise ProtocolViolation(f"expected {kind.__name__} from the server, got {received}")
        return received.message

    def _why(self, closed: ConnectionClosed) -> SessionClosed:
        if closed.rcvd is None:
            return SessionClosed.of(_ABNORMAL, "the connection broke", self._fatal)
        return SessionClosed.of(closed.rcvd.code, closed.rcvd.reason, self._fatal)


@asynccontextmanager
async def open_session(
    url: str,
    access_token: str,
    start: Start,
    *,
    codec: Codec = JSON,
    chunk_ms: float = 20,
    speed: float = 1.0,
    keep_audio: bool = False,
    recording: SessionRecording | None = None,
    trust_env: bool = True,
) -> AsyncIterator[LiveSession]:
    """Open the socket, begin the session, and close the socket at the end of the block.

    Parameters
    ----------
    url : str
        ``ws://`` or ``wss://`` address of `/v1/live`.
    codec : Codec
        `JSON` or `MSGPACK`: how control messages are written.
    chunk_ms : float
        Length of the microphone's chunks.
    speed : float
        How many times faster than real time the microphone runs.
    keep_audio : bool
        Whether `LiveSession.speakerphone.heard` holds the partner's audio.
    recording : SessionRecording or None
        Where to keep what is sent and received.
    trust_env : bool
        Whether a proxy named in the environment is used.

    Raises
    ------
    ConnectionRefused
        The server did not open the socket.
    SessionClosed
        The server would not start the session.
    """
    connection = connect(
        url,
        subprotocols=[Subprotocol(codec.subprotocol)],
        additional_headers={"Authorization": f"Bearer {access_token}"},
        # PCM does not compress.
        compression=None,
        max_queue=_MAX_WAITING_FRAMES,
        proxy=True if trust_env else None,
    )
    try:
        websocket = await connection
    except InvalidStatus as refusal:
        raise _refused(refusal) from None
    async with websocket:
        live = LiveSession(
            websocket,
            codec,
            start,
            chunk_ms=chunk_ms,
            speed=speed,
            keep_audio=keep_audio,
            recording=recording,
        )
        await live.begin()
        yield live


def _refused(refusal: InvalidStatus) -> ConnectionRefused:
    response = refusal.response
    retry_after = response.headers.get("Retry-After")
    return ConnectionRefused(
        response.status_code,
        response.body.decode(errors="replace")[:200] if response.body else "",
        float(retry_after) if retry_after else None,
    )
