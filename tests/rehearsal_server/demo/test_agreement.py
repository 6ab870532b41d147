from __future__ import annotations

import msgspec
import pytest

from rehearsal_server.demo.agreement import disagreements
from rehearsal_server.protocol.server_messages import LineResult
from tests.rehearsal_server.demo.takes import (
    MESSAGES,
    TIMING,
    performance,
    saved_feedback,
    saved_session,
    take_of,
    without,
)


def test_what_was_told_is_what_is_saved() -> None:
    assert disagreements(take_of(*MESSAGES), saved_session()) == []


def test_a_session_that_is_not_complete() -> None:
    found = disagreements(take_of(*MESSAGES), saved_session(state="abandoned"))
    assert found == ["the saved session is abandoned, not completed"]


def test_another_summary() -> None:
    found = disagreements(take_of(*MESSAGES), saved_session(summary={"takes": 2}))
    assert found == ["the summary is not the one that was told"]


def test_a_performance_too_few() -> None:
    found = disagreements(take_of(*MESSAGES), saved_session(performances=()))
    assert found[0] == "1 performances were announced, 0 are saved"
    assert len(found) == 2


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"pickup_ms": 251}, "L2: pickup_ms is saved as 251, but was told as 250"),
        ({"duration_ms": 1}, "L2: duration_ms is saved as 1, but was told as 650"),
        ({"outcome": "spoken"}, "L2: another outcome is saved"),
        (
            {"timing": {"speech_rate": 4.5}},
            "L2: speech_rate is saved as 4.5, but was told as 4.0",
        ),
        (
            {"timing": {"pauses": []}},
            "L2: pauses is saved as [], but was told as [{'start_ms': 1400, 'end_ms': 1700}]",
        ),
    ],
)
def test_other_figures(changes: dict[str, object], fault: str) -> None:
    session = saved_session(performances=(performance(**changes),))
    assert disagreements(take_of(*MESSAGES), session) == [fault]


def test_a_later_timing_of_the_same_take_counts() -> None:
    later = msgspec.structs.replace(TIMING, pickup_ms=300)
    session = saved_session(performances=(performance(pickup_ms=300),))
    assert disagreements(take_of(*MESSAGES, later), session) == []


def test_a_performance_without_a_timing() -> None:
    found = disagreements(without(TIMING), saved_session())
    assert found == ["L2: saved without a timing told"]


def test_feedback_that_was_not_told() -> None:
    session = saved_session(feedback=(saved_feedback(), saved_feedback(code="prompted")))
    assert disagreements(take_of(*MESSAGES), session) == ["L2: prompted is saved, but was not told"]


def test_feedback_that_is_not_saved() -> None:
    found = disagreements(take_of(*MESSAGES), saved_session(feedback=()))
    assert found == ["L2: late_pickup was told, but is not saved"]


def test_feedback_on_a_line_that_was_taken_back_need_not_be_saved() -> None:
    again = LineResult(line_id="L2", take=1, outcome="prompted")
    assert disagreements(take_of(*MESSAGES, again), saved_session(feedback=())) == []
