"""One session that is going on, whatever socket it is on: audio in, messages out, results saved."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Protocol

from models.emotion.estimate import EmotionEstimate
from rehearsal_server.live.emotion import EmotionFeed, LineMaterial
from rehearsal_server.live.faults import DONE, Ending, ending_for
from rehearsal_server.live.line_audio import LineAudio, Pcm
from rehearsal_server.live.microphone import ChunkSequence
from rehearsal_server.live.outbox import Outbox
from rehearsal_server.live.partner import PartnerVoice
from rehearsal_server.live.scheduler import Analysed, Chunk
from rehearsal_server.live.services import LiveServices
from rehearsal_server.protocol.audio import AudioFlags, AudioHeader
from rehearsal_server.protocol.client_messages import ClientMessage, Start
from rehearsal_server.protocol.server_messages import Ack, Error, Saved, ServerMessage, Transcript
from rehearsal_server.session.requests import (
    DescribeLine,
    Finish,
    JudgeWindow,
    Prefetch,
    Silence,
    Speak,
)
from rehearsal_server.session.scene import Output
from rehearsal_server.session.session import Session, SessionPlan
from rehearsal_server.session.speaker import LineHeard
from rehearsal_server.transcripts.live import LiveTranscript
from rehearsal_server.voices.casting import Cast

log = logging.getLogger("rehearsal_server.live")

# The last line is described within this time, or is saved without.
_DESCRIPTIONS_S = 5.0
# Then what is known of it is put together.
_LAST_WORDS_S = 1.0


class Link(Protocol):
    """The socket that a rehearsal is on."""

    @property
    def outbox(self) -> Outbox:
        """Where the partner's audio waits for the client."""

    def put(self, message: ServerMessage, received_s: float | None = None) -> None:
        """Queue a message; `received_s` is when the audio that decided it came."""

    def put_last(self, message: ServerMessage) -> None:
        """Queue a parting message, if there is room for it."""

    def end(self, ending: Ending) -> None:
        """Close the socket soon, in this way."""


