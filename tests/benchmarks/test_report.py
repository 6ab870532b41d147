from __future__ import annotations

import json

import pytest

from benchmarks.report import Report, current_environment, format_table


def report() -> Report:
    return Report(
        benchmark="example",
        environment=current_environment(("numpy", "no-such-package")),
        parameters={"rounds": 3},
        tables={"Cost": [{"kernel": "level", "us": 1.234}, {"kernel": "pitch", "us": None}]},
        absent={"aubio": "not installed"},
        remarks=["aubio is unknown"],
    )


def test_the_environment_names_what_figures_depend_on() -> None:
    environment = report().environment
    assert environment.commit
    assert environment.cpu
    assert list(environment.versions) == ["numpy"]


def test_json_holds_everything() -> None:
    parsed = json.loads(report().as_json())
    assert parsed["tables"]["Cost"][0] == {"kernel": "level", "us": 1.234}
    assert parsed["absent"] == {"aubio": "not installed"}


def test_json_refuses_what_json_cannot_hold() -> None:
    broken = Report("x", report().environment, {}, {"t": [{"us": float("nan")}]}, {}, [])
    with pytest.raises(ValueError, match="not JSON compliant"):
        broken.as_json()


def test_text_is_for_reading() -> None:
    lines = report().as_text().splitlines()
    assert lines[0].startswith("benchmarks.example at ")
    assert "rounds: 3" in lines
    assert lines[-2:] == ["absent: aubio (not installed)", "aubio is unknown"]


def test_tables_align_words_left_and_figures_right() -> None:
    assert format_table([{"name": "a", "us": 12.0}, {"name": "bcdef", "us": 123_456.0}]) == [
        "name        us",
        "a           12",
        "bcdef  123,456",
    ]
    assert format_table([{"name": "a", "us": None}]) == ["name  us", "a      -"]
    assert format_table([]) == ["(nothing measured)"]
