"""What the server says. `Event`s matter and are numbered; the others are passing."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from rehearsal_server.protocol.fields import (
    AtMs,
    EventNumber,
    Evidence,
    ExtraWords,
    HeardWord,
    Interval,
    LineId,
    LineWord,
    ProcMs,
    PronouncedWord,
    SpokenWord,
    Utterance,
)


class ServerMessage(Struct, frozen=True, kw_only=True, tag_field="type"):
    """Base of every control message from the server."""


class Event(ServerMessage, frozen=True, kw_only=True):
    """Base of the final messages: never taken back, replayed on resume."""

    event: EventNumber = 0
    proc_ms: ProcMs = 0.0


class Engine(Struct, frozen=True, kw_only=True):
    """A part of the analysis that may or may not be there."""

    name: Annotated[str, Meta(description="What it does, e.g. `voice:espeak-ng`.")]
    available: Annotated[bool, Meta(description="Whether this server can use it.")]
    detail: Annotated[str, Meta(description="Its version, or why it is absent.")] = ""


class Limits(Struct, frozen=True, kw_only=True):
    """What this server accepts on a socket."""

    max_message_bytes: Annotated[int, Meta(description="Larger messages close with 1009.")]
    max_control_bytes: Annotated[int, Meta(description="Larger control messages close with 1009.")]
    max_session_ms: Annotated[int, Meta(description="Longest session.")]
    start_within_ms: Annotated[int, Meta(description="Time for `start` after `hello`.")]
    idle_after_ms: Annotated[int, Meta(description="No audio for this long closes with 4431.")]
    resume_within_ms: Annotated[int, Meta(description="Time to come back; 0 if not offered.")]


class Hello(ServerMessage, frozen=True, kw_only=True, tag="hello"):
    """First message on every socket."""

    protocol: Annotated[str, Meta(description="Name and version, `rehearsal.v1`.")]
    server: Annotated[str, Meta(description="Name and version of the server.")]
    practices: Annotated[tuple[str, ...], Meta(description="Values that `start.mode` may take.")]
    limits: Limits
    engines: Annotated[tuple[Engine, ...], Meta(description="What is present, and what is absent.")]


class SceneLine(Struct, frozen=True, kw_only=True):
    """One line of the scene, as the client needs it to follow."""

    line_id: LineId
    character: Annotated[str, Meta(description="Who speaks it.")]
    text: Annotated[str, Meta(description="The spoken words.")]


class Started(ServerMessage, frozen=True, kw_only=True, tag="started"):
    """The session exists; audio may flow."""

    session_id: Annotated[str, Meta(description="Names the session here and in REST.")]
    secret: Annotated[str, Meta(description="Proves it is the same client on resume.")]
    epoch: Annotated[int, Meta(ge=1, description="Changes only if history was lost.")]
    scene: Annotated[str, Meta(description="Scene id.")]
    role: Annotated[str, Meta(description="The actor's character.")]
    lines: Annotated[tuple[SceneLine, ...], Meta(description="The scene's lines, in order.")]


class Resumed(ServerMessage, frozen=True, kw_only=True, tag="resumed"):
    """The session goes on here; the events after `resume.last_event` follow."""

    session_id: Annotated[str, Meta(description="The session.")]
    secret: Annotated[str, Meta(description="For the next resume; the one used stays valid.")]
    epoch: Annotated[int, Meta(ge=1, description="As in `started`.")]
    next_seq: Annotated[int, Meta(ge=0, description="Send the microphone again from this chunk.")]
    next_message: Annotated[
        int,
        Meta(
            ge=0,
            description="Send control messages again from this one on, in their place among the "
            "chunks. Counted from 0, without `start`, `resume`, `ack` and `ping`.",
        ),
    ]
    speaking: Annotated[
        tuple[Utterance, ...],
        Meta(description="Utterances that are sent again from their start; any other is over."),
    ] = ()


class Ack(ServerMessage, frozen=True, kw_only=True, tag="ack"):
    """What has come so far; what is durable need not be kept for a resume."""

    seq: Annotated[int, Meta(ge=-1, description="Last chunk received; -1 before the first.")]
    durable_seq: Annotated[
        int | None, Meta(description="Last chunk that survives a crash; null if none does.")
    ] = None
    durable_messages: Annotated[
        int, Meta(ge=0, description="Control messages that survive a crash.")
    ] = 0


class Level(ServerMessage, frozen=True, kw_only=True, tag="level"):
    """The meter, at most 20 a second; the latest wins."""

    at_ms: AtMs
    level_dbfs: Annotated[float, Meta(description="RMS of the last 20 ms hop, dB re full scale.")]
    loudness_lufs: Annotated[
        float | None, Meta(description="Momentary loudness, 400 ms (ITU-R BS.1770-5).")
    ]
    f0_hz: Annotated[float | None, Meta(description="Pitch; null where unvoiced.")]
    speaking: Annotated[bool, Meta(description="Whether speech is heard.")]


class Speech(Event, frozen=True, kw_only=True, tag="speech"):
    """Speech began or ended."""

    state: Annotated[Literal["started", "ended"], Meta(description="What happened.")]
    at_ms: AtMs


class Cue(Event, frozen=True, kw_only=True, tag="cue"):
    """The one thing to do now."""

    action: Annotated[
        Literal["listen", "speak", "prompt", "hold", "done", "scene_end"],
        Meta(
            description="`listen`: the partner has the line. `speak`: it is yours. `prompt`: "
            "`text` is the next words. `hold`: a pause inside the line, the partner "
            "waits. `done`: your line ended at `at_ms`. `scene_end`: no line is left."
        ),
    ]
    line_id: Annotated[
        str | None, Meta(description="The line it is about; null at the scene's end.")
    ]
    text: Annotated[str, Meta(description="The words to say or hear; empty where none.")] = ""
    at_ms: AtMs


class Voice(ServerMessage, frozen=True, kw_only=True, tag="voice"):
    """How far the partner's audio is; its frames are binary messages of stream `utterance`."""

    utterance: Utterance
    line_id: LineId
    state: Annotated[
        Literal["started", "complete", "cancelled", "failed"],
        Meta(
            description="`started` precedes the first frame, `complete` follows the last; "
            "`cancelled`: stop playing now; `failed`: no voice for this line."
        ),
    ]
    sample_rate: Annotated[int, Meta(ge=0, description="Of the utterance; 0 if it failed.")]
    duration_ms: Annotated[
        int | None, Meta(description="Length of the utterance, with `complete`.")
    ] = None
    words: Annotated[
        tuple[SpokenWord, ...], Meta(description="Word times, at the latest with `complete`.")
    ] = ()


