"""A complete rehearsal of two lines, to take away from."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from rehearsal_server.api.practice.sessions import SessionDetail
from rehearsal_server.client import Received
from rehearsal_server.client.speakerphone import Utterance
from rehearsal_server.demo.take import Take
from rehearsal_server.protocol.fields import Interval, SpokenWord
from rehearsal_server.protocol.server_messages import (
    AnyServerMessage,
    Cue,
    Event,
    Feedback,
    LineResult,
    Saved,
    SceneLine,
    Started,
    Timing,
    Voice,
)
from storage.results import Feedback as SavedFeedback
from storage.results import Performance

STARTED = Started(
    session_id="s1",
    secret="",
    epoch=1,
    scene="S1",
    role="Ben",
    lines=(
        SceneLine(line_id="L1", character="Anna", text="Good evening."),
        SceneLine(line_id="L2", character="Ben", text="Is it?"),
    ),
)
TIMING = Timing(
    line_id="L2",
    take=1,
    pickup_ms=250,
    pickup_basis="heard",
    start_ms=1250,
    end_ms=1900,
    duration_ms=650,
    speech_rate=4.0,
    articulation_rate=5.0,
    phonation_ratio=0.8,
    pauses=(Interval(start_ms=1400, end_ms=1700),),
)
FEEDBACK = Feedback(
    line_id="L2", code="late_pickup", severity="notice", text="You came in late.", evidence=()
)
MESSAGES: tuple[AnyServerMessage, ...] = (
    Cue(action="listen", line_id="L1", text="Good evening.", at_ms=0),
    Voice(utterance=1, line_id="L1", state="started", sample_rate=16000),
    Voice(
        utterance=1,
        line_id="L1",
        state="complete",
        sample_rate=16000,
        words=(SpokenWord(text="Good", start_ms=0, end_ms=300),),
    ),
    Cue(action="speak", line_id="L2", text="Is it?", at_ms=1000),
    Cue(action="prompt", line_id="L2", text="Is", at_ms=1100),
    Cue(action="done", line_id="L2", at_ms=1900),
    TIMING,
    FEEDBACK,
    LineResult(line_id="L2", take=1, outcome="prompted"),
    Cue(action="scene_end", line_id=None, at_ms=2300),
    Saved(session_id="s1", performances=1, summary={"takes": 1}),
)


def take_of(*messages: AnyServerMessage) -> Take:
    """Receive messages as the server would have sent them: its events numbered."""
    take = Take(STARTED, heard=[Utterance(1, "L1", 16000, samples=8000)])
    events = 0
    for message in messages:
        if isinstance(message, Event):
            events += 1
            message = msgspec.structs.replace(message, event=events)
        take.received.append(Received(message, at_s=0.0, position=0))
    return take


def without(dropped: AnyServerMessage) -> Take:
    return take_of(*(message for message in MESSAGES if message is not dropped))


def saved_session(**changes: Any) -> SessionDetail:
    """What REST gives back of the complete rehearsal."""
    session = SessionDetail(
        id="s1",
        user_id="u1",
        practice="scene",
        script_id=None,
        scene_id="S1",
        role="Ben",
        options={},
        started_at=datetime(2026, 1, 1, tzinfo=UTC),
        state="completed",
        summary={"takes": 1},
        performances=(performance(),),
        feedback=(saved_feedback(),),
    )
    return msgspec.structs.replace(session, **changes)


def performance(**changes: Any) -> Performance:
    saved = Performance(
        id="p1",
        session_id="s1",
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        line_id="L2",
        take=1,
        character="Ben",
        line_text="Is it?",
        outcome="prompted",
        started_ms=1000,
        ended_ms=1900,
        pickup_ms=250,
        duration_ms=650,
        timing={"speech_rate": 4.0, "pauses": [{"start_ms": 1400, "end_ms": 1700}]},
    )
    return msgspec.structs.replace(saved, **changes)


def saved_feedback(**changes: Any) -> SavedFeedback:
    saved = SavedFeedback(
        session_id="s1",
        position=0,
        performance_id="p1",
        line_id="L2",
        code="late_pickup",
        severity="notice",
        text="You came in late.",
        evidence=[],
        at_ms=1900,
    )
    return msgspec.structs.replace(saved, **changes)
