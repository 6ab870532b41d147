"""How a session ends, against servers that only know how to end one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from rehearsal_server.client.errors import (
    ConnectionLost,
    ProtocolViolation,
    ServerRestarting,
    SessionClosed,
    StateConflict,
)
from rehearsal_server.client.live import LiveSession, open_session
from rehearsal_server.client.microphone import AudioSource, BufferSource
from rehearsal_server.protocol.client_messages import Ping, Start
from rehearsal_server.protocol.codec import JSON
from rehearsal_server.protocol.fields import AudioFormat
from rehearsal_server.protocol.server_messages import (
    Error,
    Hello,
    Limits,
    Pong,
    ServerMessage,
    Started,
)

Behaviour = Callable[[ServerConnection], Awaitable[None]]

START = Start(mode="scene", role="A", script="A: Yes.", audio=AudioFormat(sample_rate=16000))
HELLO = Hello(
    protocol="rehearsal.v1",
    server="test",
    practices=("scene",),
    limits=Limits(
        max_message_bytes=1,
        max_control_bytes=1,
        max_session_ms=1,
        start_within_ms=1,
        idle_after_ms=1,
        resume_within_ms=0,
    ),
    engines=(),
)
JSON_PROTOCOL = Subprotocol(JSON.subprotocol)
STARTED = Started(session_id="s", secret="", epoch=1, scene="S1", role="A", lines=())
SILENCE = BufferSource(START.audio, bytes(64000), loop=True)


async def say(socket: ServerConnection, *messages: ServerMessage) -> None:
    for message in messages:
        await socket.send(JSON.encode(message), text=True)


@asynccontextmanager
async def session_with(behaviour: Behaviour) -> AsyncIterator[LiveSession]:
    async def handle(socket: ServerConnection) -> None:
        await say(socket, HELLO)
        await socket.recv()
        await behaviour(socket)

    async with serve(handle, "127.0.0.1", 0, subprotocols=[JSON_PROTOCOL]) as server:
        port = server.sockets[0].getsockname()[1]
        url = f"ws://127.0.0.1:{port}"
        async with open_session(url, "token", START, trust_env=False) as live:
            yield live


async def drain(live: LiveSession, source: AudioSource = SILENCE) -> list[ServerMessage]:
    async with aclosing(live.run(source)) as messages:
        return [received.message async for received in messages]


async def test_a_session_that_is_over_just_ends() -> None:
    async def finish(socket: ServerConnection) -> None:
        await say(socket, STARTED, Pong(id=1))
        await socket.close(1000)

    async with session_with(finish) as live:
        assert live.hello == HELLO
        assert live.started == STARTED
        assert await drain(live) == [Pong(id=1)]


async def test_a_restart_is_told_as_such() -> None:
    async def restart(socket: ServerConnection) -> None:
        await say(socket, STARTED)
        await socket.close(1012)

    async with session_with(restart) as live:
        with pytest.raises(ServerRestarting):
            await drain(live)


async def test_a_connection_that_breaks() -> None:
    async def vanish(socket: ServerConnection) -> None:
        await say(socket, STARTED)
        await socket.recv()
        socket.transport.abort()

    async with session_with(vanish) as live:
        with pytest.raises(ConnectionLost, match="the connection broke"):
            await drain(live)


async def test_a_message_after_the_close_goes_nowhere() -> None:
    async def restart(socket: ServerConnection) -> None:
        await say(socket, STARTED)
        await socket.close(1012)

    async with session_with(restart) as live:
        with pytest.raises(SessionClosed):
            await drain(live)
        await live.send(Ping(id=1))


async def test_a_session_that_is_not_started_says_why() -> None:
    async def refuse(socket: ServerConnection) -> None:
        error = Error(code="unknown_role", message="nobody named 'A'", fatal=True, field="role")
        await say(socket, error)
        await socket.close(4409)

    with pytest.raises(StateConflict, match="unknown_role: nobody named 'A'") as caught:
        async with session_with(refuse):
            pass
    assert caught.value.error is not None
    assert caught.value.error.field == "role"


async def test_a_server_out_of_order() -> None:
    async def chat(socket: ServerConnection) -> None:
        await say(socket, Pong(id=1))
        await socket.wait_closed()

    with pytest.raises(ProtocolViolation, match="expected Started"):
        async with session_with(chat):
            pass


async def test_a_source_that_fails_ends_the_session() -> None:
    class Broken:
        def read(self, frames: int) -> bytes:
            raise RuntimeError("unplugged")

    async def wait(socket: ServerConnection) -> None:
        await say(socket, STARTED)
        await socket.wait_closed()

    async with session_with(wait) as live:
        with pytest.raises(RuntimeError, match="unplugged"):
            await drain(live, Broken())
