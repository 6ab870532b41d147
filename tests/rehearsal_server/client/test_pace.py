from __future__ import annotations

import pytest

from rehearsal_server.client.pace import Pace


def test_send_times_follow_from_the_sample_count() -> None:
    pace = Pace(start_s=100.0, sample_rate=16000)
    assert [pace.due_s(position) for position in (0, 320, 16000)] == [100.0, 100.02, 101.0]


def test_an_hour_does_not_drift() -> None:
    pace = Pace(start_s=0.0, sample_rate=44100)
    assert pace.due_s(3600 * 44100) == 3600.0


def test_a_faster_microphone() -> None:
    pace = Pace(start_s=10.0, sample_rate=16000, speed=4.0)
    assert pace.due_s(16000) == 10.25
    assert pace.position_at(10.25) == 16000


@pytest.mark.parametrize("speed", [0.5, 1.0, 8.0])
def test_position_and_time_are_inverse(speed: float) -> None:
    pace = Pace(start_s=3.0, sample_rate=48000, speed=speed)
    for position in (0, 1, 959, 123456):
        assert pace.position_at(pace.due_s(position)) == position


def test_nothing_is_recorded_before_the_start() -> None:
    assert Pace(start_s=3.0, sample_rate=48000).position_at(2.0) == 0
