"""What a client says. Control messages are at most `MAX_CONTROL_BYTES` long."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from rehearsal_server.protocol.fields import (
    AtMs,
    AudioFormat,
    Identifier,
    LineId,
    Options,
    Utterance,
)

MAX_CONTROL_BYTES = 4096


class ClientMessage(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type"
):
    """Base of every control message from the client."""


class Start(ClientMessage, frozen=True, kw_only=True, tag="start"):
    """Begin a session. The first message on a fresh socket, within five seconds."""

    mode: Annotated[
        Literal["scene"], Meta(description="The practice; `hello` lists those offered.")
    ]
    script_id: Annotated[
        Identifier | None, Meta(description="A stored script of this account.")
    ] = None
    script: Annotated[
        Annotated[str, Meta(min_length=1, max_length=4000)] | None,
        Meta(description="A short script as text, instead of `script_id`."),
    ] = None
    scene: Annotated[
        Identifier | None, Meta(description="Scene id; the first scene if left out.")
    ] = None
    role: Annotated[str, Meta(min_length=1, max_length=128, description="The character to play.")]
    audio: AudioFormat
    options: Options = Options()


class Resume(ClientMessage, frozen=True, kw_only=True, tag="resume"):
    """Come back to a session after its socket broke, instead of `start`."""

    session_id: Annotated[Identifier, Meta(description="From `started`.")]
    secret: Annotated[str, Meta(max_length=128, description="From `started`.")]
    epoch: Annotated[int, Meta(ge=1, description="From `started`.")]
    last_event: Annotated[int, Meta(ge=0, description="Last event number applied.")]


class Playback(ClientMessage, frozen=True, kw_only=True, tag="playback"):
    """What the listener heard of an utterance, and when."""

    utterance: Utterance
    state: Annotated[
        Literal["started", "ended", "stopped"],
        Meta(description="`ended` is the last sample heard; `stopped` is cut short."),
    ]
    at_ms: AtMs


class LinePlease(ClientMessage, frozen=True, kw_only=True, tag="line"):
    """The actor calls "line!": prompt the next words now."""


class Skip(ClientMessage, frozen=True, kw_only=True, tag="skip"):
    """Go on: ends the current line, whoever has it."""


class Back(ClientMessage, frozen=True, kw_only=True, tag="back"):
    """Take the actor's last line again, from its cue."""


class Goto(ClientMessage, frozen=True, kw_only=True, tag="goto"):
    """Go on from a line of the scene; an actor's line starts with its cue."""

    line_id: LineId


class Pause(ClientMessage, frozen=True, kw_only=True, tag="pause"):
    """Stop the clock of the scene: nothing is cued or judged until `continue`."""


class Continue(ClientMessage, frozen=True, kw_only=True, tag="continue"):
    """End the pause; the interrupted line starts again."""


class AckEvent(ClientMessage, frozen=True, kw_only=True, tag="ack"):
    """All events up to this one are applied; the server may forget them."""

    event: Annotated[int, Meta(ge=0, description="Last event number applied.")]


class Ping(ClientMessage, frozen=True, kw_only=True, tag="ping"):
    """Is the session alive? Answered by `pong`."""

    id: Annotated[int, Meta(ge=0, le=2**53, description="Given back in `pong`.")]


class Stop(ClientMessage, frozen=True, kw_only=True, tag="stop"):
    """End the session: the results are saved, `saved` is sent, the socket closes."""


AnyClientMessage = (
    Start
    | Resume
    | Playback
    | LinePlease
    | Skip
    | Back
    | Goto
    | Pause
    | Continue
    | AckEvent
    | Ping
    | Stop
)
