"""`emotion` messages, the baseline and the direction match, over a true socket."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pytest_asyncio

from benchmarks.speech_loop import synthetic_sentences
from rehearsal_server.config import Settings, SettingsError
from rehearsal_server.serving import make_server
from rehearsal_server.voices.engine import VoiceSpec
from rehearsal_server.voices.espeak.engine import EspeakEngine
from tests.models.graphs import write_loudness_model
from tests.rehearsal_server.live.running_server import RunningServer, Talk, running_server

pytestmark = pytest.mark.asyncio(loop_scope="module")

SCRIPT = (
    "Ben: (furiously) I have been waiting for you since seven, and you knew it.\n"
    "Ben: (to Anna) And now the kettle is cold, and the rain came in at the window.\n"
)
OPTIONS = {"headphones": True, "prompt_after_ms": 60_000, "advance": "manual"}
CHUNK_BYTES = 2 * 320


@pytest.fixture(scope="module")
def server_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(data_dir=tmp_path_factory.mktemp("server"), max_audio_speed=100.0)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lines() -> list[bytes]:
    """Sentences of a synthetic voice, between half seconds of room."""
    engine = EspeakEngine()
    try:
        sentences = await synthetic_sentences(
            engine, VoiceSpec(engine="espeak-ng", voice="en-us+f2")
        )
    finally:
        await engine.aclose()
    room = 1e-3 * np.random.default_rng(1).standard_normal(8000)
    return [_pcm(np.concatenate([room, one.samples, room])) for one in sentences]


def _pcm(samples: np.ndarray) -> bytes:
    return bytes(np.round(np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


async def say(talk: Talk, sound: bytes) -> None:
    for start in range(0, len(sound), CHUNK_BYTES):
        await talk.speak(sound[start : start + CHUNK_BYTES])


async def rehearse(talk: Talk, lines: list[bytes], **options: Any) -> list[dict[str, Any]]:
    """Say both lines; all that came."""
    await talk.start(script=SCRIPT, options={**OPTIONS, **options})
    heard = []
    for line in lines[:2]:
        await say(talk, line)
        await talk.say({"type": "skip"})
        heard += await talk.all_until("line")
    await talk.say({"type": "stop"})
    return heard + await talk.all_until("saved")


async def performances(server: RunningServer, session_id: str) -> list[dict[str, Any]]:
    async with server.http() as http:
        detail = (await http.get(f"/v1/sessions/{session_id}")).raise_for_status().json()
    return list(detail["performances"])


async def test_the_model_is_named_in_hello(server: RunningServer) -> None:
    async with server.socket() as talk:
        hello = await talk.until("hello")
    (engine,) = [e for e in hello["engines"] if e["name"] == "emotion"]
    assert engine["available"]
    assert "rehearsal-emotion" in engine["detail"]


async def test_windows_are_judged_and_takes_keep_how_they_came_across(
    server: RunningServer, lines: list[bytes]
) -> None:
    async with server.socket() as talk:
        heard = await rehearse(talk, lines)
    windows = [m for m in heard if m["type"] == "emotion"]
    assert windows
    assert all(1500 <= m["window_ms"] <= 3000 and m["line_id"] in ("L1", "L2") for m in windows)
    assert all((m["arousal"] is None) is (m["abstained"] is not None) for m in windows)
    first, second = await performances(server, heard[-1]["session_id"])
    assert first["emotion"]["model"].startswith("rehearsal-emotion")
    direction = first["emotion"]["direction"]
    assert (direction["text"], direction["by"], direction["known"]) == ("furiously", "script", True)
    assert direction["arousal"] > 0.5
    assert "furiously" in direction["match"]["text"]
    assert not second["emotion"]["direction"]["known"]
    assert "not in the lexicon" in second["emotion"]["direction"]["match"]["text"]


async def test_the_actors_own_intention_goes_before_the_script(
    server: RunningServer, lines: list[bytes]
) -> None:
    async with server.socket() as talk:
        heard = await rehearse(talk, lines, intentions={"L1": "calmly", "L2": "like a teapot"})
    first, _ = await performances(server, heard[-1]["session_id"])
    assert first["emotion"]["direction"]["text"] == "calmly"
    assert first["emotion"]["direction"]["by"] == "intention"
    unknown = [m for m in heard if m["type"] == "feedback" and m["code"] == "direction_unknown"]
    assert [m["line_id"] for m in unknown] == ["L2"]


async def test_an_intention_for_a_line_that_is_not_there(server: RunningServer) -> None:
    async with server.socket() as talk:
        await talk.say(
            {
                **{"type": "start", "mode": "scene", "script": SCRIPT, "role": "Ben"},
                "audio": {"sample_rate": 16_000},
                "options": {"intentions": {"L9": "sadly"}},
            }
        )
        assert await talk.fatal_error() == ("unknown_line", "options.intentions", 4409)


async def test_what_a_session_learns_of_the_voice_the_next_one_knows(
    server: RunningServer, lines: list[bytes]
) -> None:
    async with server.socket() as talk:
        heard = await rehearse(talk, lines, calibrate=True)
    first, _ = await performances(server, heard[-1]["session_id"])
    assert first["emotion"]["direction"]["match"] is None
    async with server.socket() as talk:
        heard = await rehearse(talk, lines)
    first, _ = await performances(server, heard[-1]["session_id"])
    assert first["emotion"]["baseline"] == "warming"
    assert "usual" in first["emotion"]["direction"]["match"]["text"]


async def test_a_model_of_ones_own(tmp_path: Path, lines: list[bytes]) -> None:
    settings = Settings(
        data_dir=tmp_path / "data",
        max_audio_speed=100.0,
        emotion_model=write_loudness_model(tmp_path),
    )
    async with running_server(settings) as server, server.socket() as talk:
        heard = await rehearse(talk, lines)
        first, _ = await performances(server, heard[-1]["session_id"])
    (judged, *_) = [m for m in heard if m["type"] == "emotion"]
    assert judged["label"] in ("anger", "neutral")
    assert judged["baseline"] == "none"
    assert first["emotion"]["model"] == "loudness 0"


async def test_a_broken_model_of_ones_own_stops_the_start(tmp_path: Path) -> None:
    card = write_loudness_model(tmp_path)
    settings = Settings(data_dir=tmp_path / "data", emotion_model=card)
    (tmp_path / "loudness.onnx").write_bytes(b"something else")
    with pytest.raises(SettingsError, match=r"REHEARSAL_EMOTION_MODEL cannot be used.*hashes to"):
        make_server(settings)


async def test_without_a_model_the_rest_goes_on(tmp_path: Path, lines: list[bytes]) -> None:
    settings = Settings(data_dir=tmp_path, max_audio_speed=100.0, use_emotion=False)
    async with running_server(settings) as server, server.socket() as talk:
        hello = await talk.until("hello")
        heard = await rehearse(talk, lines)
        first, _ = await performances(server, heard[-1]["session_id"])
    (engine,) = [e for e in hello["engines"] if e["name"] == "emotion"]
    assert (engine["available"], "switched off" in engine["detail"]) == (False, True)
    assert not [m for m in heard if m["type"] == "emotion"]
    assert first["emotion"]["direction"]["text"] == "furiously"
    assert first["voice"] is not None


async def test_a_broken_lexicon_stops_the_start(tmp_path: Path) -> None:
    lexicon = tmp_path / "mine.toml"
    lexicon.write_text("[placed]\nproud = 3\n")
    settings = dataclasses.replace(Settings(data_dir=tmp_path / "data"), directions=lexicon)
    with pytest.raises(SettingsError, match=r"REHEARSAL_DIRECTIONS cannot be used: .*mine\.toml"):
        make_server(settings)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(server_settings: Settings) -> AsyncIterator[RunningServer]:
    async with running_server(server_settings) as server:
        yield server
