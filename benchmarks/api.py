"""How fast the REST API answers at a steady rate of requests, beside live sessions.

    python -m benchmarks.api --rate 50 --sessions 20 --seconds 30

Each request has a moment at which it is due, and its time counts from then: a server that falls
behind cannot hide it by being asked less.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from pathlib import Path

import httpx
import numpy as np

from benchmarks.honest_client import HonestClient
from benchmarks.process_usage import usage_of
from rehearsal_server.client import RehearsalClient
from rehearsal_server.config import Settings
from rehearsal_server.demo.local_server import LocalServer, local_server

_EMAIL, _PASSWORD = "reader@example.org", "words, words, words"
_PLAY = "".join(
    f"ALGERNON: Line number {n}, and not a word of it is true.\nLANE: Indeed, sir.\n"
    for n in range(40)
)
# What a page asks for, in turn; each tenth request uploads a play, each fifth changes one.
_ROUND = (
    "list",
    "show",
    "me",
    "sessions",
    "change",
    "performances",
    "show",
    "list",
    "me",
    "upload",
)
_PATIENCE_S = 60.0


@dataclass(frozen=True)
class Result:
    """What a run measured; times in milliseconds from when a request was due to its answer."""

    requests: int
    rate_per_s: float
    live_sessions: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float
    p99_by_kind_ms: dict[str, float]
    server_cpu_share: float
    faults: tuple[str, ...]


async def measure(rate: float, sessions: int, seconds: float) -> Result:
    """Run the benchmark on a server of our own."""
    with tempfile.TemporaryDirectory(prefix="rehearsal-api-") as directory:
        settings = Settings(
            data_dir=Path(directory),
            log_level="warning",
            max_sessions=sessions + 1,
            max_connections_per_address=10 * sessions + 500,
            max_scripts=100_000,
            rate_limits=False,  # all of it comes from one account
        )
        async with local_server(settings) as server:
            return await _load(server, rate, sessions, seconds)


async def _load(server: LocalServer, rate: float, sessions: int, seconds: float) -> Result:
    over = asyncio.Event()
    honest = [HonestClient(server.url, number, asks=False) for number in range(sessions)]
    live = [asyncio.create_task(client.rehearse(over)) for client in honest]
    await asyncio.gather(*(client.is_under_way.wait() for client in honest))
    async with RehearsalClient(server.url, trust_env=False) as client:
        await client.register(_EMAIL, _PASSWORD)
        await client.login(_EMAIL, _PASSWORD)
        script = (await client.upload_script(_PLAY)).id
        reader = _Reader(server.url, client.access_token, script)
        before, began_s = usage_of(server.pid), time.perf_counter()
        await reader.ask(rate, seconds)
        share = (usage_of(server.pid).cpu_s - before.cpu_s) / (time.perf_counter() - began_s)
    over.set()
    await asyncio.gather(*live)
    return _result(rate, sessions, share, reader, honest)


class _Reader:
    """Asks at a steady rate, whatever is still unanswered."""

    def __init__(self, url: str, token: str, script_id: str) -> None:
        self._url, self._script_id = url, script_id
        self._headers = {"authorization": f"Bearer {token}"}
        self.times_ms: dict[str, list[float]] = {}
        self.faults: list[str] = []

    async def ask(self, rate: float, seconds: float) -> None:
        """Send requests for so long."""
        limits = httpx.Limits(max_connections=100)
        async with httpx.AsyncClient(
            base_url=self._url,
            headers=self._headers,
            trust_env=False,
            timeout=_PATIENCE_S,
            limits=limits,
        ) as http:
            began_s = time.perf_counter()
            async with asyncio.TaskGroup() as group:
                for number in range(round(rate * seconds)):
                    due_s = began_s + number / rate
                    await asyncio.sleep(max(0.0, due_s - time.perf_counter()))
                    group.create_task(self._one(http, _ROUND[number % len(_ROUND)], due_s))

    async def _one(self, http: httpx.AsyncClient, kind: str, due_s: float) -> None:
        try:
            answer = await self._send(http, kind)
        except httpx.TransportError as error:
            self.faults.append(f"{kind}: {error!r}")
            return
        self.times_ms.setdefault(kind, []).append(1000 * (time.perf_counter() - due_s))
        # Two changes at once: the second is told so, as it should be.
        if answer.is_error and answer.status_code != HTTPStatus.PRECONDITION_FAILED:
            self.faults.append(f"{kind}: {answer.status_code} {answer.text[:200]}")

    async def _send(self, http: httpx.AsyncClient, kind: str) -> httpx.Response:
        match kind:
            case "upload":
                return await http.post("/v1/scripts", json={"text": _PLAY})
            case "change":
                return await http.patch(f"/v1/scripts/{self._script_id}", json={"title": "A play"})
            case "show":
                return await http.get(f"/v1/scripts/{self._script_id}")
            case "me":
                return await http.get("/v1/users/me")
            case "list":
                return await http.get("/v1/scripts")
        return await http.get(f"/v1/{kind}")


def _result(
    rate: float, sessions: int, share: float, reader: _Reader, honest: Sequence[HonestClient]
) -> Result:
    every = [ms for times in reader.times_ms.values() for ms in times]
    p50, p95, p99 = (round(float(p), 1) for p in np.percentile(every, (50, 95, 99)))
    return Result(
        requests=len(every),
        rate_per_s=rate,
        live_sessions=sessions,
        p50_ms=p50,
        p95_ms=p95,
        p99_ms=p99,
        max_ms=round(max(every), 1),
        p99_by_kind_ms={
            kind: round(float(np.percentile(times, 99)), 1)
            for kind, times in sorted(reader.times_ms.items())
        },
        server_cpu_share=round(share, 3),
        faults=tuple([*reader.faults, *(fault for one in honest for fault in one.faults)]),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; its exit status."""
    parser = argparse.ArgumentParser(prog="benchmarks.api", description=__doc__)
    parser.add_argument("--rate", type=float, default=50, help="requests a second")
    parser.add_argument("--sessions", type=int, default=20, help="live sessions beside them")
    parser.add_argument("--seconds", type=float, default=30)
    options = parser.parse_args(arguments)
    result = asyncio.run(measure(options.rate, options.sessions, options.seconds))
    print(json.dumps(asdict(result), indent=2))
    return 1 if result.faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
