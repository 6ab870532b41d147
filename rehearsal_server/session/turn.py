"""One actor's line in progress: its speech, its silences, its prompts."""

from __future__ import annotations

from dataclasses import dataclass, field

from rehearsal_server.protocol.fields import Strictness
from rehearsal_server.scripts.model import Line
from rehearsal_server.session.intervals import Span
from rehearsal_server.session.playback import Basis
from rehearsal_server.session.prompting import PromptLadder
from rehearsal_server.session.speech_track import SpeechTrack


@dataclass
class Turn:
    """The actor has `line`; everything before `listens_from_ms` was somebody else's."""

    line: Line
    take: int
    # When the turn was given; a dry is counted from here.
    given_ms: int
    # When the cue line's end was heard, and how that is known; None without a cue line.
    cue_end: tuple[int, Basis] | None
    # Speech before this is not this line; earlier than given_ms if an early start counts.
    listens_from_ms: int
    # Written pauses of the line as (share of the line said before it, length in ms).
    written_pauses: tuple[tuple[float, int], ...] = ()
    strictness: Strictness = "close"
    prompts: PromptLadder = field(init=False)
    # The last prompt was given here; the next silence counts from it.
    prompted_ms: int | None = None
    dried: list[Span] = field(default_factory=list)
    # The actor cut a partner off; whether the script asks for that is `cue_interrupted`.
    cut_in: bool = False
    cue_interrupted: bool = False

    def __post_init__(self) -> None:
        self.prompts = PromptLadder(self.line.text, self.strictness)

    def speech(self, track: SpeechTrack) -> list[Span]:
        """What the actor said of this line so far."""
        return track.spans(self.listens_from_ms)

    def heard_alone_from_ms(self, room_tail_ms: int) -> int:
        """Since when the microphone hears the actor and no prompter, who rings in the room."""
        if self.prompted_ms is None:
            return self.listens_from_ms
        return max(self.listens_from_ms, self.prompted_ms + room_tail_ms)

    def silent_since_ms(self, speech: list[Span]) -> int:
        """Since when the actor has been silent, if they are."""
        since = speech[-1].end_ms if speech else self.given_ms
        return max(since, self.prompted_ms or 0)

    def dry(self, speech: list[Span], now_ms: int) -> None:
        """Note that the actor is dry, and prompted."""
        self.dried.append(Span(min(self.silent_since_ms(speech), now_ms), now_ms))
        self.prompted_ms = now_ms

    def patience_ms(self, fraction: float) -> int:
        """Length of a written pause that the actor may be holding here."""
        return max(
            (length for at, length in self.written_pauses if abs(at - fraction) <= _PAUSE_REACH),
            default=0,
        )


# An estimated position this near to a written pause may be at it.
_PAUSE_REACH = 0.2
