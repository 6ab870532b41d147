"""The pronunciation of a line, over a true socket and back from REST."""

from __future__ import annotations

import numpy as np
import pytest

from rehearsal_server.audio_files import read_mono
from tests.rehearsal_server.live.running_server import RunningServer
from tests.shared_data import shared_data

pytestmark = pytest.mark.asyncio(loop_scope="module")

LINE = "He was not an ill-disposed young man."
CHUNK_SAMPLES = 1600


async def test_a_line_is_judged_after_its_end_and_saved_with_the_take(
    server: RunningServer,
) -> None:
    recording = read_mono(shared_data("austen") / "0880.flac", 16_000)
    before, after = np.zeros(6_400, np.float32), np.zeros(20_000, np.float32)
    pcm = np.asarray(np.concatenate([before, recording, after]) * 32_767, np.int16)
    async with server.socket() as talk:
        started = await talk.start(script=f"Ben: {LINE}\nAnna: Indeed.\n")
        for at in range(0, len(pcm), CHUNK_SAMPLES):
            await talk.speak(pcm[at : at + CHUNK_SAMPLES].tobytes())
        told = await talk.until("pronunciation")
        await talk.say({"type": "stop"})
        await talk.until("saved")
    written = "he was not an ill disposed young man".split()
    assert [word["text"] for word in told["words"]] == written
    assert told["completeness"] == 100
    assert told["accuracy"] > 80
    assert all(300 < w["start_ms"] < w["end_ms"] < 3500 for w in told["words"])
    async with server.http() as http:
        detail = (await http.get(f"/v1/sessions/{started['session_id']}")).json()
    saved = detail["performances"][0]["scores"]["pronunciation"]
    assert saved["accuracy"] == told["accuracy"]
    assert saved["words"][0]["start_ms"] == told["words"][0]["start_ms"]


async def test_hello_says_whether_pronunciation_is_judged(server: RunningServer) -> None:
    async with server.socket() as talk:
        hello = await talk.until("hello")
    (engine,) = [e for e in hello["engines"] if e["name"] == "pronunciation"]
    assert engine["available"]
    assert "gop" in engine["detail"]
