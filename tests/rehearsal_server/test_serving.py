"""A server in a process of its own, stopped while a session is going on."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from rehearsal_server.client import RehearsalClient
from rehearsal_server.client.errors import SessionClosed
from rehearsal_server.client.live import LiveSession
from rehearsal_server.config import Settings
from rehearsal_server.demo.local_server import LocalServer, local_server
from rehearsal_server.protocol.client_messages import Skip, Start
from rehearsal_server.protocol.close_codes import CloseCode
from rehearsal_server.protocol.fields import AudioFormat
from rehearsal_server.protocol.server_messages import LineResult

START = Start(
    mode="scene",
    script="Anna: Good evening.\nBen: Good night.\nAnna: So soon?\nBen: So late.",
    role="Ben",
    audio=AudioFormat(sample_rate=16_000),
)


class Quiet:
    """A microphone in an empty room."""

    def read(self, frames: int) -> bytes:
        return bytes(2 * frames)


async def stop_after_the_first_line(live: LiveSession, server: LocalServer) -> None:
    async for received in live.run(Quiet()):
        if isinstance(received.message, LineResult):
            os.kill(server.pid, signal.SIGTERM)


async def test_a_restart_loses_no_take(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, log_level="warning")
    account = ("ben@example.org", "to sleep, perchance to dream")
    async with local_server(settings) as server:
        async with RehearsalClient(server.url, trust_env=False) as client:
            await client.register(*account)
            await client.login(*account)
            async with client.live(START) as live:
                await live.send(Skip())
                await live.send(Skip())
                with pytest.raises(SessionClosed) as closed:
                    await stop_after_the_first_line(live, server)
            assert closed.value.code == CloseCode.RESTART
    async with (
        local_server(settings) as server,
        RehearsalClient(server.url, trust_env=False) as client,
    ):
        await client.login(*account)
        detail = await client.session(live.started.session_id)
    assert detail.state == "abandoned"
    assert [take.line_id for take in detail.performances] == ["L2"]
