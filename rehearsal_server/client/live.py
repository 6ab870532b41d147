"""A live session over real WebSockets, one after the other: the shell around the sans-I/O parts.

    async with client.live(start) as live, aclosing(live.run(source)) as messages:
        async for received in messages:
            ...

Iterating reads the socket, feeds the loudspeaker and yields what the server says, while the
microphone is sent on its schedule. A socket that breaks is replaced: the microphone goes on, the
session is resumed, what the server did not get is sent again, and no event is yielded twice.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, WebSocketException

from rehearsal_server.client.backoff import delays_s
from rehearsal_server.client.dialling import Dial, dialler
from rehearsal_server.client.errors import (
    ConnectionRefused,
    ProtocolViolation,
    SessionClosed,
    Unreachable,
)
from rehearsal_server.client.microphone import AudioSource, MicrophoneStream
from rehearsal_server.client.pace import Pace
from rehearsal_server.client.recording import SessionRecording
from rehearsal_server.client.speakerphone import Speakerphone
from rehearsal_server.client.uplink import Uplink
from rehearsal_server.protocol.audio import HEADER_BYTES, is_audio, unpack_audio
from rehearsal_server.protocol.client_messages import (
    AckEvent,
    ClientMessage,
    Ping,
    Playback,
    Resume,
    Start,
    Stop,
)
from rehearsal_server.protocol.close_codes import CloseCode
from rehearsal_server.protocol.codec import JSON, Codec
from rehearsal_server.protocol.server_messages import (
    Ack,
    AnyServerMessage,
    Error,
    Event,
    Hello,
    Resumed,
    ServerMessage,
    Started,
    Voice,
)

# What a socket is closed with that tells no more than that it is gone.
_ABNORMAL = 1006
_COME_BACK = frozenset((_ABNORMAL, *(code for code in CloseCode if code.reconnect)))
# A server that hears a microphone says something many times a second.
_SILENCE_S = 5.0
# A server says hello, and answers a resume, within this time.
_ANSWER_S = 10.0
# Refusals that pass: too many requests, a proxy without its server, a server that is full.
_PASSING = frozenset((429, 502, 503, 504))
# Not part of the session: never sent again, and not counted.
_UNCOUNTED = (Ping, AckEvent)

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
        dial: Dial,
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
        # Seconds from each loss of a socket to the session's going on over the next.
        self.resumed_after_s: list[float] = []
        self.last_event = 0
        self._start = start
        # Set by the first chunk; nothing is due before.
        self.pace: Pace | None = None
        self._dial = dial
        self._websocket: ClientConnection
        self._codec = codec
        self._speed = speed
        self._recording = recording
        self._secret = ""
        self._uplink = Uplink()
        # One sender at a time, and only on a socket that the session is on.
        self._sending = asyncio.Lock()
        self._is_attached = False
        self._catching_up: asyncio.Task[None] | None = None
        # No more audio is sent: `stop` was, or the session is over.
        self.is_stopping = False
        self._fatal: Error | None = None

    async def begin(self) -> None:
        """Open a socket, send `start`, and read `started`.

        Raises
        ------
        ConnectionRefused, Unreachable
            The server did not open the socket.
        SessionClosed
            The server would not start it; `error` says why.
        """
        self._websocket = await self._dial()
        self.hello = await self._expect(Hello)
        await self._send_now(self._start)
        self.started = await self._expect(Started)
        self._secret = self.started.secret
        self._is_attached = True

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
            The socket closed before the session was over, and it could not be resumed.
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
        """Send a control message; if the socket is gone, with the next one."""
        if isinstance(message, _UNCOUNTED):
            await self._send_now(message)
            return
        if self._recording is not None:
            self._recording.message_sent(message, self.microphone.position)
        self._uplink.add_message(self._codec.encode(message), is_text=self._codec.is_text)
        await self._flush()

    async def stop(self) -> None:
        """Ask the server to save and close; the microphone ends here."""
        self.is_stopping = True
        await self.send(Stop())

    @property
    def is_attached(self) -> bool:
        """Whether the session is on a socket at present, as far as this end knows."""
        return self._is_attached

    async def cut(self) -> None:
        """Break the connection, as a network would: for tests and benchmarks."""
        self._websocket.transport.abort()

    def pause_reading(self) -> Callable[[], None]:
        """Take nothing off the wire until the answer is called: for tests and benchmarks."""
        transport = self._websocket.transport
        transport.pause_reading()
        return transport.resume_reading

    async def aclose(self) -> None:
        """Close the socket."""
        if self._catching_up is not None:
            self._catching_up.cancel()
        await self._websocket.close()

    # -- sending -----------------------------------------------------------------------------

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
            self.is_stopping = True
            self._dial = _gone
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
        seq = self.microphone.seq
        chunk = self.microphone.next_chunk(source)
        if self._recording is not None:
            self._recording.audio_sent(memoryview(chunk)[HEADER_BYTES:])
        self._uplink.add_chunk(seq, chunk)
        await self._flush()

    async def _flush(self) -> None:
        """Send what waits, if there is a socket; after a close, reading tells why."""
        if not self._is_attached:
            return
        async with self._sending:
            with suppress(ConnectionClosed):
                while self._is_attached and (said := self._uplink.next()) is not None:
                    await self._websocket.send(said.data, text=said.is_text)

    async def _send_now(self, message: ClientMessage) -> None:
        with suppress(ConnectionClosed):
            await self._websocket.send(self._codec.encode(message), text=self._codec.is_text)

    # -- receiving ---------------------------------------------------------------------------

    async def _receive(self) -> Received | None:
        """Read the next control message; None once a session that is over has closed."""
        while True:
            try:
                frame = await self._next_frame()
            except ConnectionClosed as closed:
                if closed.rcvd is not None and closed.rcvd.code == CloseCode.DONE:
                    self.is_stopping = True
                    return None
                return await self._come_back(self._why(closed))
            at_s = time.perf_counter()
            position = self.pace.position_at(at_s) if self.pace else 0
            if is_audio(frame):
                self.speakerphone.receive_frame(*unpack_audio(frame), position)
                continue
            message = self._read(frame, position)
            if message is not None:
                return Received(message, at_s, position)

    async def _next_frame(self) -> bytes:
        if not self._can_come_back or self.microphone.is_over or self.is_stopping:
            return await self._websocket.recv(decode=False)
        try:
            async with asyncio.timeout(_SILENCE_S):
                return await self._websocket.recv(decode=False)
        except TimeoutError:
            # The network is gone without a word; the other end may not even know.
            self._websocket.transport.abort()
            return await self._websocket.recv(decode=False)

    def _read(self, frame: bytes, position: int) -> AnyServerMessage | None:
        """Take in a message; None for an event that was taken in before."""
        message = self._codec.decode_server(frame)
        if isinstance(message, Event) and message.event and not self._is_next(message):
            return None
        if isinstance(message, Voice):
            self.speakerphone.receive(message, position)
        if isinstance(message, Ack):
            self._uplink.acknowledge(message.durable_seq, message.durable_messages)
        if isinstance(message, Error) and message.fatal:
            self._fatal = message
        if self._recording is not None:
            self._recording.received(message)
        return message

    def _is_next(self, event: Event) -> bool:
        if event.event > self.last_event + 1:
            raise ProtocolViolation(f"event {event.event} followed event {self.last_event}")
        is_new = event.event > self.last_event
        self.last_event = max(self.last_event, event.event)
        return is_new

    async def _expect(self, kind: type[_Message]) -> _Message:
        try:
            frame = await self._websocket.recv(decode=False)
            message = self._read(frame, 0)
            if isinstance(message, Error):
                # The close that follows tells more; wait for it.
                message = self._read(await self._websocket.recv(decode=False), 0)
        except ConnectionClosed as closed:
            raise self._why(closed) from None
        if not isinstance(message, kind):
            raise ProtocolViolation(f"expected {kind.__name__} from the server, got {message}")
        return message

    def _why(self, closed: ConnectionClosed) -> SessionClosed:
        if closed.rcvd is None:
            return SessionClosed.of(_ABNORMAL, "the connection broke", self._fatal)
        return SessionClosed.of(closed.rcvd.code, closed.rcvd.reason, self._fatal)

    # -- coming back -------------------------------------------------------------------------

    @property
    def _can_come_back(self) -> bool:
        return self._is_attached and self.hello.limits.resume_within_ms > 0

    async def _come_back(self, why: SessionClosed) -> Received:
        """Resume over another socket; raises `why`, or what forbids it, if that can't be."""
        if not self._can_come_back or why.code not in _COME_BACK or self._dial is _gone:
            self.is_stopping = True
            raise why
        lost_s = time.perf_counter()
        self._is_attached = False
        self._fatal = None
        try:
            async with asyncio.timeout(self.hello.limits.resume_within_ms / 1000):
                for delay_s in delays_s(random.Random()):
                    await asyncio.sleep(delay_s)
                    resumed = await self._try_to_resume()
                    if resumed is not None:
                        break
        except TimeoutError:
            self.is_stopping = True
            raise why from None
        except BaseException:
            self.is_stopping = True
            raise
        assert resumed is not None, "the delays never end"
        at_s = time.perf_counter()
        self.resumed_after_s.append(at_s - lost_s)
        self._go_on(resumed)
        return Received(resumed, at_s, self.pace.position_at(at_s) if self.pace else 0)

    async def _try_to_resume(self) -> Resumed | None:
        """One attempt; None if another may succeed."""
        try:
            async with asyncio.timeout(_ANSWER_S):
                self._websocket = await self._dial()
                await self._expect(Hello)
                await self._send_now(
                    Resume(
                        session_id=self.started.session_id,
                        secret=self._secret,
                        epoch=self.started.epoch,
                        last_event=self.last_event,
                    )
                )
                return await self._expect(Resumed)
        except ConnectionRefused as refused:
            if refused.status not in _PASSING:
                raise
            await asyncio.sleep(refused.retry_after_s or 0)
        except SessionClosed as closed:
            if closed.code not in _COME_BACK:
                raise
        except (Unreachable, OSError, TimeoutError, WebSocketException):
            pass
        return None

    def _go_on(self, resumed: Resumed) -> None:
        self._secret = resumed.secret
        position = self.pace.position_at(time.perf_counter()) if self.pace else 0
        self.speakerphone.keep_only(resumed.speaking, position)
        self._uplink.rewind(resumed.next_seq, resumed.next_message)
        self._is_attached = True
        # Beside reading: a minute of audio takes its time, and the server speaks meanwhile.
        self._catching_up = asyncio.create_task(self._flush(), name="catching up")


async def _gone() -> ClientConnection:
    raise OSError("the session was given up")


@asynccontextmanager
async def open_session(
    url: str,
    access_token: str | Callable[[], Awaitable[str]],
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
    access_token : str or coroutine function
        What opens a socket; a function is asked for each, since tokens run out.
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
    live = LiveSession(
        dialler(url, access_token, codec, trust_env=trust_env),
        codec,
        start,
        chunk_ms=chunk_ms,
        speed=speed,
        keep_audio=keep_audio,
        recording=recording,
    )
    await live.begin()
    try:
        yield live
    finally:
        await live.aclose()
