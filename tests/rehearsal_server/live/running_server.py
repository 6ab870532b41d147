"""A true server on a true socket, and a bare client that can misbehave."""

from __future__ import annotations

import asyncio
import json
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from rehearsal_server.config import Settings
from rehearsal_server.live.services import LiveLimits
from rehearsal_server.protocol.audio import AudioFlags, AudioHeader, AudioKind, pack_audio
from rehearsal_server.serving import make_server

ACCOUNT = {"email": "anna@example.org", "password": "once more unto the breach"}
SCRIPT = "Anna: Good evening to you all.\nBen: I have been waiting for you since seven.\n"
START = {
    "type": "start",
    "mode": "scene",
    "script": SCRIPT,
    "role": "Ben",
    "audio": {"sample_rate": 16_000},
}
JSON_PROTOCOL = "rehearsal.v1.json"


@dataclass(frozen=True)
class RunningServer:
    """Its address, and an access token of one account."""

    address: str
    token: str

    async def another_login(self) -> RunningServer:
        """The same server, in one more login of the account."""
        return RunningServer(self.address, await _sign_in(self.address))

    async def another_account(self) -> RunningServer:
        """The same server, for somebody else."""
        account = {**ACCOUNT, "email": f"{secrets.token_hex(4)}@example.org"}
        await _sign_up(self.address, account)
        return RunningServer(self.address, await _sign_in(self.address, account))

    def http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=f"http://{self.address}",
            headers={"authorization": f"Bearer {self.token}"},
            trust_env=False,
        )

    @asynccontextmanager
    async def socket(
        self,
        *,
        token: str | None = None,
        subprotocols: tuple[str, ...] = (JSON_PROTOCOL,),
        origin: str | None = None,
    ) -> AsyncIterator[Talk]:
        bearer = self.token if token is None else token
        headers = {"authorization": f"Bearer {bearer}"} if bearer else {}
        if origin is not None:
            headers["origin"] = origin
        async with connect(
            f"ws://{self.address}/v1/live",
            subprotocols=[Subprotocol(name) for name in subprotocols],
            additional_headers=headers,
            compression=None,
            proxy=None,
        ) as websocket:
            yield Talk(websocket)


class Talk:
    """A conversation in JSON; `until` skips what a test does not ask for."""

    def __init__(self, websocket: ClientConnection) -> None:
        self.websocket = websocket
        self.seq = 0
        self.position = 0

    async def say(self, message: dict[str, Any] | str | bytes) -> None:
        data = json.dumps(message) if isinstance(message, dict) else message
        await self.websocket.send(data)

    async def start(self, **changes: Any) -> dict[str, Any]:
        await self.say({**START, **changes})
        return await self.until("started")

    async def speak(self, pcm: bytes, **changes: Any) -> None:
        """Send a chunk; `changes` break its header."""
        fields = {
            "kind": AudioKind.MICROPHONE,
            "flags": AudioFlags.NONE,
            "stream": 0,
            "seq": self.seq,
            "position": self.position,
        }
        await self.say(pack_audio(AudioHeader(**{**fields, **changes}), pcm))
        self.seq += 1
        self.position += len(pcm) // 2

    async def until(self, kind: str) -> dict[str, Any]:
        return (await self.all_until(kind))[-1]

    async def all_until(self, kind: str) -> list[dict[str, Any]]:
        """Everything up to a message of this kind."""
        heard: list[dict[str, Any]] = []
        async with asyncio.timeout(20):
            while not heard or heard[-1]["type"] != kind:
                heard.append(await self.next_message())
        return heard

    async def next_message(self) -> dict[str, Any]:
        frame = await self.websocket.recv()
        return dict(json.loads(frame)) if isinstance(frame, str) else {"type": "audio"}

    async def fatal_error(self) -> tuple[str, str | None, int]:
        """Code and field of the fatal error, and the code that the socket closes with."""
        error = await self.until("error")
        assert error["fatal"], error
        return error["code"], error["field"], await self.close_code()

    async def close_code(self) -> int:
        async with asyncio.timeout(20):
            with suppress(ConnectionClosed):
                while True:
                    await self.websocket.recv()
        code = self.websocket.close_code
        assert code is not None
        return code


@asynccontextmanager
async def running_server(
    settings: Settings, limits: LiveLimits | None = None
) -> AsyncIterator[RunningServer]:
    """Serve in this event loop on a free port, with one account."""
    server = make_server(settings, limits)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        try:
            while not server.started:
                assert not serving.done(), "the server did not start"
                await asyncio.sleep(0.01)
            await _sign_up(address)
            yield RunningServer(address, await _sign_in(address))
        finally:
            server.should_exit = True
            await serving


async def _sign_up(address: str, account: dict[str, str] = ACCOUNT) -> None:
    async with httpx.AsyncClient(base_url=f"http://{address}", trust_env=False) as http:
        (await http.post("/v1/auth/register", json=account)).raise_for_status()


async def _sign_in(address: str, account: dict[str, str] = ACCOUNT) -> str:
    async with httpx.AsyncClient(base_url=f"http://{address}", trust_env=False) as http:
        tokens = (await http.post("/v1/auth/login", json=account)).raise_for_status().json()
        return str(tokens["access_token"])