class Following(Event, frozen=True, kw_only=True, tag="following"):
    """How the actor's place in their lines is known from now on."""

    state: Annotated[
        Literal["words", "pace"],
        Meta(
            description="`words`: the words of every line are listened to. `pace`: from here to "
            "the end of the line the place is estimated from the speaking time."
        ),
    ]
    line_id: Annotated[
        str | None, Meta(description="The line that is concerned; null for all of them.")
    ] = None
    reason: Annotated[
        str, Meta(description="Why the words are not listened to, e.g. `overload`.")
    ] = ""
    at_ms: AtMs


class Progress(ServerMessage, frozen=True, kw_only=True, tag="progress"):
    """Where in the line the actor is; the latest wins."""

    line_id: LineId
    word: Annotated[int, Meta(ge=0, description="Words said so far.")]
    words: Annotated[int, Meta(ge=0, description="Words in the line.")]
    confidence: Annotated[float, Meta(ge=0, le=1, description="How sure the position is.")]


class Transcript(Event, frozen=True, kw_only=True, tag="transcript"):
    """What a recogniser takes an utterance for; a partial has event number 0.

    A partial replaces the one before; the final replaces them all. An empty final takes back what
    turned out to be no words.
    """

    text: Annotated[str, Meta(description="The words.")]
    final: Annotated[bool, Meta(description="False while it may still change.")]
    words: Annotated[tuple[HeardWord, ...], Meta(description="The words with their times.")] = ()
    engine: Annotated[str, Meta(description="The recogniser; `hello` says how far to trust it.")]
    confidence: Annotated[
        float | None, Meta(description="Mean of the words' confidences, 0 to 1; null if unknown.")
    ] = None


