"""One client's socket, from `hello` to the close: the thin shell around a session."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from rehearsal_server.live.faults import CLIENT_GONE, DONE, Ending, SocketFault, ending_for
from rehearsal_server.live.line_audio import LineAudio, Pcm
from rehearsal_server.live.microphone import AudioGap, ChunkSequence
from rehearsal_server.live.outbox import Outbox, OutboxFull
from rehearsal_server.live.pace import TokenBucket
from rehearsal_server.live.partner import PartnerVoice
from rehearsal_server.live.scheduler import Analysed, AnalysedStream, Chunk
from rehearsal_server.live.services import Identity, LiveServices
from rehearsal_server.live.starting import (
    cast_partners,
    greet,
    new_secret,
    plan_session,
    scene_lines,
)
from rehearsal_server.live.writer import Send, SocketWriter
from rehearsal_server.protocol.audio import AudioFlags, is_audio, unpack_audio
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
    Ack,
    Error,
    ErrorCode,
    Pong,
    Saved,
    ServerMessage,
    Started,
)
from rehearsal_server.session.requests import DescribeLine, Finish, Prefetch, Silence, Speak
from rehearsal_server.session.scene import Output
from rehearsal_server.session.session import Session

log = logging.getLogger("rehearsal_server.live")

Receive = Callable[[], Awaitable[Any]]

# A client that was buffering while it connected may send this much at once, and one whose network
# stalled may catch up with this much: what a client is asked to keep.
_AUDIO_BURST_S = 5.0
_AUDIO_CATCH_UP_S = 60.0
_MESSAGE_BURST = 40.0
# The last line is described within this time, or is saved without.
_DESCRIPTIONS_S = 5.0


class Connection:
    """Reads, feeds the analysis, runs the session, writes."""

    def __init__(
        self, services: LiveServices, identity: Identity, codec: Codec, receive: Receive, send: Send
    ) -> None:
        self._services = services
        self.identity = identity
        self._codec = codec
        self._receive = receive
        self._outbox = Outbox(codec)
        self._writer = SocketWriter(self._outbox, send)
        self._partner = PartnerVoice(
            services.speaker, identity.user_id, self._outbox, self._put, self._voice_done
        )
        # Set once `start` is accepted.
        self._session: Session | None = None
        self._session_id = ""
        self._stream: AnalysedStream | None = None
        self._chunks: ChunkSequence | None = None
        # What finished lines are described from, and the descriptions that are not there yet.
        self._audio = LineAudio()
        self._descriptions: set[asyncio.Task[None]] = set()
        # Set when the socket has to close, to the reason.
        self._ending: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
        now_s = time.perf_counter()
        self._opened_s = now_s
        self._last_audio_s = now_s
        self._last_message_s = now_s
        self._acked_seq = -1
        limits = services.limits
        self._audio_pace = TokenBucket(
            limits.max_audio_speed, _AUDIO_CATCH_UP_S, now_s, tokens=_AUDIO_BURST_S
        )
        self._message_pace = TokenBucket(limits.max_messages_per_s, _MESSAGE_BURST, now_s)
        self._client_is_there = True

    async def run(self) -> None:
        """Serve the socket until it closes; the results are saved whatever ends it."""
        writer = asyncio.create_task(self._writer.run(), name="socket writer")
        reader = asyncio.create_task(self._read(), name="socket reader")
        self._outbox.put(await greet(self._services))
        try:
            await asyncio.wait((self._ending, reader, writer), return_when="FIRST_COMPLETED")
            reader.cancel()
            await self._finish(self._decide_ending(reader, writer))
        finally:
            for task in (reader, writer):
                task.cancel()
            await asyncio.gather(reader, writer, return_exceptions=True)

    def end(self, ending: Ending) -> None:
        """Close the socket soon, in this way; the first to say so counts."""
        if not self._ending.done():
            self._ending.set_result(ending)

    def fail(self, code: ErrorCode, message: str) -> None:
        """Close the socket soon, with this error."""
        self.end(ending_for(SocketFault(code, message)))

    def tick(self, now_s: float) -> None:
        """Look after what no message brings: silence on the wire, time limits, acknowledgements."""
        limits = self._services.limits
        silent_s = now_s - self._last_audio_s
        if self._session is None:
            if now_s - self._opened_s > limits.start_within_s:
                self.fail("idle", f"no start within {limits.start_within_s:g} s")
            return
        if silent_s > limits.stalled_after_s:
            self._advance(self._session.stall)
        if now_s - self._last_message_s > limits.idle_after_s:
            self.fail("idle", f"nothing was sent for {limits.idle_after_s:g} s")
        if now_s - self._opened_s > limits.max_session_s:
            self.fail("idle", f"a session lasts {limits.max_session_s:g} s at most")
        self._acknowledge()

    # -- reading -----------------------------------------------------------------------------

    async def _read(self) -> None:
        while True:
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
                self._put(Pong(id=ping_id))
            case Start() if self._session is None:
                await self._start(message)
            case Resume():
                raise SocketFault(
                    "no_such_session", "this server offers no resume; start a new session"
                )
            case _ if self._session is None or self._stream is None:
                raise SocketFault("out_of_order", "the first message must be `start`")
            case Start():
                raise SocketFault("out_of_order", "the session has already started")
            case AckEvent():
                pass
            case _:
                session = self._session
                self._services.scheduler.after_audio(
                    self._stream, lambda: self._advance(lambda: session.receive(message))
                )

    async def _hear(self, data: bytes) -> None:
        received_s = time.perf_counter()
        header, samples = unpack_audio(data)
        if self._chunks is None or self._stream is None:
            raise SocketFault("out_of_order", "audio before `start`")
        try:
            payload = self._chunks.accept(header, samples)
        except AudioGap as gap:
            self._put(
                Error(code="audio_gap", message=str(gap), fatal=False, retryable=True, field="seq")
            )
            return
        if payload is None:
            self._acked_seq = -1  # acknowledge again
            return
        self._last_audio_s = received_s
        if not self._audio_pace.take(self._chunks.seconds(payload), received_s):
            speed = self._services.limits.max_audio_speed
            raise SocketFault("too_fast", f"audio may come at {speed:g} times real time")
        if len(payload):
            self._services.scheduler.feed(self._stream, Chunk(payload, received_s))
        if header.flags & AudioFlags.END and self._session is not None:
            stall = self._session.stall
            self._services.scheduler.after_audio(self._stream, lambda: self._advance(stall))
        await self._wait_for_analysis()

    async def _wait_for_analysis(self) -> None:
        """Stop reading while too much audio waits: TCP then slows the client down."""
        assert self._stream is not None
        assert self._chunks is not None
        limit = self._chunks.bytes_in(self._services.limits.max_waiting_s)
        await self._stream.wait_until_below(limit)

    # -- the session -------------------------------------------------------------------------

    async def _start(self, start: Start) -> None:
        services = self._services
        plan, script = await plan_session(services.archive, self.identity, start)
        self._partner.cast(await cast_partners(services, plan, script))
        self._session_id = await services.archive.begin(self.identity.user_id, start, plan)
        self._chunks = ChunkSequence(start.audio)
        self._stream = services.scheduler.open(start.audio, self._analysed)
        self._session = Session(plan)
        self._last_audio_s = time.perf_counter()
        self._put(
            Started(
                session_id=self._session_id,
                secret=new_secret(),
                epoch=1,
                scene=plan.scene.id,
                role=plan.role,
                lines=scene_lines(plan),
            )
        )
        self._advance(self._session.begin)

    def _analysed(self, result: Analysed) -> None:
        if self._session is None or self._ending.done():
            return
        self._audio.push(result.audio)
        for hop in result.hops:
            self._advance(partial(self._session.hear, hop), result.received_s)
        self._audio.forget_before(self._session.needs_audio_from_ms)
        if result.fault is not None:
            self.end(ending_for(result.fault))

    def _voice_done(self, utterance: int, duration_ms: int | None) -> None:
        """The whole of an utterance is on its way, or it failed if it has no duration."""
        if self._session is None or self._ending.done():
            return
        if duration_ms is None:
            self._advance(partial(self._session.voice_failed, utterance))
        else:
            self._advance(partial(self._session.voice_ready, utterance, duration_ms))

    def _advance(self, step: Callable[[], list[Output]], received_s: float | None = None) -> None:
        """Take one step of the session; a fault in it ends this session and no other."""
        try:
            self._dispatch(step(), received_s)
        except Exception as error:
            self.end(ending_for(error))

    def _dispatch(self, outputs: list[Output], received_s: float | None) -> None:
        for output in outputs:
            match output:
                case Speak():
                    self._partner.speak(output)
                case Silence(utterance=utterance):
                    self._partner.silence(utterance, output.line_id)
                case Prefetch():
                    self._partner.prefetch(output.character, output.text)
                case DescribeLine():
                    self._describe(output)
                case Finish():
                    self.end(DONE)
                case ServerMessage():
                    self._put(output, received_s)

    def _describe(self, request: DescribeLine) -> None:
        samples = self._audio.between(request.start_ms, request.end_ms)
        task = asyncio.create_task(self._await_description(request, samples), name="description")
        self._descriptions.add(task)
        task.add_done_callback(self._descriptions.discard)

    async def _await_description(self, request: DescribeLine, samples: Pcm) -> None:
        voice = await self._services.describer.describe(samples)
        if voice is not None and self._session is not None:
            self._session.line_described(request.line_id, request.take, voice)

    def _put(self, message: ServerMessage, received_s: float | None = None) -> None:
        try:
            self._outbox.put(message, received_s)
        except OutboxFull as full:
            self.end(ending_for(full))

    def _acknowledge(self) -> None:
        if self._chunks is not None and self._acked_seq != self._chunks.next_seq - 1:
            self._acked_seq = self._chunks.next_seq - 1
            self._put(Ack(seq=self._acked_seq))

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
        await self._partner.close()
        if self._stream is not None:
            self._services.scheduler.close(self._stream)
        if ending.error is not None:
            self._writer.put_last(ending.error)
        is_saved = self._session is None or await asyncio.shield(self._save(self._session))
        if self._client_is_there:
            await self._writer.close(ending.close_code if is_saved else CloseCode.INTERNAL)

    async def _save(self, session: Session) -> bool:
        """Save what was measured, and say so; whether it worked."""
        try:
            # Dispatched, so that a line which is cut short is described as well.
            self._dispatch(session.close(), None)
            if self._descriptions:
                await asyncio.wait(self._descriptions, timeout=_DESCRIPTIONS_S)
            result = session.result()
            await self._services.archive.save(self._session_id, result)
        except Exception:
            log.exception("session %s could not be saved", self._session_id)
            self._writer.put_last(
                Error(
                    code="not_saved",
                    message="the results could not be saved; the server's log says why",
                    fatal=True,
                )
            )
            return False
        log.info("session %s saved: %s", self._session_id, result.figures())
        saved = Saved(
            session_id=self._session_id,
            performances=len(result.performances),
            summary=result.summary,
        )
        self._writer.put_last(session.number(saved))
        return True
