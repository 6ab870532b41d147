from __future__ import annotations

import json
import random

import pytest

from benchmarks import hostile
from benchmarks.hostile_messages import fatal_frame, refused_frames


def test_a_small_attack_leaves_the_server_standing(capsys: pytest.CaptureFixture[str]) -> None:
    hostile.main(["--messages", "100", "--requests", "30"])
    result = json.loads(capsys.readouterr().out)
    assert result["server_errors"] == result["tracebacks"] == 0, result["faults"]
    assert result["socket_messages"] >= 100
    assert result["honest_pings"] > 0
    assert [fault for fault in result["faults"] if "memory" not in fault] == []


def test_attacks_are_the_same_each_time() -> None:
    first, second = ([*_kinds_of(random.Random(3))] for _ in range(2))
    assert first == second


def _kinds_of(random_: random.Random) -> list[int]:
    return [len(frame) for frame in (*refused_frames(random_), fatal_frame(random_))]
