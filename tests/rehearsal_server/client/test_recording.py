from __future__ import annotations

import json
from pathlib import Path

import pytest

from rehearsal_server.audio_files import AudioFileError, read_mono
from rehearsal_server.client.recording import SessionRecording
from rehearsal_server.protocol.client_messages import Playback, Skip, Start
from rehearsal_server.protocol.codec import JSON
from rehearsal_server.protocol.fields import AudioFormat
from rehearsal_server.protocol.server_messages import Level, Speech

START = Start(mode="scene", role="A", script="A: Yes.", audio=AudioFormat(sample_rate=16000))


def test_a_session_is_kept_as_it_was_sent(tmp_path: Path) -> None:
    with SessionRecording(tmp_path, START) as recording:
        recording.audio_sent(b"\x00\x40" * 320)
        recording.message_sent(Playback(utterance=1, state="started", at_ms=12), position=320)
        recording.audio_sent(memoryview(b"\x00\xc0" * 320))
        recording.message_sent(Skip(), position=640)
    assert JSON.decode_client((tmp_path / "start.json").read_bytes()) == START
    samples = read_mono(tmp_path / "microphone.wav", 16000)
    assert samples.tolist() == [0.5] * 320 + [-0.5] * 320
    lines = (tmp_path / "messages.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [
        {
            "position": 320,
            "message": {"type": "playback", "utterance": 1, "state": "started", "at_ms": 12},
        },
        {"position": 640, "message": {"type": "skip"}},
    ]


def test_only_final_events_are_kept(tmp_path: Path) -> None:
    spoke = Speech(event=1, proc_ms=2.5, state="started", at_ms=100)
    level = Level(at_ms=60, level_dbfs=-50.0, loudness_lufs=None, f0_hz=None, speaking=False)
    with SessionRecording(tmp_path, START) as recording:
        recording.received(level)
        recording.received(spoke)
    (line,) = (tmp_path / "events.jsonl").read_bytes().splitlines()
    assert JSON.decode_server(line) == spoke


def test_mu_law_cannot_be_recorded(tmp_path: Path) -> None:
    audio = AudioFormat(sample_rate=8000, encoding="mulaw")
    start = Start(mode="scene", role="A", script="A: Yes.", audio=audio)
    with pytest.raises(AudioFileError, match="use s16le"):
        SessionRecording(tmp_path, start)
