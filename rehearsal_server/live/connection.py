"""One client's socket, from `hello` to the close: the thin shell around a session."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from rehearsal_server.live.faults import CLIENT_GONE, DONE, Ending, SocketFault, ending_for
from rehearsal_server.live.microphone import AudioGap
from rehearsal_server.live.outbox import Outbox, OutboxFull
from rehearsal_server.live.pace import TokenBucket
from rehearsal_server.live.rehearsal import Rehearsal
from rehearsal_server.live.rehearsals import Rehearsals
from rehearsal_server.live.services import Identity, LiveServices
from rehearsal_server.live.starting import (
    greet,
    prepare,
    scene_lines,
)
from rehearsal_server.live.writer import Send, SocketWriter
from rehearsal_server.protocol.audio import is_audio, unpack_audio
from rehearsal_server.protocol.client_messages import (
    AckEvent,
    AnyClientMessage,
    Ping,
    Resume,
    Start,
)
from rehearsal_server.protocol.close_codes import CloseCode
from rehearsal_server.protocol.codec import Codec
from rehearsal_server.protocol.server_messages import (
    Error,
    ErrorCode,
    GoAway,
    Pong,
    ServerMessage,
    Started,
)

Receive = Callable[[], Awaitable[Any]]

# A client that was buffering while it connected may send this much at once, and one whose network
# stalled may catch up with this much: what a client is asked to keep.
_AUDIO_BURST_S = 5.0
_AUDIO_CATCH_UP_S = 60.0
_MESSAGE_BURST = 40.0


class Connection:
    """Reads, decodes, checks the pace, writes; what was said goes to the rehearsal."""

    def __init__(
        self,
        services: LiveServices,
        rehearsals: Rehearsals,
        identity: Identity,
        codec: Codec,
        receive: Receive,
        send: Send,
    ) -> None:
        self.identity = identity
        self.outbox = Outbox(codec)
        self._services = services
        self._rehearsals = rehearsals
        self._codec = codec
        self._receive = receive
        self._writer = SocketWriter(self.outbox, send)
        # Set once `start` or `resume` is accepted.
        self._rehearsal: Rehearsal | None = None
        # Set when the socket has to close, to the reason.
        self._ending: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
        now_s = time.perf_counter()
        self._opened_s = now_s
        self._last_message_s = now_s
        limits = services.limits
        self._audio_pace = TokenBucket(
            limits.max_audio_speed, _AUDIO_CATCH_UP_S, now_s, tokens=_AUDIO_BURST_S
        )
        self._message_pace = TokenBucket(limits.max_messages_per_s, _MESSAGE_BURST, now_s)
        self._client_is_there = True
        self._expires_s = now_s + _seconds_left(identity)

    async def run(self) -> None:
        """Serve the socket until it closes; the session is kept or saved, whatever ends it."""
        writer = asyncio.create_task(self._writer.run(), name="socket writer")
        reader = asyncio.create_task(self._read(), name="socket reader")
        self.outbox.put(await greet(self._services))
        try:
            await asyncio.wait((self._ending, reader, writer), return_when="FIRST_COMPLETED")
            reader.cancel()
            await self._finish(self._decide_ending(reader, writer))
        finally:
            for task in (reader, writer):
                task.cancel()
            await asyncio.gather(reader, writer, return_exceptions=True)

    @property
    def close_code(self) -> CloseCode:
        """How the socket ended; our fault, if nobody said."""
        if self._ending.done() and not self._ending.cancelled():
            return self._ending.result().close_code
        return CloseCode.INTERNAL

    # -- what others ask of it ---------------------------------------------------------------

    def put(
        self, message: ServerMessage, received_s: float | None = None, after_frame: int = 0
    ) -> None:
        """Queue a message; a client that reads too slowly is cut off."""
        try:
            self.outbox.put(message, received_s, after_frame)
        except OutboxFull as full:
            self.end(ending_for(full))

    def end(self, ending: Ending) -> None:
        """Close the socket soon, in this way; the first to say so counts."""
        if not self._ending.done():
            self._ending.set_result(ending)

    def fail(self, code: ErrorCode, message: str) -> None:
        """Close the socket soon, with this error."""
        self.end(ending_for(SocketFault(code, message)))

    def tick(self, now_s: float) -> None:
        """Look after what no message brings: time limits and acknowledgements."""
        limits = self._services.limits
        if now_s > self._expires_s:
            self.fail("token_expired", "the access token has expired; resume with a fresh one")
            return
        if self._rehearsal is None:
            if now_s - self._opened_s > limits.start_within_s:
                self.fail("idle", f"no start within {limits.start_within_s:g} s")
            return
        if now_s - self._last_message_s > limits.idle_after_s:
            self.fail("idle", f"nothing was sent for {limits.idle_after_s:g} s")
        if self._rehearsal.heard_s > limits.max_session_s:
            self.put(GoAway(reason="too_long", time_left_ms=0))
            self.end(DONE)
        self._rehearsal.acknowledge()

    # -- reading -----------------------------------------------------------------------------

    async def _read(self) -> None:
        while not self._ending.done():
            event = await self._receive()
            self._last_message_s = time.perf_counter()
            if event["type"] == "websocket.disconnect":
                self._client_is_there = False
                self.end(CLIENT_GONE)
                return
            data, text = event.get("bytes"), event.get("text")
            if data is not None and is_audio(data):
                await self._hear(data)
            else:
                await self._read_control(data, text)

    async def _read_control(self, data: bytes | None, text: str | None) -> None:
        if not self._message_pace.take(1, time.perf_counter()):
            limit = self._services.limits.max_messages_per_s
            raise SocketFault("too_fast", f"at most {limit:g} control messages a second")
        control = text.encode() if text is not None and self._codec.is_text else data
        if control is None or (text is None) is self._codec.is_text:
            frames = "text" if self._codec.is_text else "binary"
            raise SocketFault(
                "malformed", f"{self._codec.subprotocol} sends control messages in {frames} frames"
            )
        message = self._codec.decode_client(control)
        await self._take_message(message)

    async def _take_message(self, message: AnyClientMessage) -> None:
        match message:
            case Ping(id=ping_id):
                self.put(Pong(id=ping_id))
            case Start() if self._rehearsal is None:
                await self._start(message)
            case Resume() if self._rehearsal is None:
                await self._resume(message)
            case _ if self._rehearsal is None:
                raise SocketFault("out_of_order", "the first message must be `start` or `resume`")
            case Start() | Resume():
                raise SocketFault("out_of_order", "the session has already started")
            case AckEvent():
                pass
            case _:
                self._rehearsal.receive(message)

    async def _hear(self, data: bytes) -> None:
        received_s = time.perf_counter()
        header, samples = unpack_audio(data)
        if self._rehearsal is None:
            raise SocketFault("out_of_order", "audio before `start`")
        try:
            payload = self._rehearsal.accept(header, samples)
        except AudioGap as gap:
            self.put(
                Error(code="audio_gap", message=str(gap), fatal=False, retryable=True, field="seq")
            )
            return
        if payload is None:
            return
        if not self._audio_pace.take(self._rehearsal.seconds(payload), received_s):
            speed = self._services.limits.max_audio_speed
            raise SocketFault("too_fast", f"audio may come at {speed:g} times real time")
        await self._rehearsal.hear(payload, header.flags, received_s)

    async def _start(self, start: Start) -> None:
        starting = await prepare(self._services, self.identity, start)
        rehearsal, secret = await self._rehearsals.begin(self.identity, starting)
        self._rehearsal = rehearsal
        self.put(
            Started(
                session_id=rehearsal.session_id,
                secret=secret,
                epoch=rehearsal.beginning.epoch,
                scene=starting.plan.scene.id,
                role=starting.plan.role,
                lines=scene_lines(starting.plan),
            )
        )
        rehearsal.begin(self)

    async def _resume(self, resume: Resume) -> None:
        self._rehearsal = await self._rehearsals.resume(resume, self.identity, self)
        now_s = time.perf_counter()
        limits = self._services.limits
        # What was recorded while there was no socket comes at once.
        kept_s = _AUDIO_CATCH_UP_S + limits.resume_within_s
        self._audio_pace = TokenBucket(limits.max_audio_speed, kept_s, now_s)

    # -- the end -----------------------------------------------------------------------------

    def _decide_ending(self, reader: asyncio.Task[None], writer: asyncio.Task[None]) -> Ending:
        if self._ending.done():
            return self._ending.result()
        for task in (reader, writer):
            if task.done() and (error := task.exception()) is not None:
                return ending_for(error)
        return CLIENT_GONE

    async def _finish(self, ending: Ending) -> None:
        self.end(ending)
        if ending.error is not None:
            self._writer.put_last(ending.error)
        if self._rehearsal is not None:
            leaving = self._rehearsals.leave(self._rehearsal, self, ending)
            left = await asyncio.shield(leaving)
            if left.error is not None and left is not ending:
                self._writer.put_last(left.error)
            ending = left
        if self._client_is_there:
            await self._writer.close(ending.close_code)


def _seconds_left(identity: Identity) -> float:
    """How long the socket may stay open on the proof that opened it."""
    if identity.expires_at is None:
        return math.inf
    return (identity.expires_at - datetime.now(UTC)).total_seconds()
