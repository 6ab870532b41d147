"""Malformed, hostile and slow clients, beside honest ones that must not notice.

    python -m benchmarks.hostile --messages 100000 --requests 10000

Fails if the server crashes or logs a traceback, answers with 500, grows, or lets an honest client
down. Loopback only; it ends by itself.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx
import numpy as np

from benchmarks.honest_client import HonestClient
from benchmarks.hostile_requests import attack
from benchmarks.hostile_sockets import Enemy
from benchmarks.process_usage import usage_of
from rehearsal_server.client import RehearsalClient
from rehearsal_server.config import Settings
from rehearsal_server.demo.local_server import LocalServer, local_server

_ENEMY, _PASSWORD = "enemy@example.org", "out, damned spot"
_HONEST_CLIENTS = 4
_SLOW_CLIENTS = 20
_SOCKETS_AT_ONCE, _REQUESTS_AT_ONCE = 40, 8
_SAMPLE_S = 2.0
# Growth of the server's memory in the second half of the attack above which it is not flat.
MAX_GROWTH = 0.05


@dataclass(frozen=True)
class Result:
    """What came of an attack."""

    seconds: float
    socket_messages: int
    sockets: int
    sockets_refused: int
    requests: int
    statuses: dict[str, int]
    slow_clients: int
    server_errors: int
    tracebacks: int
    rss_mib: tuple[float, ...]
    growth_share: float  # in the second half
    honest_clients: int
    honest_pings: int
    honest_ping_p99_ms: float
    honest_requests: int
    honest_request_p99_ms: float
    faults: tuple[str, ...]


async def measure(messages: int, requests: int, seed: int = 0) -> Result:
    """Attack a server of our own."""
    with tempfile.TemporaryDirectory(prefix="rehearsal-hostile-") as directory:
        log = Path(directory) / "server.log"
        settings = Settings(
            data_dir=Path(directory) / "data",
            log_level="warning",
            rate_limits=False,  # so that each request gets as deep as it can
            # Its share of the hundred; the rest stays free for others.
            max_sessions_per_account=70,
            max_connections_per_address=1000,
        )
        async with AsyncExitStack() as stack:
            with _stderr_into(log):
                server = await stack.enter_async_context(local_server(settings))
            honest = [HonestClient(server.url, number) for number in range(_HONEST_CLIENTS)]
            with _Memory(server.pid) as memory:
                enemy, statuses, seconds = await _attack(server, honest, messages, requests, seed)
        text = log.read_text(errors="replace")
    return _result(seconds, enemy, statuses, memory, honest, text)


async def _attack(
    server: LocalServer,
    honest: Sequence[HonestClient],
    messages: int,
    requests: int,
    seed: int,
) -> tuple[Enemy, Counter[str], float]:
    enemy = await _sign_up(server.url)
    over = asyncio.Event()
    beside = [asyncio.create_task(client.rehearse(over)) for client in honest]
    await asyncio.gather(*(client.is_under_way.wait() for client in honest))
    began_s = time.perf_counter()
    beside += [asyncio.create_task(enemy.be_slow(over)) for _ in range(_SLOW_CLIENTS)]
    each = -(-requests // _REQUESTS_AT_ONCE)
    counted, _ = await asyncio.gather(
        asyncio.gather(
            *(
                attack(enemy.host, enemy.port, enemy.token, each, seed + number)
                for number in range(_REQUESTS_AT_ONCE)
            )
        ),
        asyncio.gather(
            *(enemy.misuse_sockets(messages, seed + n) for n in range(_SOCKETS_AT_ONCE))
        ),
    )
    seconds = time.perf_counter() - began_s
    over.set()
    await asyncio.gather(*beside)
    return enemy, sum(counted, Counter()), seconds


async def _sign_up(url: str) -> Enemy:
    async with RehearsalClient(url, trust_env=False) as client:
        await client.register(_ENEMY, _PASSWORD)
        await client.login(_ENEMY, _PASSWORD)
        address = httpx.URL(url)
        assert address.port is not None
        return Enemy(address.host, address.port, client.access_token)


class _Memory:
    """Samples the memory of a process with its children while the block lasts."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self.rss_mib: list[float] = []

    def __enter__(self) -> _Memory:
        self._task = asyncio.create_task(self._sample())
        return self

    def __exit__(self, *_error: object) -> None:
        self._task.cancel()

    @property
    def growth_share(self) -> float:
        """Growth in the second half, from its first samples to its last."""
        half = self.rss_mib[len(self.rss_mib) // 2 :]
        return float(np.median(half[-5:]) / np.median(half[:5]) - 1) if half else 0.0

    async def _sample(self) -> None:
        while True:
            self.rss_mib.append(round(usage_of(self._pid).rss_bytes / 2**20, 1))
            await asyncio.sleep(_SAMPLE_S)


@contextmanager
def _stderr_into(path: Path) -> Iterator[None]:
    """Let processes that start in the block write their standard error to a file."""
    sys.stderr.flush()
    kept = os.dup(2)
    with path.open("wb") as file:
        os.dup2(file.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _result(
    seconds: float,
    enemy: Enemy,
    statuses: Counter[str],
    memory: _Memory,
    honest: Sequence[HonestClient],
    log: str,
) -> Result:
    pings = [ms for client in honest for ms in client.ping_ms]
    requests = [ms for client in honest for ms in client.request_ms]
    faults = [fault for client in honest for fault in client.faults]
    errors = sum(n for status, n in statuses.items() if status[0] == "5" and status != "503")
    tracebacks = log.count("Traceback (most recent call last)")
    growth = memory.growth_share
    if errors:
        faults.append(f"{errors} answers with a server error")
    if tracebacks:
        start = log.index("Traceback (most recent call last)")
        faults.append(f"{tracebacks} tracebacks, the first: {log[start : start + 3000]}")
    if growth > MAX_GROWTH:
        faults.append(f"memory grew by {100 * growth:.1f} % in the second half")
    return Result(
        seconds=round(seconds, 1),
        socket_messages=enemy.messages,
        sockets=enemy.sockets,
        sockets_refused=enemy.refused,
        requests=statuses.total(),
        statuses=dict(sorted(statuses.items())),
        slow_clients=_SLOW_CLIENTS,
        server_errors=errors,
        tracebacks=tracebacks,
        rss_mib=tuple(memory.rss_mib),
        growth_share=round(growth, 4),
        honest_clients=len(honest),
        honest_pings=len(pings),
        honest_ping_p99_ms=round(float(np.percentile(pings, 99)), 1) if pings else -1.0,
        honest_requests=len(requests),
        honest_request_p99_ms=round(float(np.percentile(requests, 99)), 1) if requests else -1.0,
        faults=tuple(faults),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; its exit status."""
    parser = argparse.ArgumentParser(prog="benchmarks.hostile", description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000, help="malformed socket messages")
    parser.add_argument("--requests", type=int, default=10_000, help="hostile requests")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    result = asyncio.run(measure(options.messages, options.requests, options.seed))
    print(json.dumps(asdict(result), indent=2))
    return 1 if result.faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
