"""The same audio over a true socket, however it is cut, gives the same final events.

What a model answers about a finished line comes when it is ready: the same answers, at no fixed
place between the others.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import msgspec
import numpy as np
import pytest_asyncio

from rehearsal_server.audio_files import resample
from rehearsal_server.client import RehearsalClient
from rehearsal_server.client.microphone import BufferSource
from rehearsal_server.config import Settings
from rehearsal_server.protocol.client_messages import Start
from rehearsal_server.protocol.fields import AudioFormat
from rehearsal_server.protocol.server_messages import Cue, Event, Pronunciation, Saved
from rehearsal_server.voices.engine import VoiceSpec
from rehearsal_server.voices.espeak.engine import EspeakEngine
from rehearsal_server.voices.spoken import spoken_text
from tests.rehearsal_server.live.running_server import ACCOUNT, running_server

LINES = ("I had never been to the sea.", "Nobody told me that the house was sold.")
SCRIPT = "\n\n".join(f"READER: {line}" for line in LINES)
AUDIO = AudioFormat(sample_rate=16000)
# Time is no matter here, only the order of samples and events.
SPEED = 8.0


@pytest_asyncio.fixture
async def speech() -> bytes:
    """Two lines with pauses around them, in a quiet room."""
    engine = EspeakEngine()
    parts = [np.zeros(8000, np.float32)]
    for line in LINES:
        spec = VoiceSpec(engine=engine.name, voice="en-us+f2")
        chunks = [chunk async for chunk in engine.synthesize(spoken_text(line), spec)]
        pcm = np.frombuffer(b"".join(chunk.pcm for chunk in chunks), "<i2").astype(np.float32)
        parts += [
            resample(pcm / np.float32(32768), chunks[0].sample_rate, 16000),
            np.zeros(24000, np.float32),
        ]
    await engine.aclose()
    room = np.random.default_rng(1).standard_normal(16000 * 30).astype(np.float32) * 0.0008
    spoken = np.concatenate(parts)
    room[: len(spoken)] += spoken
    return np.round(room * 32767).astype("<i2").tobytes()


@pytest_asyncio.fixture
async def client(tmp_path: Path) -> AsyncIterator[RehearsalClient]:
    settings = Settings(data_dir=tmp_path, max_audio_speed=100)
    async with (
        running_server(settings) as server,
        RehearsalClient(f"http://{server.address}", trust_env=False) as client,
    ):
        await client.register("cut@example.org", ACCOUNT["password"])
        await client.login("cut@example.org", ACCOUNT["password"])
        yield client


async def final_events(client: RehearsalClient, speech: bytes, chunk_ms: float) -> list[Event]:
    start = Start(mode="scene", role="Reader", script=SCRIPT, audio=AUDIO)
    events: list[Event] = []
    async with client.live(start, chunk_ms=chunk_ms, speed=SPEED) as live:
        async with aclosing(live.run(BufferSource(AUDIO, speech))) as messages:
            async for received in messages:
                if isinstance(received.message, Event) and not isinstance(received.message, Saved):
                    events.append(msgspec.structs.replace(received.message, event=0, proc_ms=0.0))
                if isinstance(received.message, Cue) and received.message.action == "scene_end":
                    await live.stop()
    return [e for e in events if not isinstance(e, Pronunciation)] + [
        e for e in events if isinstance(e, Pronunciation)
    ]


async def test_any_cutting_gives_the_same_events(client: RehearsalClient, speech: bytes) -> None:
    whole = await final_events(client, speech, 20)
    assert [event.action for event in whole if isinstance(event, Cue)][-1] == "scene_end"
    for chunk_ms in (10, 37, 200):
        assert await final_events(client, speech, chunk_ms) == whole
