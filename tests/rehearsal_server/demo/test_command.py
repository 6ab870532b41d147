"""The whole main job: a server process, a real socket, real time."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from rehearsal_server.demo.command import add_demo_options, run_demo
from rehearsal_server.replay import differences, read_recording, replay
from tests.shared_data import shared_data

SCRIPT = "ANNA: Good evening.\n\nBEN: Is it? I had not looked out.\n"


def demo(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    add_demo_options(parser)
    return run_demo(parser.parse_args(arguments))


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "evening.txt"
    path.write_text(SCRIPT, encoding="utf-8")
    return path


def test_a_scene_with_a_synthetic_actor(
    script: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert demo("--script", str(script), "--json", "--keep", str(tmp_path / "kept")) == 0
    *events, summary = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["event"] for event in events] == list(range(1, len(events) + 1))
    (performance,) = summary["session"]["performances"]
    assert performance["outcome"] == "spoken"
    # The actor waits 200 to 600 ms; a busy machine may cue later, never earlier.
    assert performance["pickup_ms"] >= 150
    recording = read_recording(tmp_path / "kept")
    assert differences(recording, replay(recording)) == []


def test_a_monologue_of_recordings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recording = shared_data("austen/0880.flac")
    script = tmp_path / "austen.txt"
    script.write_text("READER: He was not an ill disposed young man.\n", encoding="utf-8")
    arguments = ("--script", str(script), "--role", "reader", "--actor", str(recording))
    assert demo(*arguments) == 0
    assert "saved: 1 performances" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--role", "Hamlet"), "nobody named 'Hamlet' speaks in the script; it has Anna, Ben"),
        (("--actor", "a.flac", "b.flac"), "2 recordings are given, but the role has 1 lines"),
    ],
)
def test_what_cannot_be_rehearsed_is_said(
    script: Path, arguments: tuple[str, ...], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert demo("--script", str(script), *arguments) == 1
    assert reason in capsys.readouterr().err


def test_a_script_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert demo("--script", "nowhere.fountain") == 1
    assert "nowhere.fountain" in capsys.readouterr().err
