"""The models benchmark, imported and run once, small, so that it cannot rot."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.models import main, run
from models.emotion.opening import open_emotion_model
from tests.models.graphs import write_loudness_model


def test_every_case_is_timed_in_every_batch(tmp_path: Path) -> None:
    model = open_emotion_model(write_loudness_model(tmp_path))
    report = run(model, batches=(1, 3), rounds=1, round_s=0.001)
    rows = report.tables["by batch"]
    assert [row["batch"] for row in rows] == [1, 3]
    assert all(
        isinstance(value, int | float) and value > 0 for row in rows for value in row.values()
    )
    (load,) = report.tables["at the rated load"]
    assert load["sessions"] == 500
    assert json.loads(report.as_json())["parameters"]["model"] == "loudness 0"


def test_help_says_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "window by window" in capsys.readouterr().out
