"""The scene practice: an actor runs lines with partner voices.

The machine moves by the table in `states`. Three things feed it: hops of the microphone's features,
messages of the client, and word of the partner's voice. All times are on the sample clock, and a
decision is dated by what decided it, never by when it was noticed: the same audio with the same
messages at the same samples gives the same events.
"""

from __future__ import annotations

from dsp.clock import HOP_MS
from rehearsal_server.protocol.client_messages import (
    Back,
    ClientMessage,
    Continue,
    Goto,
    LinePlease,
    Pause,
    Playback,
    Skip,
    Stop,
)
from rehearsal_server.protocol.fields import Options
from rehearsal_server.protocol.server_messages import Cue, Error, ErrorCode, ServerMessage
from rehearsal_server.scripts.model import Scene
from rehearsal_server.session.barge_in import BargeInDetector
from rehearsal_server.session.hop import Hop
from rehearsal_server.session.intervals import Span
from rehearsal_server.session.line_end import is_over
from rehearsal_server.session.line_follower import LineFollower
from rehearsal_server.session.playback import Basis, PlayedUtterance, Utterances
from rehearsal_server.session.prompter import Prompter
from rehearsal_server.session.requests import Finish, Prefetch, Request
from rehearsal_server.session.result import Outcome, Performance, usual_articulation_rate
from rehearsal_server.session.scene_plan import ScenePlan
from rehearsal_server.session.speech_track import SpeechTrack
from rehearsal_server.session.states import ACCEPTED, TRANSITIONS, State, Trigger
from rehearsal_server.session.take import Ended, description_of, judge_take, tell_take
from rehearsal_server.session.turn import Turn

Output = ServerMessage | Request

# A silence inside a line is shown as held after this long.
HOLD_AFTER_MS = 700
# Speech that starts this little before the cue line's end is an early start, not a backchannel.
EARLY_START_MS = 1500
# With less than this left of the cue line, the partner finishes it over the actor.
LET_FINISH_MS = 700
# A line thought done is taken back if the actor goes on within this time after the partner's cue.
TAKE_BACK_WITHIN_MS = 1200
# The partner's voice rings in the room for a little while after the loudspeaker stops.
ROOM_TAIL_MS = 120


