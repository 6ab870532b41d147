from __future__ import annotations

import json

from rehearsal_server.demo.view import JsonView, TextView
from rehearsal_server.protocol.server_messages import Event, Level
from tests.rehearsal_server.demo.takes import MESSAGES, STARTED, saved_session, take_of

LEVEL = Level(at_ms=60, level_dbfs=-50.0, loudness_lufs=None, f0_hz=None, speaking=False)


def test_the_transcript_for_people() -> None:
    lines: list[str] = []
    view = TextView(lines.append)
    view.begin("Evening", STARTED)
    for message in (*MESSAGES, LEVEL):
        view.show(message)
    view.end([saved_session()], saved_session())
    text = "\n".join(lines)
    assert "Evening, scene S1; you are Ben" in text
    assert "   0.0s  ANNA  Good evening." in text
    assert "pick-up 250 ms   0.7 s   5.0 syllables/s   pauses of 300 ms" in text
    assert "… prompt: “Is”" in text
    assert "» You came in late." in text
    assert "line prompted" in text
    assert "    L2    1 prompted    250 ms   0.7 s  1" in text


def test_one_event_a_line_for_programs() -> None:
    lines: list[str] = []
    view = JsonView(lines.append)
    view.begin("Evening", STARTED)
    take = take_of(*MESSAGES)
    for received in take.received:
        view.show(received.message)
    view.show(LEVEL)
    view.end([saved_session()], saved_session())
    read = [json.loads(line) for line in lines]
    events = [message for message in MESSAGES if isinstance(message, Event)]
    assert [event["event"] for event in read[:-1]] == list(range(1, len(events) + 1))
    assert read[-1]["type"] == "summary"
    assert read[-1]["session"]["performances"][0]["line_id"] == "L2"
