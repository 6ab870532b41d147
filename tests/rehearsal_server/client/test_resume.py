"""The client resumes by itself: after a cut, a killed server, a server that restarts."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from pathlib import Path

import pytest
import pytest_asyncio

from benchmarks.restartable_server import RestartableServer
from rehearsal_server.client import LiveSession, RehearsalClient
from rehearsal_server.client.errors import ConnectionLost
from rehearsal_server.config import Settings
from rehearsal_server.protocol.client_messages import Skip, Start
from rehearsal_server.protocol.fields import AudioFormat
from rehearsal_server.protocol.server_messages import (
    Event,
    LineResult,
    Resumed,
    Saved,
    ServerMessage,
)

LINES = 4
START = Start(
    mode="scene",
    script="".join(f"Anna: Line {n} is mine.\nBen: Line {n} is mine too.\n" for n in range(LINES)),
    role="Ben",
    audio=AudioFormat(sample_rate=16_000),
)
ACCOUNT = ("kit@example.org", "once more unto the breach")


class Quiet:
    """A microphone in an empty room."""

    def read(self, frames: int) -> bytes:
        return bytes(2 * frames)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, log_level="warning", use_emotion=False)


@pytest_asyncio.fixture
async def server(settings: Settings) -> AsyncIterator[RestartableServer]:
    async with RestartableServer(settings) as server:
        yield server


@pytest_asyncio.fixture
async def client(server: RestartableServer) -> AsyncIterator[RehearsalClient]:
    async with RehearsalClient(server.url, trust_env=False) as client:
        await client.register(*ACCOUNT)
        await client.login(*ACCOUNT)
        yield client


async def skip_through(
    live: LiveSession, after_first_line: Callable[[], Awaitable[None]]
) -> list[ServerMessage]:
    """Skip every line, and let something happen after the first."""
    heard: list[ServerMessage] = []
    await live.send(Skip())
    await live.send(Skip())
    async with asyncio.timeout(60), aclosing(live.run(Quiet())) as messages:
        async for received in messages:
            heard.append(received.message)
            if isinstance(received.message, LineResult):
                lines = sum(isinstance(m, LineResult) for m in heard)
                if lines == 1:
                    await after_first_line()
                if lines == LINES:
                    await live.stop()
                else:
                    await live.send(Skip())
                    await live.send(Skip())
    return heard


async def check(client: RehearsalClient, live: LiveSession, heard: list[ServerMessage]) -> None:
    """Everything was told once, and is saved as it was told."""
    events = [m for m in heard if isinstance(m, Event) and m.event]
    assert [event.event for event in events] == list(range(1, len(events) + 1))
    told = [(m.line_id, m.take) for m in heard if isinstance(m, LineResult)]
    assert told == [(f"L{2 * n + 2}", 1) for n in range(LINES)]
    assert isinstance(heard[-1], Saved)
    detail = await client.session(live.started.session_id)
    assert [(p.line_id, p.take) for p in detail.performances] == told
    assert sum(isinstance(m, Resumed) for m in heard) == len(live.resumed_after_s) == 1


async def test_after_a_cut(client: RehearsalClient) -> None:
    async with client.live(START) as live:
        heard = await skip_through(live, live.cut)
    await check(client, live, heard)


async def test_after_a_kill(client: RehearsalClient, server: RestartableServer) -> None:
    async def kill() -> None:
        await server.kill()
        await server.start()

    async with client.live(START) as live:
        heard = await skip_through(live, kill)
    await check(client, live, heard)


async def test_after_a_graceful_restart(client: RehearsalClient, server: RestartableServer) -> None:
    async def restart() -> None:
        server.signal(signal.SIGTERM)
        await server.wait()
        await server.start()

    async with client.live(START) as live:
        heard = await skip_through(live, restart)
    await check(client, live, heard)


async def test_a_session_that_nobody_resumes_is_finished_after_a_restart(
    tmp_path: Path,
) -> None:
    settings = Settings(data_dir=tmp_path, log_level="warning", resume_within_s=1)
    async with (
        RestartableServer(settings) as server,
        RehearsalClient(server.url, trust_env=False) as client,
    ):
        await client.register(*ACCOUNT)
        await client.login(*ACCOUNT)
        async with client.live(START) as live:
            with pytest.raises(ConnectionLost):
                await skip_through(live, server.kill)
        await server.start()
        for _ in range(300):
            if not list((tmp_path / "journal").glob("?" * 32)):
                break
            await asyncio.sleep(0.1)
        detail = await client.session(live.started.session_id)
        assert detail.state == "abandoned"
        assert [p.line_id for p in detail.performances] == ["L2"]