class Rehearsal:
    """Feeds the analysis, runs the session core and answers its requests."""

    def __init__(
        self,
        services: LiveServices,
        session_id: str,
        user_id: str,
        start: Start,
        plan: SessionPlan,
        cast: Cast,
        link: Link,
    ) -> None:
        self.session_id = session_id
        self._user_id = user_id
        self._services = services
        self._link = link
        self._session = Session(plan)
        self._partner = PartnerVoice(
            services.speaker, user_id, link.outbox, link.put, self._voice_done
        )
        self._partner.cast(cast)
        self._chunks = ChunkSequence(start.audio)
        self._stream = services.scheduler.open(start.audio, self._analysed)
        # What finished lines are described from, and the descriptions that are not there yet.
        self._audio = LineAudio()
        self._feed = (
            EmotionFeed(services.delivery.judge, self._judged) if services.delivery.judge else None
        )
        self._descriptions: set[asyncio.Task[None]] = set()
        self._transcript = (
            LiveTranscript(services.transcriber, self._transcribed)
            if start.options.transcript
            else None
        )
        self._too_late: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._acked_seq = -1
        self._is_closed = False

    # -- from the client ---------------------------------------------------------------------

    def begin(self) -> None:
        """Give the first cue."""
        self._advance(self._session.begin)

    def accept(self, header: AudioHeader, samples: memoryview) -> bytes | memoryview | None:
        """The audio to analyse for a chunk, None for one that came before; see `ChunkSequence`."""
        payload = self._chunks.accept(header, samples)
        if payload is None:
            self._acked_seq = -1  # acknowledge again
        return payload

    def seconds(self, payload: bytes | memoryview) -> float:
        """How long audio of this session's format lasts."""
        return self._chunks.seconds(payload)

    async def hear(self, payload: bytes | memoryview, flags: AudioFlags, received_s: float) -> None:
        """Analyse what was accepted; returns late while too much waits, so that TCP pushes back."""
        if len(payload):
            self._services.scheduler.feed(self._stream, Chunk(payload, received_s))
        if flags & AudioFlags.END:
            self._services.scheduler.after_audio(self._stream, self.stall)
        limit = self._chunks.bytes_in(self._services.limits.max_waiting_s)
        await self._stream.wait_until_below(limit)

    def receive(self, message: ClientMessage) -> None:
        """Take in a message, once the audio that was sent before it is heard."""
        self._services.scheduler.after_audio(
            self._stream, lambda: self._advance(partial(self._session.receive, message))
        )

    def stall(self) -> None:
        """Nobody can be speaking on a wire that has been silent for a while."""
        self._advance(self._session.stall)
        if self._transcript is not None:
            self._transcript.stall()

    def acknowledge(self) -> None:
        """Tell the client what audio has come, if more has."""
        if self._acked_seq != self._chunks.next_seq - 1:
            self._acked_seq = self._chunks.next_seq - 1
            self._link.put(Ack(seq=self._acked_seq))

    # -- the session -------------------------------------------------------------------------

    def _analysed(self, result: Analysed) -> None:
        if self._is_closed:
            return
        self._audio.push(result.audio)
        if self._feed is not None and result.described is not None:
            self._feed.push(result.described)
        for hop in result.hops:
            self._advance(partial(self._session.hear, hop), result.received_s)
        if self._transcript is not None:
            self._transcript.hear(result.hops, result.audio[: len(result.hops)])
        needed_from_ms = self._session.needs_audio_from_ms
        self._audio.forget_before(needed_from_ms)
        if self._feed is not None:
            self._feed.forget_before(needed_from_ms)
        if result.fault is not None:
            self._link.end(ending_for(result.fault))

    def _transcribed(self, message: Transcript | Error) -> None:
        if isinstance(message, Transcript):
            self._advance(partial(self._session.transcribed, message))
        else:
            self._link.put(message)

    def _voice_done(self, utterance: int, duration_ms: int | None) -> None:
        """The whole of an utterance is on its way, or it failed if it has no duration."""
        if self._is_closed:
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
            self._link.end(ending_for(error))

    def _dispatch(self, outputs: list[Output], received_s: float | None) -> None:
        for output in outputs:
            match output:
                case Speak():
                    self._partner.speak(output)
                case Silence(utterance=utterance):
                    self._partner.silence(utterance, output.line_id)
                case Prefetch():
                    self._partner.prefetch(output.character, output.text)
                case JudgeWindow():
                    self._judge(output)
                case DescribeLine():
                    self._describe(output)
                case Finish():
                    self._link.end(DONE)
                case ServerMessage():
                    self._link.put(output, received_s)

    def _judge(self, request: JudgeWindow) -> None:
        if self._feed is not None:
            self._feed.ask(request, self._audio, self._session.speaker.offset)

    def _judged(self, request: JudgeWindow, estimate: EmotionEstimate) -> None:
        if not self._is_closed:
            self._advance(partial(self._session.window_judged, request, estimate))

    def _describe(self, request: DescribeLine) -> None:
        samples = self._audio.between(request.start_ms, request.end_ms)
        material = None
        if self._feed is not None:
            material = self._feed.material(request, samples, self._session.speaker.offset)
        task = asyncio.create_task(
            self._await_description(request, samples, material), name="description"
        )
        self._descriptions.add(task)
        task.add_done_callback(self._descriptions.discard)

    async def _await_description(
        self, request: DescribeLine, samples: Pcm, material: LineMaterial | None
    ) -> None:
        describing = asyncio.create_task(self._services.describer.describe(samples))
        heard = await self._judge_line(material)
        await asyncio.wait((describing, self._too_late), return_when="FIRST_COMPLETED")
        voice = describing.result() if describing.done() else None
        describing.cancel()
        self._advance(partial(self._session.line_described, request, voice, heard))

    async def _judge_line(self, material: LineMaterial | None) -> LineHeard | None:
        if self._feed is None or material is None:
            return None
        return await self._feed.judge_line(material)

    async def _await_descriptions(self) -> None:
        """Wait for those under way; what is not measured in time is saved as not measured."""
        for patience_s in (_DESCRIPTIONS_S, _LAST_WORDS_S):
            if self._descriptions:
                await asyncio.wait(self._descriptions, timeout=patience_s)
            if not self._too_late.done():
                self._too_late.set_result(None)

    # -- the end -----------------------------------------------------------------------------

    async def close(self) -> None:
        """Hear and say nothing more."""
        self._is_closed = True
        await self._partner.close()
        self._services.scheduler.close(self._stream)

    async def save(self) -> bool:
        """Save what was measured, and say so; whether it worked."""
        try:
            if self._transcript is not None:
                await self._transcript.finish()
            # Dispatched, so that a line which is cut short is described as well.
            self._dispatch(self._session.close(), None)
            await self._await_descriptions()
            result = self._session.result()
            await self._services.archive.save(self.session_id, result)
            if result.speaker is not None:
                await self._services.delivery.speakers.keep(self._user_id, result.speaker)
        except Exception:
            log.exception("session %s could not be saved", self.session_id)
            self._link.put_last(
                Error(
                    code="not_saved",
                    message="the results could not be saved; the server's log says why",
                    fatal=True,
                )
            )
            return False
        log.info("session %s saved: %s", self.session_id, result.figures())
        saved = Saved(
            session_id=self.session_id,
            performances=len(result.performances),
            summary=result.summary,
        )
        self._link.put_last(self._session.number(saved))
        return True
