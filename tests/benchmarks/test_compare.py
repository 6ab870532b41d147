"""Two results of one benchmark, compared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.compare import NotComparableError, compare, differences, main, read_result
from benchmarks.report import Report, Row, current_environment


def written(path: Path, rows: list[Row], benchmark: str = "kernels", **parameters: Any) -> Path:
    report = Report(benchmark, current_environment([]), parameters, {"Cost": rows}, {}, [])
    path.write_text(report.as_json())
    return path


def test_what_changed_is_shown_as_a_ratio(tmp_path: Path) -> None:
    before = read_result(
        written(
            tmp_path / "a",
            [{"kernel": "pitch", "batch": 16, "us": 20.0}, {"kernel": "vad", "batch": 16, "us": 4}],
        )
    )
    after = read_result(
        written(
            tmp_path / "b",
            [
                {"kernel": "vad", "batch": 16, "us": 4.1},
                {"kernel": "pitch", "batch": 16, "us": 5.0},
            ],
        )
    )
    assert compare(before, after) == [
        {"where": "Cost pitch 16", "figure": "us", "before": 20, "after": 5, "ratio": 0.25}
    ]
    assert len(compare(before, after, least_change=0)) == 2


def test_what_came_and_what_went_is_shown(tmp_path: Path) -> None:
    before = read_result(written(tmp_path / "a", [{"kernel": "old", "us": 1}]))
    after = read_result(written(tmp_path / "b", [{"kernel": "new", "us": 2}]))
    assert [(row["where"], row["before"], row["after"]) for row in compare(before, after)] == [
        ("Cost new", None, 2),
        ("Cost old", 1, None),
    ]


def test_other_parameters_are_told(tmp_path: Path) -> None:
    before = read_result(written(tmp_path / "a", [], seconds=10))
    after = read_result(written(tmp_path / "b", [], seconds=20))
    assert list(differences(before, after)) == ["seconds: 10, then 20"]


def test_two_benchmarks_do_not_compare(tmp_path: Path) -> None:
    before = read_result(written(tmp_path / "a", []))
    after = read_result(written(tmp_path / "b", [], benchmark="latency"))
    with pytest.raises(NotComparableError, match="latency"):
        compare(before, after)


@pytest.mark.parametrize("content", ["", "[]", "{}", json.dumps({"benchmark": "kernels"})])
def test_another_file_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "a").write_text(content)
    with pytest.raises(NotComparableError, match="--json"):
        read_result(tmp_path / "a")


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = written(tmp_path / "a", [{"kernel": "pitch", "us": 20.0}])
    after = written(tmp_path / "b", [{"kernel": "pitch", "us": 10.0}])
    assert main([str(before), str(after)]) == 0
    assert "0.5" in capsys.readouterr().out
    assert main([str(before), str(tmp_path / "absent")]) == 2
    assert "absent" in capsys.readouterr().err
