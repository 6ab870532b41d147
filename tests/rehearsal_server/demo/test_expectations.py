from __future__ import annotations

import pytest

from rehearsal_server.demo.expectations import missing_events
from rehearsal_server.protocol.server_messages import Error
from tests.rehearsal_server.demo.takes import FEEDBACK, MESSAGES, take_of, without

FORGOTTEN = frozenset({"L2"})


def test_a_complete_rehearsal_misses_nothing() -> None:
    assert missing_events(take_of(*MESSAGES), FORGOTTEN) == []


@pytest.mark.parametrize(
    ("dropped", "missed"),
    [
        (0, "L1: no cue to listen"),
        (3, "L2: no cue speak"),
        (4, "L2: no prompt"),
        (5, "L2: no cue done"),
        (6, "L2: no timing"),
        (8, "L2: no line result"),
        (9, "no scene_end"),
        (10, "no saved"),
    ],
)
def test_each_event_is_missed(dropped: int, missed: str) -> None:
    assert missing_events(without(MESSAGES[dropped]), FORGOTTEN) == [missed]


def test_a_voice_that_is_not_complete_is_missed() -> None:
    faults = missing_events(without(MESSAGES[2]), FORGOTTEN)
    assert faults == ["L1: no complete voice", "L1: no word times"]


def test_a_voice_without_audio_is_missed() -> None:
    take = take_of(*MESSAGES)
    take.heard = []
    assert missing_events(take, FORGOTTEN) == ["L1: no voice frames"]


def test_no_prompt_is_expected_where_the_actor_knows_the_line() -> None:
    assert missing_events(without(MESSAGES[4]), frozenset()) == []


def test_no_feedback_is_expected_of_a_good_line() -> None:
    assert missing_events(without(FEEDBACK), FORGOTTEN) == []


def test_an_error_is_told() -> None:
    error = Error(code="voice_failed", message="no voice", fatal=False)
    faults = missing_events(take_of(*MESSAGES, error), FORGOTTEN)
    assert faults == ["the server reported voice_failed: no voice"]


def test_a_gap_in_the_numbers_is_told() -> None:
    take = take_of(*MESSAGES)
    del take.received[7]
    assert missing_events(take, FORGOTTEN) == ["event 6 (got 7 in its place)"]
