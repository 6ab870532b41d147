from __future__ import annotations

import json

import pytest

from benchmarks import api


def test_a_small_load_is_answered(capsys: pytest.CaptureFixture[str]) -> None:
    assert api.main(["--rate", "20", "--sessions", "1", "--seconds", "1"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["requests"], result["faults"]) == (20, [])
    assert result["p50_ms"] <= result["p99_ms"] <= result["max_ms"]
