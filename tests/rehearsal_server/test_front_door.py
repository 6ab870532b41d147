"""Slow and crowding clients at a true uvicorn."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from benchmarks.raw_socket import TEXT, RawSocket, frame
from rehearsal_server.config import Settings
from rehearsal_server.front_door import (
    HEADER_DEADLINE_S,
    MAX_FRAGMENTS,
    Crowd,
    http_protocol,
    socket_protocol,
)
from tests.rehearsal_server.live.running_server import RunningServer, running_server

GET = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"
Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclasses.dataclass(frozen=True)
class Door:
    crowd: Crowd
    port: int

    async def knock(self) -> Stream:
        return await asyncio.open_connection("127.0.0.1", self.port)


async def hello(_request: Request) -> Response:
    return PlainTextResponse("hello")


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    crowd = Crowd(max_per_address=2)
    config = uvicorn.Config(
        Starlette(routes=[Route("/", hello)]),
        port=0,
        http=http_protocol(crowd, header_deadline_s=0.2),
        ws=socket_protocol(crowd),
        log_config=None,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        assert not serving.done(), "the server did not start"
        await asyncio.sleep(0.01)
    yield Door(crowd, server.servers[0].sockets[0].getsockname()[1])
    server.should_exit = True
    await serving


async def read_to_the_end(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(20):
        try:
            return await reader.read()
        except ConnectionError:
            return b""


@pytest.mark.check(7)
def test_the_deadline_is_the_one_that_is_promised() -> None:
    assert HEADER_DEADLINE_S == 10


@pytest.mark.parametrize("begun", [b"", b"G", b"GET / HTTP/1.1\r\nhost: x\r\nx-slow: "])
@pytest.mark.check(7)
async def test_a_request_that_never_comes_is_not_waited_for(door: Door, begun: bytes) -> None:
    reader, writer = await door.knock()
    writer.write(begun)
    assert await read_to_the_end(reader) == b""
    writer.close()


@pytest.mark.check(7)
async def test_the_next_request_has_a_deadline_too(door: Door) -> None:
    reader, writer = await door.knock()
    writer.write(GET)
    async with asyncio.timeout(20):
        assert (await reader.readuntil(b"hello")).startswith(b"HTTP/1.1 200")
    writer.write(b"GET / HTTP/1.1\r\nx-slow: ")
    assert await read_to_the_end(reader) == b""
    writer.close()


@pytest.mark.check(7)
async def test_a_crowd_from_one_address_is_let_in_in_turn(door: Door) -> None:
    inside = [await door.knock(), await door.knock()]
    reader, writer = await door.knock()
    writer.write(GET)
    answer = await read_to_the_end(reader)
    assert answer.startswith(b"HTTP/1.1 503")
    assert answer.endswith(b'"Too many open connections."}\n')
    for _, one in (*inside, (reader, writer)):
        one.close()
    async with asyncio.timeout(20):
        while door.crowd._open:
            writer.close()
            await asyncio.sleep(0.01)
    reader, writer = await door.knock()
    writer.write(GET)
    async with asyncio.timeout(20):
        assert (await reader.readuntil(b"hello")).startswith(b"HTTP/1.1 200")
    writer.close()


@pytest.mark.check(7)
def test_an_ipv6_site_counts_as_one_and_a_proxy_as_many() -> None:
    crowd = Crowd(max_per_address=1, trusted_proxies=("10.0.0.0/8",))
    assert crowd.enter("2001:db8::1")
    assert not crowd.enter("2001:db8::2")
    assert crowd.enter("2001:db8:0:1::1")
    assert crowd.enter("10.1.2.3")
    assert crowd.enter("10.1.2.3")
    assert crowd.enter("")
    assert crowd.enter("")


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[RunningServer]:
    settings = Settings(data_dir=tmp_path, max_connections_per_address=6)
    async with running_server(settings) as server:
        yield server


async def test_sockets_are_counted_until_they_close(server: RunningServer) -> None:
    for _ in range(4):
        async with server.socket() as one, server.socket() as another:
            await one.until("hello")
            await another.until("hello")


@pytest.fixture
async def raw(server: RunningServer) -> AsyncIterator[RawSocket]:
    host, _, port = server.address.partition(":")
    async with RawSocket(host, int(port), server.token) as raw:
        yield raw


@pytest.mark.check(18)
async def test_text_that_is_no_utf8_is_no_fault_of_ours(
    raw: RawSocket, caplog: pytest.LogCaptureFixture
) -> None:
    raw.send(frame(TEXT, b"\xff\xfe"))
    assert close_code_in(await raw.read_to_the_end()) == 1007
    assert "Traceback" not in caplog.text


@pytest.mark.check(14)
async def test_a_message_has_so_many_fragments(raw: RawSocket) -> None:
    raw.send(frame(TEXT, b"", first_bits=0))
    raw.send(frame(0x0, b"", first_bits=0) * (3 * MAX_FRAGMENTS))
    assert close_code_in(await raw.read_to_the_end()) == 1009


@pytest.mark.check(16)
async def test_pings_whose_answers_nobody_reads_end_the_socket(raw: RawSocket) -> None:
    with pytest.raises(ConnectionError):
        await flood(raw, frame(0x9, bytes(125)) * 1000)


async def flood(raw: RawSocket, data: bytes) -> None:
    async with asyncio.timeout(60):
        while True:
            raw.send(data)
            await raw.drain()


def close_code_in(data: bytes) -> int:
    """Read the code of the close frame that the server sent last."""
    at = data.rindex(b"\x88")
    return int.from_bytes(data[at + 2 : at + 4], "big")
