from __future__ import annotations

from rehearsal_server.protocol.client_messages import (
    AckEvent,
    ClientMessage,
    Ping,
    Resume,
    Start,
)
from rehearsal_server.session.states import ACCEPTED, TRANSITIONS, State, Trigger, mermaid

# Answered by the shell before the session sees them.
OF_THE_SHELL = {Start, Resume, AckEvent, Ping}


def test_every_message_of_a_session_has_its_states() -> None:
    assert set(ACCEPTED) == set(ClientMessage.__subclasses__()) - OF_THE_SHELL


def test_every_trigger_moves_something_and_every_state_can_be_reached() -> None:
    assert {trigger for _, trigger in TRANSITIONS} == set(Trigger)
    assert {*TRANSITIONS.values(), State.IDLE} == set(State)


def test_a_scene_can_always_end() -> None:
    assert all(TRANSITIONS[state, Trigger.FINISH] is State.ENDED for state in State)


def test_the_diagram_shows_every_transition() -> None:
    assert mermaid().count("-->") == len(TRANSITIONS) + 1
