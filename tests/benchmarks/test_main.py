"""Every benchmark is listed and can be run by its name."""

from __future__ import annotations

import pytest

from benchmarks.__main__ import commands, main
from rehearsal_server.cli import main as rehearsal_server


def test_every_command_says_what_it_measures() -> None:
    found = commands()
    assert {"latency", "kernels", "compare"} <= found.keys()
    assert all(about.endswith(".") for about in found.values())


def test_without_a_name_all_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert rehearsal_server(["bench"]) == 0
    assert "latency" in capsys.readouterr().out


def test_the_rest_of_the_arguments_is_the_benchmarks(capsys: pytest.CaptureFixture[str]) -> None:
    assert rehearsal_server(["bench", "compare", "absent.json", "absent.json"]) == 2
    assert "absent.json" in capsys.readouterr().err


def test_an_unknown_name_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nothing"]) == 2
    assert "no benchmark 'nothing'" in capsys.readouterr().err
