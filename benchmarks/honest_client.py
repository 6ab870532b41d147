"""An honest client beside a load: it rehearses, pings, asks for its scripts, and keeps time."""

from __future__ import annotations

import asyncio
import json
import time

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from rehearsal_server.client import RehearsalClient
from rehearsal_server.protocol.audio import AudioFlags, AudioHeader, AudioKind, pack_audio

_PASSWORD = "friends, romans, countrymen"
_PATIENCE_S = 30.0
_SAMPLES_PER_CHUNK = 320
_CHUNK_S = 0.02
_START = {
    "type": "start",
    "mode": "scene",
    "script": "Anna: Good evening.\nBen: Good evening to you.\n",
    "role": "Ben",
    "audio": {"sample_rate": 16_000},
}


class HonestClient:
    """One account, one session for as long as the load lasts.

    Parameters
    ----------
    url : str
    number : int
        Of the account.
    asks : bool
        Whether it asks the REST API as well.
    """

    def __init__(self, url: str, number: int, *, asks: bool = True) -> None:
        self._url = url
        self._number = number
        self._asks = asks
        self.ping_ms: list[float] = []
        self.request_ms: list[float] = []
        self.faults: list[str] = []
        # Set when all goes well, or when nothing does.
        self.is_under_way = asyncio.Event()

    async def rehearse(self, until: asyncio.Event) -> None:
        """Do what honest clients do, and note whatever goes wrong."""
        email = f"friend{self._number}@example.org"
        async with RehearsalClient(self._url, trust_env=False) as client:
            await client.register(email, _PASSWORD)
            await client.login(email, _PASSWORD)
            try:
                async with asyncio.TaskGroup() as group:
                    if self._asks:
                        group.create_task(self._ask(client, until))
                    group.create_task(self._hold_a_socket(client, until))
            except* Exception as errors:
                self._blame(*(repr(error) for error in errors.exceptions))
                self.is_under_way.set()

    async def _ask(self, client: RehearsalClient, until: asyncio.Event) -> None:
        headers = {"authorization": f"Bearer {client.access_token}"}
        async with httpx.AsyncClient(
            base_url=self._url, trust_env=False, timeout=_PATIENCE_S, headers=headers
        ) as http:
            while not until.is_set():
                began_s = time.perf_counter()
                answer = await http.get("/v1/scripts")
                self.request_ms.append(1000 * (time.perf_counter() - began_s))
                if answer.status_code != 200:
                    self._blame(f"{answer.status_code} {answer.text}")
                await asyncio.sleep(0.1)

    async def _hold_a_socket(self, client: RehearsalClient, until: asyncio.Event) -> None:
        async with connect(
            client.live_url,
            subprotocols=[Subprotocol("rehearsal.v1.json")],
            additional_headers={"authorization": f"Bearer {client.access_token}"},
            compression=None,
            proxy=None,
        ) as socket:
            await socket.send(json.dumps(_START))
            await self._until(socket, '"type":"started"')
            speaking = asyncio.create_task(_speak(socket))
            number = 0
            while not until.is_set():
                number += 1
                began_s = time.perf_counter()
                await socket.send(json.dumps({"type": "ping", "id": number}))
                await self._until(socket, f'"type":"pong","id":{number}}}')
                self.ping_ms.append(1000 * (time.perf_counter() - began_s))
                self.is_under_way.set()
                await asyncio.sleep(0.2)
            speaking.cancel()
            await socket.send(json.dumps({"type": "stop"}))
            await self._until(socket, '"type":"saved"')

    async def _until(self, socket: ClientConnection, text: str) -> None:
        async with asyncio.timeout(_PATIENCE_S):
            while True:
                message = await socket.recv()
                if isinstance(message, str) and text in message:
                    return

    def _blame(self, *faults: str) -> None:
        self.faults += [f"honest client {self._number}: {fault}" for fault in faults]


async def _speak(socket: ClientConnection) -> None:
    """Send the quiet of a room in real time."""
    began_s, seq = time.perf_counter(), 0
    while True:
        header = AudioHeader(
            kind=AudioKind.MICROPHONE,
            flags=AudioFlags.NONE,
            stream=0,
            seq=seq,
            position=seq * _SAMPLES_PER_CHUNK,
        )
        await socket.send(pack_audio(header, bytes(2 * _SAMPLES_PER_CHUNK)))
        seq += 1
        await asyncio.sleep(max(0.0, began_s + seq * _CHUNK_S - time.perf_counter()))
