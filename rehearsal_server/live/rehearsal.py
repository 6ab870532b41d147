"""One session that is going on, whatever socket it is on, or none: audio in, messages out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from dsp.line_voice import LineVoice
from models.emotion.estimate import EmotionEstimate
from models.pronunciation.assessment import PronunciationScores
from rehearsal_server.following.preparation import LineGraphs
from rehearsal_server.live.checkpoint import ChunkEnd
from rehearsal_server.live.faults import DONE, Ending, SocketFault, ending_for
from rehearsal_server.live.history import Beginning, Secrets
from rehearsal_server.live.inputs import Step
from rehearsal_server.live.ledger import Ledger
from rehearsal_server.live.line_listening import LineListening
from rehearsal_server.live.line_measuring import Answers, LineMeasuring
from rehearsal_server.live.link import Link
from rehearsal_server.live.microphone import ChunkSequence
from rehearsal_server.live.partner import PartnerVoice
from rehearsal_server.live.restoring import Restored, needed_from_ms
from rehearsal_server.live.scheduler import Analysed, Chunk
from rehearsal_server.live.services import LiveServices
from rehearsal_server.protocol.audio import AudioFlags, AudioHeader
from rehearsal_server.protocol.client_messages import ClientMessage
from rehearsal_server.protocol.server_messages import (
    Ack,
    Error,
    Event,
    Resumed,
    Saved,
    ServerMessage,
    Transcript,
)
from rehearsal_server.session.requests import (
    DescribeLine,
    Finish,
    FollowLine,
    JudgeWindow,
    Prefetch,
    Silence,
    Speak,
    StopFollowing,
)
from rehearsal_server.session.result import SessionResult
from rehearsal_server.session.scene import Output
from rehearsal_server.session.session import Session
from rehearsal_server.session.speaker import LineHeard
from rehearsal_server.transcripts.live import LiveTranscript
from rehearsal_server.voices.casting import Cast
from storage.journal import JournalFailed

log = logging.getLogger("rehearsal_server.live")


class Rehearsal:
    """Feeds the analysis, runs the session core, answers its requests and journals it all.

    Parameters
    ----------
    services
    beginning : what it was started with
    secrets : who may resume it
    cast : voices of the partners
    graphs : of the lines whose words can be followed
    ledger : its journal
    restored : what to go on with; None begins
    """

    def __init__(
        self,
        services: LiveServices,
        beginning: Beginning,
        secrets: Secrets,
        cast: Cast,
        graphs: LineGraphs,
        ledger: Ledger,
        restored: Restored | None = None,
    ) -> None:
        self.beginning = beginning
        self.secrets = secrets
        self.link: Link | None = None
        self.saving = asyncio.Lock()
        self._services = services
        self._ledger = ledger
        ledger.on_durable, ledger.on_failure = self._durable, self._journal_failed
        self._session = restored.session if restored else Session(beginning.plan)
        checkpoint = restored.checkpoint if restored else None
        first = checkpoint.end if checkpoint else ChunkEnd(0, 0)
        begins_ms = checkpoint.heard_ms if checkpoint else 0
        self._partner = PartnerVoice(
            services.speaker, beginning.user_id, self._tell, self._voice_done
        )
        self._partner.cast(cast)
        audio = beginning.start.audio
        self._chunks = ChunkSequence(audio, first)
        self._messages = restored.messages if restored else 0
        self._stream = services.scheduler.open(audio, self._analysed, checkpoint)
        self._measuring = LineMeasuring(
            services,
            lambda: self._session.speaker,
            Answers(self._judged, self._described, self._pronounced),
            beginning.plan,
            begins_ms=begins_ms,
            undescribed=restored.undescribed if restored else (),
        )
        self._listening = LineListening(
            services.words.scheduler, graphs, self._session, self._advance, begins_ms=begins_ms
        )
        options = beginning.start.options
        self._transcript = (
            LiveTranscript(services.transcriber, self._transcribed) if options.transcript else None
        )
        self._acked: Ack | None = None
        # A step failed half-way: what is in memory is no longer what is in the journal.
        self._is_broken = False
        self._is_closed = False
        if (listening := self._session.listening) is not None:
            self._listening.obey(listening)  # again, as before the restart
        if restored is not None and not restored.is_begun:
            # The crash came before the first step was durable; its client was told of none.
            self._advance(self._session.begin)

    @property
    def session_id(self) -> str:
        """Its public id."""
        return self.beginning.session_id

    @property
    def heard_s(self) -> float:
        """How much of the microphone was heard."""
        return self._session.now_ms / 1000

    @property
    def is_over(self) -> bool:
        """Whether nothing is left but to save it."""
        return self._session.is_over

    @property
    def is_saved(self) -> bool:
        """Whether it is over, saved, and that was told."""
        return bool(self._ledger.events) and isinstance(self._ledger.events[-1], Saved)

    # -- from the client ---------------------------------------------------------------------

    def begin(self, link: Link) -> None:
        """Give the first cue."""
        self._listen_to(link)
        self._advance(self._session.begin)

    def resume(self, link: Link, used_secret: str, last_event: int) -> None:
        """Go on over this socket: what the client missed first, then what is going on."""
        self._listen_to(link)
        secret, self.secrets = self.secrets.after(used_secret)
        frame = self._ledger.note_secrets(self.secrets)
        sounding = [played.request for played in self._session.sounding]
        resumed = Resumed(
            session_id=self.session_id,
            secret=secret,
            epoch=self.beginning.epoch,
            next_seq=self._chunks.next_seq,
            next_message=self._messages,
            speaking=tuple(request.utterance for request in sounding),
        )
        link.put(resumed, after_frame=frame)
        for event in self._ledger.events[last_event:]:
            link.outbox.put_again(event, frame)
        for request in sounding:
            self._partner.speak(request)
        if self.is_over:
            link.end(DONE)

    def knows_event(self, number: int) -> bool:
        """Whether that many events were told."""
        return number <= len(self._ledger.events)

    def accept(self, header: AudioHeader, samples: memoryview) -> bytes | memoryview | None:
        """The audio to analyse for a chunk, None for one that came before; see `ChunkSequence`."""
        payload = self._chunks.accept(header, samples)
        if payload is None:
            self._acked = None  # acknowledge again
        return payload

    def seconds(self, payload: bytes | memoryview) -> float:
        """How long audio of this session's format lasts."""
        return self._chunks.seconds(payload)

    async def hear(self, payload: bytes | memoryview, flags: AudioFlags, received_s: float) -> None:
        """Analyse what was accepted; returns late while too much waits, so that TCP pushes back."""
        if len(payload):
            chunk = Chunk(payload, received_s, self._chunks.end)
            self._services.scheduler.feed(self._stream, chunk)
        if flags & AudioFlags.END:
            self._after_audio(self.stall)
        limit = self._chunks.bytes_in(self._services.limits.max_waiting_s)
        await self._stream.wait_until_below(limit)

    def receive(self, message: ClientMessage) -> None:
        """Take in a message, once the audio that was sent before it is heard."""
        self._messages += 1
        self._after_audio(lambda: self._obey(message))

    def stall(self) -> None:
        """The client ended its audio: nobody is speaking any more."""
        if self._session.is_speaking:
            self._advance(self._session.stall)
        if self._transcript is not None:
            self._transcript.stall()

    def acknowledge(self) -> None:
        """Tell the client what has come and what is durable, if that is more than it knows."""
        needed_ms = needed_from_ms(self._session, self._measuring.unanswered)
        ack = Ack(
            seq=self._chunks.next_seq - 1,
            durable_seq=self._ledger.durable_seq(needed_ms),
            durable_messages=self._ledger.durable_messages,
        )
        if ack != self._acked and not self.has_failed:
            self._acked = ack
            self._tell(ack)

    # -- the session -------------------------------------------------------------------------

    def _obey(self, message: ClientMessage) -> None:
        if not self._is_closed:
            self._advance(self._session.receive, message)
            self._ledger.note_message()

    def _analysed(self, result: Analysed) -> None:
        if self._is_closed:
            return
        self._measuring.hear(result)
        self._listening.take(result)
        if self._transcript is not None:
            self._transcript.hear(result.hops, result.audio[: len(result.hops)])
        self._measuring.describe_what_has_come()
        self._measuring.forget_before(self._session.needs_audio_from_ms)
        if result.checkpoint is not None:
            self._ledger.note_checkpoint(result.checkpoint)
        if result.fault is not None:
            self._end(ending_for(result.fault))

    def _after_audio(self, action: Callable[[], None]) -> None:
        """Run `action` once all audio that came before it is heard."""
        self._services.scheduler.after_audio(self._stream, lambda: self._listening.after(action))

    def _transcribed(self, message: Transcript | Error) -> None:
        if isinstance(message, Transcript):
            if not self._ledger.has_transcript(message):
                self._advance(self._session.transcribed, message)
        else:
            self._tell(message)

    def _voice_done(self, utterance: int, duration_ms: int | None) -> None:
        """The whole of an utterance is on its way, or it failed if it has no duration."""
        waiting = (p for p in self._session.sounding if p.duration_ms is None and not p.has_failed)
        if self._is_closed or all(p.request.utterance != utterance for p in waiting):
            return
        if duration_ms is None:
            self._advance(self._session.voice_failed, utterance)
        else:
            self._advance(self._session.voice_ready, utterance, duration_ms)

    def _advance(self, step: Step, *arguments: object, received_s: float | None = None) -> None:
        """Take one step of the session; a fault in it ends this session and no other."""
        if self.has_failed:
            return
        try:
            outputs = step(*arguments) or []
            events = [o for o in outputs if isinstance(o, Event) and o.event]
            frame = self._ledger.note(step, arguments, events)
            self._dispatch(outputs, received_s, frame)
        except Exception as error:
            self._is_broken = True
            self._end(ending_for(error))

    def _dispatch(self, outputs: list[Output], received_s: float | None, frame: int) -> None:
        for output in outputs:
            match output:
                case Speak():
                    self._partner.speak(output)
                case Silence(utterance=utterance):
                    self._partner.silence(utterance, output.line_id)
                case Prefetch():
                    self._partner.prefetch(output.character, output.text)
                case FollowLine() | StopFollowing():
                    self._listening.obey(output)
                case JudgeWindow():
                    self._measuring.judge(output)
                case DescribeLine():
                    self._measuring.describe(output)
                case Finish():
                    self._end(DONE)
                case Event():
                    self._tell(output, received_s, frame if output.event else 0)
                case ServerMessage():
                    self._tell(output, received_s)

    def _judged(self, request: JudgeWindow, estimate: EmotionEstimate) -> None:
        if not self._is_closed:
            # Nothing in the session changes, so its journal has no need of it.
            self._tell(self._session.window_judged(request, estimate))

    def _described(
        self, request: DescribeLine, voice: LineVoice | None, heard: LineHeard | None
    ) -> None:
        if not self._is_closed:
            self._advance(self._session.line_described, request, voice, heard)

    def _pronounced(self, request: DescribeLine, scores: PronunciationScores) -> None:
        if not self._is_closed:
            self._advance(self._session.line_pronounced, request, scores)

    # -- to the client -----------------------------------------------------------------------

    def _listen_to(self, link: Link) -> None:
        self.link = link
        self._acked = None
        link.outbox.release(self._ledger.durable_frame)
        self._partner.attach(link.outbox)

    def detach(self) -> None:
        """Go on without a client; what is final is kept for when it comes back."""
        if self.link is not None:
            self.link.outbox.drop_held()
        self.link = None
        self._partner.detach()

    def _tell(
        self, message: ServerMessage, received_s: float | None = None, after_frame: int = 0
    ) -> None:
        if self.link is not None:
            self.link.put(message, received_s, after_frame)

    def _end(self, ending: Ending) -> None:
        if self.link is not None:
            self.link.end(ending)

    def _durable(self, frame: int) -> None:
        if self.link is not None:
            self.link.outbox.release(frame)

    def _journal_failed(self, failure: JournalFailed) -> None:
        log.error("session %s: %s", self.session_id, failure)
        if self.link is not None:
            # Never told, nor what came after it; the error that says why must not wait behind.
            self.link.outbox.drop_held()
            self._partner.detach()
        self._end(
            ending_for(
                SocketFault("not_durable", "the server can keep nothing more; come back later")
            )
        )

    # -- the end -----------------------------------------------------------------------------

    async def finish(self) -> SessionResult:
        """End the session as `stop` does; everything that it measured."""
        if self._transcript is not None:
            await self._transcript.finish()
        if not self._session.is_over:
            self._advance(self._session.close)
        await self._measuring.finish()
        return self._session.result()

    def result_so_far(self) -> SessionResult:
        """What it measured up to now."""
        return self._session.result()

    def note_saved(self, result: SessionResult) -> None:
        """Tell that the results are in the database."""
        figures = {"session_id": self.session_id, "completed": result.completed, **result.summary}
        log.info(
            "session %s saved: %s",
            self.session_id,
            result.figures(),
            extra={"figures": figures},
        )
        saved = self._session.number(
            Saved(
                session_id=self.session_id,
                performances=len(result.performances),
                summary=result.summary,
            )
        )
        self._tell(saved, None, self._ledger.note_event(saved))

    @property
    def has_failed(self) -> bool:
        """Whether only what is in its journal counts, and not what is in memory."""
        return self._is_broken or self._ledger.failure is not None

    async def flush(self) -> None:
        """Return once all that was said is durable; raises `JournalFailed`."""
        await self._ledger.flush()

    async def close(self) -> None:
        """Hear and say nothing more, and let go of the journal."""
        self._is_closed = True
        self.detach()
        self._services.scheduler.close(self._stream)
        self._listening.close()
        await self._partner.close()
        if self._transcript is not None:
            self._transcript.close()
        await self._ledger.close()
