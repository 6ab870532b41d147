"""The states of a scene as a table, from which the machine runs and the documentation draws."""

from __future__ import annotations

from enum import Enum

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


class State(Enum):
    """Where the scene stands."""

    IDLE = "idle"
    PARTNER_SPEAKING = "partner speaking"
    ACTORS_TURN = "actor's turn"
    HOLDING = "holding"
    DRY = "dry"
    PAUSED = "paused"
    ENDED = "ended"


class Trigger(Enum):
    """What moves the scene from state to state."""

    CUE_PARTNER = "the partner has the next line"
    CUE_ACTOR = "the actor has the next line"
    FALL_SILENT = "a silence inside the line"
    SPEAK = "speech"
    HESITATE = "a silence longer than the prompt wait, or “line!”"
    TAKE_BACK = "the actor goes on with a line thought done"
    PAUSE = "pause"
    FINISH = "no line is left, or stop"


_ACTOR_STATES = (State.ACTORS_TURN, State.HOLDING, State.DRY)
_RUNNING = (State.PARTNER_SPEAKING, *_ACTOR_STATES)

TRANSITIONS: dict[tuple[State, Trigger], State] = {
    **{(state, Trigger.CUE_PARTNER): State.PARTNER_SPEAKING for state in State},
    **{(state, Trigger.CUE_ACTOR): State.ACTORS_TURN for state in State},
    **{(state, Trigger.FINISH): State.ENDED for state in State},
    **{(state, Trigger.PAUSE): State.PAUSED for state in _RUNNING},
    **{(state, Trigger.HESITATE): State.DRY for state in _ACTOR_STATES},
    (State.ACTORS_TURN, Trigger.FALL_SILENT): State.HOLDING,
    (State.HOLDING, Trigger.SPEAK): State.ACTORS_TURN,
    (State.DRY, Trigger.SPEAK): State.ACTORS_TURN,
    (State.PARTNER_SPEAKING, Trigger.TAKE_BACK): State.ACTORS_TURN,
}

# Which messages make sense when; anything else is answered by an `out_of_order` error.
ACCEPTED: dict[type[ClientMessage], frozenset[State]] = {
    LinePlease: frozenset(_ACTOR_STATES),
    Skip: frozenset(_RUNNING),
    Back: frozenset((*_RUNNING, State.PAUSED, State.ENDED)),
    Goto: frozenset((*_RUNNING, State.PAUSED, State.ENDED)),
    Pause: frozenset(_RUNNING),
    Continue: frozenset((State.PAUSED,)),
    # A mark may cross the server's own decision on the wire, so it is never out of order.
    Playback: frozenset(State),
    Stop: frozenset(State),
}


def mermaid() -> str:
    """Draw the table as a Mermaid state diagram."""
    names = {state: state.name.lower() for state in State}
    rows = ["stateDiagram-v2", "    [*] --> idle"]
    rows += [f'    state "{state.value}" as {names[state]}' for state in State]
    rows += [
        f"    {names[before]} --> {names[after]}: {trigger.value}"
        for (before, trigger), after in TRANSITIONS.items()
    ]
    return "\n".join(rows)