class Timing(Event, frozen=True, kw_only=True, tag="timing"):
    """The measured time course of the actor's line. A later one for the same take replaces it."""

    line_id: LineId
    take: Annotated[int, Meta(ge=1, description="Counts the attempts at this line.")]
    pickup_ms: Annotated[
        int | None,
        Meta(
            description="Speech onset minus the heard end of the cue line (floor transfer offset); "
            "negative is overlap, null where there was no cue line."
        ),
    ]
    pickup_basis: Annotated[
        Literal["heard", "estimated"] | None,
        Meta(
            description="Whether the client reported the cue line's end or the server estimated it."
        ),
    ]
    start_ms: AtMs
    end_ms: AtMs
    duration_ms: Annotated[int, Meta(ge=0, description="From first onset to last speech end.")]
    speech_rate: Annotated[float, Meta(ge=0, description="Syllables per second, pauses included.")]
    articulation_rate: Annotated[
        float, Meta(ge=0, description="Syllables per second of phonation.")
    ]
    phonation_ratio: Annotated[float, Meta(ge=0, le=1, description="Phonation / total time.")]
    pauses: Annotated[
        tuple[Interval, ...], Meta(description="Silences of 250 ms or more inside the line.")
    ]


class Emotion(ServerMessage, frozen=True, kw_only=True, tag="emotion"):
    """How a window of speech came across, relative to the speaker's own baseline.

    After every half second of the actor's speech; it comes as soon as the model has answered. Like
    the meter it is passing: what stays is the judgement of the whole line, with the performance.
    """

    at_ms: AtMs
    window_ms: Annotated[int, Meta(ge=0, description="Length of the window that ends at `at_ms`.")]
    line_id: LineId
    arousal: Annotated[
        float | None, Meta(description="-1 calm to 1 excited; null where not judged.")
    ]
    valence: Annotated[
        float | None, Meta(description="-1 negative to 1 positive; null where not judged.")
    ]
    label: Annotated[str | None, Meta(description="Nearest category; null if unsure.")]
    confidence: Annotated[
        float, Meta(ge=0, le=1, description="How likely the likeliest category is; calibrated.")
    ]
    baseline: Annotated[
        Literal["none", "warming", "ready"], Meta(description="State of the speaker's baseline.")
    ]
    abstained: Annotated[
        Literal["too_short", "too_little_voice", "not_speech", "overload", "failed"] | None,
        Meta(
            description="Why the window is not judged: `overload` is a server with too much to "
            "do, `failed` a model that broke."
        ),
    ] = None


class Feedback(Event, frozen=True, kw_only=True, tag="feedback"):
    """One judgement, after the line."""

    line_id: LineId
    code: Annotated[str, Meta(description="What it is about, e.g. `late_pickup`.")]
    severity: Annotated[
        Literal["info", "notice", "warning"], Meta(description="How much it matters.")
    ]
    text: Annotated[str, Meta(description="What was measured and what to do, in plain words.")]
    evidence: Annotated[tuple[Evidence, ...], Meta(description="What it rests on.")]


