"""The benchmark runs, small; how fast it finds the voices to be is no matter here."""

from __future__ import annotations

import json

import pytest

from benchmarks.voices import main


def test_every_engine_is_measured_or_named_as_absent(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--lines", "1", "--sessions", "2", "--json"])
    speeds = {speed["engine"]: speed for speed in json.loads(capsys.readouterr().out)}
    assert set(speeds) == {"espeak-ng", "flite", "piper"}
    assert speeds["espeak-ng"]["absence"] is None
    for speed in speeds.values():
        assert speed["absence"] or speed["first_audio_new_ms"]["p50"] > 0
        assert speed["absence"] or speed["times_real_time"] > 0
