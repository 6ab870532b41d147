from __future__ import annotations

import asyncio
import io
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from models.emotion.opening import BUILT_IN_CARD
from rehearsal_server.following.offline import prepare_listener
from rehearsal_server.offline import OfflineSession
from rehearsal_server.protocol.client_messages import Stop
from rehearsal_server.protocol.fields import AudioFormat, Options
from rehearsal_server.scripts.model import Line, Parenthetical, Scene
from rehearsal_server.session.session import Session, SessionPlan
from rehearsal_server.uploaded_take import TakePlan, UnusableRecording, analyse_recording
from tests.rehearsal_server.test_offline import RATE_HZ, room, synthesise

TEXT = "He was not an ill disposed young man."
LINES = tuple(Line(id=f"L{n}", character="Ben", text=TEXT) for n in (2, 4))
PLAN = TakePlan(scene_id="S1", role="Ben", lines=LINES)


def file_of(samples: npt.NDArray[Any], rate: int = RATE_HZ, **how: str) -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, rate, **{"format": "FLAC", **how})
    return buffer.getvalue()


@pytest.fixture(scope="module")
def two_lines() -> npt.NDArray[np.int16]:
    line = asyncio.run(synthesise(TEXT))
    return np.concatenate((room(0.4), line, room(1.8), line))


def test_every_line_is_found_and_described(two_lines: npt.NDArray[np.int16]) -> None:
    result = analyse_recording(file_of(two_lines), PLAN)
    assert result.completed
    assert [p.line_id for p in result.performances] == ["L2", "L4"]
    assert all(p.outcome == "spoken" and p.timing and p.voice for p in result.performances)


def test_lines_are_judged_beside_their_directions(two_lines: npt.NDArray[np.int16]) -> None:
    furious = msgspec.structs.replace(
        LINES[0], parentheticals=(Parenthetical(text="(furiously)", offset=0),)
    )
    plan = msgspec.structs.replace(PLAN, lines=(furious, LINES[1]), emotion_card=BUILT_IN_CARD)
    first, second = analyse_recording(file_of(two_lines), plan).performances
    for came_across in (first.came_across, second.came_across):
        assert came_across is not None
        assert came_across.estimate is not None
        assert came_across.model.startswith("rehearsal-emotion")
    assert first.came_across is not None
    assert first.came_across.match is not None
    assert "furiously" in first.came_across.match.text


def test_without_a_model_that_can_be_opened_the_rest_is_measured(
    two_lines: npt.NDArray[np.int16], tmp_path: Path
) -> None:
    plan = msgspec.structs.replace(PLAN, emotion_card=tmp_path / "absent.json")
    (first, _) = analyse_recording(file_of(two_lines), plan).performances
    assert first.voice is not None
    assert first.came_across is not None
    assert first.came_across.estimate is None


def test_it_is_measured_as_live_audio_is(two_lines: npt.NDArray[np.int16]) -> None:
    """The core of a socket, fed the same samples in other pieces, says the same."""
    options = Options(prompt_after_ms=60_000, headphones=True)
    scene = Scene(id="S1", heading="", elements=LINES)
    listener = prepare_listener(scene, "Ben", "en")
    followed = listener.followed_lines
    session = Session(
        SessionPlan(scene=scene, role="Ben", options=options, followed_lines=followed)
    )
    pcm = np.concatenate((two_lines, np.zeros(5 * RATE_HZ, np.int16))).tobytes()
    chunks: list[bytes] = [pcm[n : n + 3200] for n in range(0, len(pcm), 3200)]
    audio = AudioFormat(sample_rate=RATE_HZ)
    list(OfflineSession(session, audio, lambda _: 0, listener=listener).run([*chunks]))
    if not session.is_over:
        session.receive(Stop())
    live, uploaded = session.result(), analyse_recording(file_of(two_lines), PLAN)
    assert [p.timing for p in uploaded.performances] == [p.timing for p in live.performances]
    assert [p.wording for p in uploaded.performances] == [p.wording for p in live.performances]
    assert uploaded.summary == live.summary


@pytest.mark.parametrize(("rate", "channels", "format"), [(44_100, 2, "WAV"), (8_000, 1, "OGG")])
def test_other_forms_are_taken(
    two_lines: npt.NDArray[np.int16], rate: int, channels: int, format: str
) -> None:
    every = np.arange(0, len(two_lines), RATE_HZ / rate).astype(int)
    samples = np.repeat(two_lines[every][:, None], channels, axis=1)
    result = analyse_recording(file_of(samples, rate, format=format), PLAN)
    assert [p.line_id for p in result.performances] == ["L2", "L4"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no WAV"),
        (b"RIFF\xff\xff\xff\xffWAVE", "no WAV"),
        (bytes(1000), "no WAV"),
        (file_of(np.zeros(0, np.int16), format="WAV"), "empty"),
        (file_of(np.zeros((8_000, 3), np.int16)), "3 channels"),
        (file_of(np.zeros(8_000, np.int16), 4_000), "4000 Hz"),
        (file_of(np.zeros(601 * 8_000, np.int16), 8_000), "10 minutes"),
        (
            file_of(np.full(8_000, np.nan, np.float32), format="WAV", subtype="FLOAT"),
            "can't be used",
        ),
    ],
)
@pytest.mark.check(20, 22)
def test_what_is_no_recording_gets_a_reason(data: bytes, said: str) -> None:
    with pytest.raises(UnusableRecording, match=said):
        analyse_recording(data, PLAN)


def test_silence_brings_no_take() -> None:
    result = analyse_recording(file_of(np.zeros(RATE_HZ, np.int16)), PLAN)
    assert (result.performances, result.completed) == ((), False)