class LineResult(Event, frozen=True, kw_only=True, tag="line"):
    """One take of one line is complete. A later one for the same take replaces it."""

    line_id: LineId
    take: Annotated[int, Meta(ge=1, description="Counts the attempts at this line.")]
    outcome: Annotated[
        Literal["spoken", "prompted", "skipped"], Meta(description="How the line went.")
    ]
    words: Annotated[
        tuple[LineWord, ...], Meta(description="Word by word; empty without a script follower.")
    ] = ()
    extras: Annotated[
        tuple[ExtraWords, ...], Meta(description="What was said besides; empty likewise.")
    ] = ()
    scores: Annotated[
        dict[str, float],
        Meta(
            description="0 to 100: `verbatim`, words right without a prompt; `gist`, content words "
            "of which a form was said. Empty without a script follower."
        ),
    ] = {}


_Score = Annotated[float, Meta(ge=0, le=100)]


class Pronunciation(Event, frozen=True, kw_only=True, tag="pronunciation"):
    """How a line was pronounced, some time after its end. Scores are defined as Azure's."""

    line_id: LineId
    take: Annotated[int, Meta(ge=1, description="Counts the attempts at this line.")]
    accuracy: Annotated[_Score, Meta(description="How native the words sound that were said.")]
    completeness: Annotated[_Score, Meta(description="Share of the words that were said.")]
    fluency: Annotated[
        _Score | None, Meta(description="How few unnatural breaks; null if too little was said.")
    ]
    prosody: Annotated[
        _Score | None, Meta(description="Pace, rhythm, melody; null if too little was said.")
    ]
    overall: Annotated[_Score, Meta(description="All of them; the lowest weighs most.")]
    text_match: Annotated[
        float, Meta(ge=0, le=1, description="How far it was this text at all; 0 is no answer.")
    ]
    words: Annotated[tuple[PronouncedWord, ...], Meta(description="Word by word.")]
    engine: Annotated[str, Meta(description="What judged it.")]


class Saved(Event, frozen=True, kw_only=True, tag="saved"):
    """The results are in the database."""

    session_id: Annotated[str, Meta(description="Read it back at `/v1/sessions/{session_id}`.")]
    performances: Annotated[int, Meta(ge=0, description="Takes saved.")]
    summary: Annotated[dict[str, float | int | None], Meta(description="Figures of the session.")]


class Pong(ServerMessage, frozen=True, kw_only=True, tag="pong"):
    """Answer to `ping`."""

    id: Annotated[int, Meta(ge=0, description="From the `ping`.")]


class GoAway(ServerMessage, frozen=True, kw_only=True, tag="go_away"):
    """The socket will close soon; finish, or resume on another."""

    reason: Annotated[
        Literal["restart", "token_expiry", "logout", "too_long"], Meta(description="Why.")
    ]
    time_left_ms: Annotated[int, Meta(ge=0, description="Until the socket closes.")]


ErrorCode = Literal[
    "malformed",
    "too_large",
    "out_of_order",
    "bad_audio",
    "audio_gap",
    "too_fast",
    "too_slow",
    "idle",
    "not_found",
    "unknown_role",
    "unknown_scene",
    "unknown_line",
    "bad_script",
    "no_such_session",
    "token_expired",
    "overload",
    "unavailable",
    "voice_failed",
    "not_saved",
    "not_durable",
    "internal",
]


class Error(ServerMessage, frozen=True, kw_only=True, tag="error"):
    """Something went wrong; a fatal error is followed by the close."""

    code: Annotated[ErrorCode, Meta(description="Stable name of the error.")]
    message: Annotated[str, Meta(description="What happened and what to do.")]
    fatal: Annotated[bool, Meta(description="Whether the socket closes.")]
    retryable: Annotated[bool, Meta(description="Whether the same again may work.")] = False
    retry_after_ms: Annotated[int | None, Meta(description="When to try again.")] = None
    field: Annotated[
        str | None, Meta(description="The field at fault, e.g. `audio.sample_rate`.")
    ] = None


AnyServerMessage = (
    Hello
    | Started
    | Resumed
    | Ack
    | Level
    | Speech
    | Cue
    | Voice
    | Following
    | Progress
    | Transcript
    | Timing
    | Emotion
    | Feedback
    | LineResult
    | Pronunciation
    | Saved
    | Pong
    | GoAway
    | Error
)
