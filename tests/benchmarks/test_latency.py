"""The benchmark runs, small; how fast it finds the server to be is no matter here."""

from __future__ import annotations

import json

import pytest

from benchmarks.latency import main


def test_every_event_arrives(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["--sessions", "2", "--seconds", "8", "--json"])
    out = capsys.readouterr()
    assert status == 0, out.err
    result = json.loads(out.out)
    assert result["sessions"] == 2
    assert {
        "emotion",
        "level",
        "speech started",
        "cue done",
        "timing",
        "line",
        "first voice frame",
    } <= set(result["latency"])
    for kind, figures in result["latency"].items():
        assert figures["count"] == figures["expected"] or kind in ("level", "emotion")
        assert figures["p50"] <= figures["p99"] <= figures["max"]
    assert result["server_cpu_percent_per_session"] > 0
    assert result["server_rss_mib"] > 1
