"""The transcript of free speech, over a true socket."""

from __future__ import annotations

import numpy as np
import pytest

from rehearsal_server.audio_files import read_mono
from tests.rehearsal_server.live.running_server import START, RunningServer
from tests.shared_data import shared_data

pytestmark = pytest.mark.asyncio(loop_scope="module")

CHUNK_SAMPLES = 1600


async def test_what_is_said_comes_as_partial_then_final_words_of_a_named_engine(
    server: RunningServer,
) -> None:
    recording = read_mono(shared_data("austen") / "0880.flac", 16_000)
    quiet = np.zeros(16_000, np.float32)
    pcm = np.asarray(np.concatenate([quiet, recording, quiet]) * 32_767, np.int16)
    async with server.socket() as talk:
        await talk.start(options={"transcript": True, "headphones": True})
        for at in range(0, len(pcm), CHUNK_SAMPLES):
            await talk.speak(pcm[at : at + CHUNK_SAMPLES].tobytes())
        partial = await talk.until("transcript")
        assert not partial["final"]
        assert partial["event"] == 0
        final = partial
        while not final["final"]:
            final = await talk.until("transcript")
    assert final["event"] > 0
    assert final["engine"] == "pocketsphinx"
    assert 0 < final["confidence"] <= 1
    assert {"he", "was", "not", "young", "man"} <= set(final["text"].split())
    assert final["text"].split() == [word["text"] for word in final["words"]]
    assert all(900 < w["start_ms"] < w["end_ms"] < 4100 for w in final["words"])


async def test_a_language_that_the_engine_does_not_know_is_refused(server: RunningServer) -> None:
    async with server.socket() as talk:
        await talk.until("hello")
        options = {"transcript": True, "language": "de"}
        await talk.say({**START, "options": options})
        code, field, _ = await talk.fatal_error()
    assert (code, field) == ("unavailable", "options.transcript")


async def test_hello_names_every_recogniser_and_what_an_absent_one_needs(
    server: RunningServer,
) -> None:
    async with server.socket() as talk:
        hello = await talk.until("hello")
    recognisers = {
        engine["name"]: engine
        for engine in hello["engines"]
        if engine["name"].startswith("recogniser:")
    }
    assert recognisers["recogniser:pocketsphinx"]["available"]
    for name in ("recogniser:vosk", "recogniser:sherpa-onnx"):
        assert not recognisers[name]["available"]
        assert "model" in recognisers[name]["detail"] or "pip" in recognisers[name]["detail"]
