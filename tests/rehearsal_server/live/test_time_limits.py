"""What ends a socket without a message: clocks that a test sets as it likes."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dsp.bank import StreamBank
from models.emotion.directions import DirectionLexicon
from rehearsal_server.api.services import make_services
from rehearsal_server.config import Settings
from rehearsal_server.live.archive import DatabaseArchive
from rehearsal_server.live.connection import Connection
from rehearsal_server.live.doorkeeper import AccountDoorkeeper
from rehearsal_server.live.line_describer import LineDescriber
from rehearsal_server.live.pronouncing import LinePronouncing
from rehearsal_server.live.rehearsals import Rehearsals
from rehearsal_server.live.scheduler import StepScheduler
from rehearsal_server.live.services import DeliveryServices, Identity, LiveLimits, LiveServices
from rehearsal_server.live.speakers import Speakers
from rehearsal_server.protocol.audio import AudioFlags, AudioHeader, AudioKind, pack_audio
from rehearsal_server.protocol.codec import JSON
from rehearsal_server.transcripts.transcriber import Transcriber
from rehearsal_server.voices.cache import MemoryVoiceCache
from rehearsal_server.voices.espeak.engine import EspeakEngine
from rehearsal_server.voices.speaker import Speaker
from storage.journal import JournalDirectory
from tests.rehearsal_server.live.running_server import START


class MemorySocket:
    """The ASGI side of a socket, in memory."""

    def __init__(self) -> None:
        self._incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    def say(self, message: dict[str, Any]) -> None:
        event = {"type": "websocket.receive", "text": json.dumps(message)}
        self._incoming.put_nowait(event)

    def speak(self, seq: int, pcm: bytes) -> None:
        header = AudioHeader(AudioKind.MICROPHONE, AudioFlags.NONE, 0, seq, seq * len(pcm) // 2)
        event = {"type": "websocket.receive", "bytes": pack_audio(header, pcm)}
        self._incoming.put_nowait(event)

    def leave(self) -> None:
        self._incoming.put_nowait({"type": "websocket.disconnect", "code": 1006})

    async def receive(self) -> dict[str, Any]:
        return await self._incoming.get()

    async def send(self, event: dict[str, Any]) -> None:
        self._sent.put_nowait(event)

    async def until(self, kind: str) -> dict[str, Any]:
        """The next message of a type, or the `close` event."""
        async with asyncio.timeout(20):
            while True:
                event = await self._sent.get()
                if event["type"] == "websocket.close" and kind == "close":
                    return event
                if text := event.get("text"):
                    message: dict[str, Any] = json.loads(text)
                    if message["type"] == kind:
                        return message


@dataclass(frozen=True)
class Stand:
    """A connection that runs, and the socket it runs on."""

    connection: Connection
    socket: MemorySocket

    async def start(self) -> None:
        self.socket.say(START)
        await self.socket.until("started")

    async def fatal_error(self) -> tuple[str, int]:
        error = await self.socket.until("error")
        return error["code"], (await self.socket.until("close"))["code"]


@pytest.fixture
async def stand(tmp_path: Path) -> AsyncIterator[Stand]:
    api = make_services(Settings(data_dir=tmp_path))
    await api.open()
    user = await api.users.create(
        email="anna@example.org", display_name="", password_hash="", now=api.clock()
    )
    assert user is not None
    scheduler = StepScheduler(StreamBank(1))
    scheduler.start()
    speaker = Speaker([EspeakEngine()], MemoryVoiceCache(capacity_bytes=2**20))
    services = LiveServices(
        version="test",
        doorkeeper=AccountDoorkeeper(api),
        archive=DatabaseArchive(api.scripts, api.sessions),
        scheduler=scheduler,
        speaker=speaker,
        describer=LineDescriber(),
        pronouncing=LinePronouncing(None, "not tested here"),
        transcriber=Transcriber(None),
        delivery=DeliveryServices(None, (), Speakers(api.speakers, None), DirectionLexicon()),
        limits=LiveLimits(max_session_s=1),
        default_voice=None,
        allowed_origins=frozenset(),
    )
    socket = MemorySocket()
    in_ten_minutes = api.clock() + timedelta(minutes=10)
    identity = Identity(user.id, "login", in_ten_minutes)
    rehearsals = Rehearsals(services, JournalDirectory(tmp_path / "journal"))
    await rehearsals.open()
    connection = Connection(services, rehearsals, identity, JSON, socket.receive, socket.send)
    running = asyncio.create_task(connection.run())
    await socket.until("hello")
    yield Stand(connection, socket)
    socket.leave()
    await running
    await rehearsals.close()
    await scheduler.stop()
    await speaker.aclose()
    await api.close()


@pytest.mark.check(9)
async def test_a_client_that_does_not_start(stand: Stand) -> None:
    stand.connection.tick(time.perf_counter() + 4)
    stand.connection.tick(time.perf_counter() + 6)
    assert await stand.fatal_error() == ("idle", 4431)


@pytest.mark.check(17)
async def test_a_microphone_that_fell_silent(stand: Stand) -> None:
    await stand.start()
    stand.connection.tick(time.perf_counter() + 31)
    assert await stand.fatal_error() == ("idle", 4431)


@pytest.mark.check(21)
async def test_a_session_without_an_end(stand: Stand) -> None:
    await stand.start()
    for seq in range(11):
        stand.socket.speak(seq, bytes(3200))
    while (await stand.socket.until("level"))["at_ms"] < 1_050:
        pass
    stand.connection.tick(time.perf_counter())
    assert (await stand.socket.until("go_away"))["reason"] == "too_long"
    assert (await stand.socket.until("close"))["code"] == 1000


@pytest.mark.check(10)
async def test_a_socket_ends_with_the_token_that_opened_it(stand: Stand) -> None:
    await stand.start()
    stand.socket.speak(0, bytes(3200))
    stand.connection.tick(time.perf_counter() + 1)
    stand.connection.tick(time.perf_counter() + 601)
    error = await stand.socket.until("error")
    assert (error["code"], error["fatal"], error["retryable"]) == ("token_expired", True, True)
    assert (await stand.socket.until("close"))["code"] == 4401