class ScenePractice:
    """One actor, one scene, from the first cue to the last."""

    name = "scene"

    def __init__(self, scene: Scene, role: str, options: Options, follower: LineFollower) -> None:
        self.plan = ScenePlan(scene, role)
        self.state = State.IDLE
        self.performances: list[Performance] = []
        self.reached_end = False
        self._options = options
        self._follower = follower
        self._prompter = Prompter(self.plan, options, follower)
        self._track = SpeechTrack()
        self._utterances = Utterances()
        self._cursor = 0
        # The actor's line, while it is theirs.
        self._turn: Turn | None = None
        # Who may cut the partner's line off, and since when the actor has been speaking over it.
        self._barge_in: BargeInDetector | None = None
        self._early_onset_ms: int | None = None
        # The line that ended last, while the actor may still turn out to go on with it.
        self._take_back: Turn | None = None
        self._out: list[Output] = []

    # -- inputs ------------------------------------------------------------------------------

    def begin(self) -> list[Output]:
        """Give the first cue."""
        self._go_to(0, 0)
        return self._drain()

    def hear(self, hop: Hop) -> list[Output]:
        """Take in 20 ms of the microphone."""
        self._track.hear(hop)
        if self._utterances.partner is not None:
            self._hear_over_partner(self._utterances.partner, hop)
        elif self._turn is not None:
            self._hear_turn(self._turn, hop.end_ms)
        return self._drain()

    def stall(self) -> None:
        """The microphone fell silent on the wire: whatever speech was open ends here."""
        self._track.close(self._track.now_ms)

    def receive(self, message: ClientMessage) -> list[Output]:
        """Take in a client's message, as of the last hop heard."""
        if self.state in ACCEPTED[type(message)]:
            self._obey(message, self._track.now_ms)
        else:
            kind = message.__struct_config__.tag
            self._refuse("out_of_order", f"`{kind}` has no meaning in state {self.state.value!r}")
        return self._drain()

    def voice_ready(self, utterance: int, duration_ms: int) -> list[Output]:
        """The whole of an utterance is synthesised, so its length is known."""
        played = self._utterances.find(utterance)
        if played is not None:
            played.duration_ms, played.ready_ms = duration_ms, self._track.now_ms
            self._note_playback(played)
        return self._drain()

    def voice_failed(self, utterance: int) -> list[Output]:
        """An utterance can't be spoken; the client shows its text for as long as it would take."""
        played = self._utterances.find(utterance)
        if played is not None:
            played.has_failed = True
        return self._drain()

    @property
    def turn(self) -> Turn | None:
        """The actor's line in progress; None while it is not theirs."""
        return self._turn

    @property
    def sounding(self) -> tuple[PlayedUtterance, ...]:
        """Utterances that the listener may still have to hear."""
        return self._utterances.sounding

    @property
    def needs_audio_from_ms(self) -> int:
        """From where on the microphone's audio may still be asked for."""
        turn = self._turn or self._take_back
        return turn.listens_from_ms if turn else self._track.now_ms - EARLY_START_MS

    # -- messages ----------------------------------------------------------------------------

    def _obey(self, message: ClientMessage, now_ms: int) -> None:
        match message:
            case Playback():
                self._mark_playback(message)
            case LinePlease() if self._turn is not None:
                self._prompt(self._turn, now_ms, is_asked=True)
            case Skip():
                self._skip(now_ms)
            case Back():
                self._go_to(self.plan.start_for(self._line_to_repeat()), now_ms)
            case Goto(line_id=line_id):
                self._go_to_line(line_id, now_ms)
            case Pause():
                self._fire(Trigger.PAUSE)
                self._clear_stage()
            case Continue():
                self._go_to(self._cursor, now_ms)
            case Stop():
                self._stop(now_ms)

    def _mark_playback(self, mark: Playback) -> None:
        played = self._utterances.mark(mark)
        if played is not None:
            self._note_playback(played)
        elif not self._utterances.was_issued(mark.utterance):
            self._refuse("out_of_order", f"there is no utterance {mark.utterance} yet", "utterance")

    def _note_playback(self, played: PlayedUtterance) -> None:
        if played is self._utterances.partner:
            self._advance_if_heard(played, self._track.now_ms)
        elif self._turn is not None and (planned := played.planned_end()) is not None:
            self._keep_prompter_out(self._turn, played, planned[0])

    def _keep_prompter_out(self, turn: Turn, prompt: PlayedUtterance, end_ms: int) -> None:
        """The prompter's own voice is not the actor's, and gives them time to answer."""
        turn.prompted_ms = max(turn.prompted_ms or 0, end_ms)
        if prompt.started_ms is not None and not self._options.headphones:
            self._track.mask(Span(prompt.started_ms, end_ms + ROOM_TAIL_MS))

    def _skip(self, now_ms: int) -> None:
        if self._turn is None:
            self._out += self._utterances.hush()
            self._advance(now_ms)
            return
        spoken = self._options.advance == "manual" and bool(self._turn.speech(self._track))
        self._end_line(self._turn, "spoken" if spoken else "skipped", now_ms)
        self._advance(now_ms)

    def _stop(self, now_ms: int) -> None:
        """End the session; what was begun of a line is kept as it is."""
        if self._turn is not None and self._turn.speech(self._track):
            self._end_line(self._turn, "skipped", now_ms)
        self._fire(Trigger.FINISH)
        self._clear_stage()
        self._out.append(Finish())

    def _line_to_repeat(self) -> int:
        if self._turn is not None and self._turn.speech(self._track):
            return self._cursor
        return self.plan.last_actors_line(before=self._cursor)

    def _go_to_line(self, line_id: str, now_ms: int) -> None:
        index = self.plan.index_of(line_id)
        if index is None:
            self._refuse("unknown_line", f"the scene has no line {line_id!r}", "line_id")
        else:
            self._go_to(self.plan.start_for(index), now_ms)

    # -- whose line it is --------------------------------------------------------------------

    def _go_to(self, index: int, at_ms: int) -> None:
        self._clear_stage()
        self._cursor = index - 1
        self._advance(at_ms)

    def _clear_stage(self, take_back: Turn | None = None) -> None:
        """Stop whoever has the line; `take_back` may be given back."""
        self._out += self._utterances.hush()
        self._turn, self._early_onset_ms = None, None
        self._keep_line(take_back)

    def _keep_line(self, turn: Turn | None) -> None:
        """Be ready to give a line back that ended; None once no line can be."""
        self._take_back = turn
        if turn is None:
            self._out += self._follower.stop_listening(self._track.now_ms)

    def _advance(self, at_ms: int, cue_end: tuple[int, Basis] | None = None) -> None:
        self._cursor += 1
        if self._cursor >= len(self.plan.lines):
            self._end_scene(at_ms)
        elif self.plan.is_actors(self._cursor):
            self._cue_actor(at_ms, cue_end)
        else:
            self._cue_partner(at_ms)

    def _cue_partner(self, at_ms: int) -> None:
        self._fire(Trigger.CUE_PARTNER)
        line = self.plan.lines[self._cursor]
        self._turn, self._early_onset_ms = None, None
        self._barge_in = BargeInDetector(
            headphones=self._options.headphones, scripted=line.interrupted
        )
        self._out.append(Cue(action="listen", line_id=line.id, text=line.text, at_ms=at_ms))
        self._out.append(self._utterances.ask_line(line.id, line.character, line.text, at_ms))
        self._prefetch()

    def _cue_actor(
        self, at_ms: int, cue_end: tuple[int, Basis] | None, *, cut_in: bool = False
    ) -> None:
        self._fire(Trigger.CUE_ACTOR)
        line = self.plan.lines[self._cursor]
        self._utterances.forget()
        self._turn = Turn(
            line=line,
            take=1 + sum(p.line_id == line.id for p in self.performances),
            given_ms=at_ms,
            cue_end=cue_end,
            listens_from_ms=self._listens_from_ms(at_ms, cue_end),
            written_pauses=self.plan.written_pauses(self._cursor),
            strictness=self._options.strictness,
            cut_in=cut_in,
            cue_interrupted=cue_end is not None and self.plan.lines[self._cursor - 1].interrupted,
        )
        self._out.append(Cue(action="speak", line_id=line.id, text=line.text, at_ms=at_ms))
        self._out += self._follower.begin_line(line, self._turn.listens_from_ms)
        self._prefetch()

    def _listens_from_ms(self, at_ms: int, cue_end: tuple[int, Basis] | None) -> int:
        """From where on the microphone hears the actor's line."""
        if self._early_onset_ms is not None:
            return self._early_onset_ms
        if cue_end is None or self._options.headphones:
            return at_ms
        return at_ms + ROOM_TAIL_MS

    def _end_scene(self, at_ms: int) -> None:
        self._fire(Trigger.FINISH)
        self._clear_stage()
        self.reached_end = True
        self._out.append(Cue(action="scene_end", line_id=None, at_ms=at_ms))

    def _prefetch(self) -> None:
        line = self.plan.next_partner_line(self._cursor)
        if line is not None:
            self._out.append(Prefetch(line.character, line.text))

    # -- the partner speaks ------------------------------------------------------------------

    def _hear_over_partner(self, partner: PlayedUtterance, hop: Hop) -> None:
        assert self._barge_in is not None, "every partner line has a detector"
        playing = partner.is_heard_at(hop.end_ms)
        onset_ms = self._barge_in.hear(hop, HOP_MS, playing=playing)
        if onset_ms is not None:
            self._come_in(partner, onset_ms, hop.end_ms)
        if self._utterances.partner is partner:
            self._advance_if_heard(partner, hop.end_ms)

    def _come_in(self, partner: PlayedUtterance, onset_ms: int, now_ms: int) -> None:
        """The actor speaks while the partner has the line."""
        if self._take_back and now_ms - partner.asked_ms <= TAKE_BACK_WITHIN_MS:
            self._reopen(self._take_back, now_ms)
            return
        planned = partner.planned_end()
        if planned is None or not self.plan.is_actors(self._cursor + 1):
            return
        scripted = self.plan.lines[self._cursor].interrupted
        cuts_off = scripted or planned[0] - now_ms > LET_FINISH_MS
        if cuts_off or onset_ms >= planned[0] - EARLY_START_MS:
            self._early_onset_ms = onset_ms
        if cuts_off:
            self._out += self._utterances.hush()
            self._cursor += 1
            self._cue_actor(now_ms, planned, cut_in=not scripted)

    def _reopen(self, turn: Turn, now_ms: int) -> None:
        """Give a line back to the actor who was not done with it."""
        self._fire(Trigger.TAKE_BACK)
        self._out += self._utterances.hush()
        self._take_back, self._early_onset_ms = None, None
        self.performances.pop()
        self._cursor -= 1
        self._turn = turn
        self._follower.reopen_line(line := turn.line)
        self._out.append(Cue(action="speak", line_id=line.id, text=line.text, at_ms=now_ms))

    def _advance_if_heard(self, partner: PlayedUtterance, now_ms: int) -> None:
        heard = partner.heard_end(now_ms)
        if heard is not None:
            self._keep_line(None)
            self._utterances.forget()
            self._advance(heard[0], heard)

    # -- the actor speaks --------------------------------------------------------------------

    def _hear_turn(self, turn: Turn, now_ms: int) -> None:
        speech = turn.speech(self._track)
        position = self._follower.position(speech)
        speaks = self._track.is_speaking and bool(speech) and speech[-1].end_ms == now_ms
        silent_ms = 0 if speaks else now_ms - turn.silent_since_ms(speech)
        patience_ms = turn.patience_ms(position.fraction)
        has_spoken = bool(speech) and speech[-1].end_ms > (turn.prompted_ms or 0)
        if has_spoken and is_over(position, silent_ms, self._options, patience_ms=patience_ms):
            self._end_line(turn, "spoken", now_ms)
            self._advance(now_ms)
        elif speaks:
            if self.state is not State.ACTORS_TURN:
                self._fire(Trigger.SPEAK)
        elif silent_ms >= self._prompter.wait_ms(turn) + patience_ms:
            self._hesitate(turn, now_ms, may_end=has_spoken)
        elif speech and self.state is State.ACTORS_TURN and silent_ms >= HOLD_AFTER_MS:
            self._fire(Trigger.FALL_SILENT)
            self._out.append(Cue(action="hold", line_id=turn.line.id, at_ms=speech[-1].end_ms))

    def _hesitate(self, turn: Turn, now_ms: int, *, may_end: bool) -> None:
        """The actor is dry: prompt, until the prompter has said the whole line."""
        if not turn.prompts.exhausted:
            self._prompt(turn, now_ms)
        elif may_end and self._options.advance != "manual":
            self._end_line(turn, "spoken", now_ms)
            self._advance(now_ms)

    def _prompt(self, turn: Turn, now_ms: int, *, is_asked: bool = False) -> None:
        self._fire(Trigger.HESITATE)
        turn.dry(speech := turn.speech(self._track), now_ms)
        text, line_id = self._prompter.next(turn, speech, is_asked=is_asked), turn.line.id
        ask = self._utterances.ask_prompt(line_id, self._prompter.character(turn), text, now_ms)
        self._out += [Cue(action="prompt", line_id=line_id, text=text, at_ms=now_ms), ask]

    def _end_line(self, turn: Turn, outcome: Outcome, now_ms: int) -> None:
        """The actor's line is over: measure it and say so."""
        position = self._follower.position(turn.speech(self._track))
        speech = self._follower.said(turn.speech(self._track))
        if outcome == "spoken" and turn.prompts.used:
            outcome = "prompted"
        performance = judge_take(
            turn,
            Ended(speech, outcome, position.fraction, now_ms, self._follower.words_heard()),
            usual_articulation_rate(self.performances),
        )
        self.performances.append(performance)
        self._follower.end_line(speech, complete=outcome == "spoken")
        self._track.forget_before(turn.listens_from_ms)
        self._clear_stage(turn if outcome == "spoken" and position.fraction < 1 else None)
        self._out += tell_take(performance)
        if performance.timing is not None:
            self._out.append(description_of(performance))

    # -- plumbing ----------------------------------------------------------------------------

    def _fire(self, trigger: Trigger) -> None:
        self.state = TRANSITIONS[self.state, trigger]

    def _refuse(self, code: ErrorCode, message: str, field: str | None = None) -> None:
        self._out.append(Error(code=code, message=message, fatal=False, field=field))

    def _drain(self) -> list[Output]:
        out, self._out = self._out, []
        return out
