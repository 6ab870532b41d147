"""What is lost or doubled when things break: everything that was told, against what is kept.

    python -m benchmarks.faults --kills 200 --seed 1
    python -m benchmarks.faults --only full_disk half_open

Sessions are rehearsed by clients that come back by themselves while the server is killed (SIGKILL)
at random moments, stopped for a while, restarted; while the network is cut or goes silent; while
the disk fills up; while a database restarts. Then every event and every performance is accounted
for. Needs espeak only; the full disk needs root (a tmpfs), PostgreSQL a server's programs.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.fault_places import Absent, small_disk, temporary_postgresql
from benchmarks.fault_proxy import FaultProxy
from benchmarks.faulted_sessions import Audit, Troupe, audit, deliveries, rehearsing
from benchmarks.restartable_server import RestartableServer
from rehearsal_server.client import LiveSession, RehearsalClient
from rehearsal_server.config import Settings
from rehearsal_server.demo.actor import Delivery

_ACCOUNT = ("faults@example.org", "what can go wrong does go wrong")
_FASTEST = 100.0
# The next kill does not wait longer than this for a session to come back from the last one.
_BACK_S = 20.0


@dataclass(frozen=True)
class Options:
    """What was asked for on the command line."""

    kills: int
    sessions: int
    seed: int
    only: tuple[str, ...]


@dataclass
class Outcome:
    """What one fault did."""

    fault: str
    audit: Audit
    resume_s: list[float]
    figures: dict[str, float] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        """Whether nothing was lost and nothing doubled."""
        a = self.audit
        wrong = a.events_lost + a.events_doubled + a.performances_lost + a.performances_doubled
        return wrong + a.sessions_broken == 0

    def row(self) -> dict[str, object]:
        """For people and for programs."""
        spread = {
            f"resume_p{q}_s": round(float(np.percentile(self.resume_s, q)), 3)
            for q in (50, 99)
            if self.resume_s
        }
        figures = {name: round(value, 3) for name, value in self.figures.items()}
        return {"fault": self.fault, **asdict(self.audit), **spread, **figures}


@dataclass
class Stage:
    """A server with people rehearsing on it."""

    server: RestartableServer
    proxy: FaultProxy
    troupe: Troupe
    random: random.Random


Fault = Callable[[Stage], Awaitable[dict[str, float]]]


async def run_fault(
    name: str, fault: Fault, settings: Settings, spoken: dict[str, Delivery], args: Options
) -> Outcome:
    """Let one fault happen to sessions that are going on."""
    async with (
        RestartableServer(settings) as server,
        FaultProxy(server.settings.port) as proxy,
        RehearsalClient(proxy.url, trust_env=False) as client,
    ):
        await client.register(*_ACCOUNT)
        await client.login(*_ACCOUNT)
        async with rehearsing(client, spoken, args.sessions) as troupe:
            await asyncio.sleep(1.0)
            figures = await fault(Stage(server, proxy, troupe, random.Random(args.seed)))
        resume_s = [s for account in troupe.accounts for s in account.resumed_after_s]
        for account in troupe.accounts:
            if account.broke:
                print(f"{name}: session {account.session_id} {account.broke}", file=sys.stderr)
        return Outcome(name, await audit(client, troupe.accounts), resume_s, figures)


def kills(count: int) -> Fault:
    """Kill the server at random moments, and start it again."""

    async def fault(stage: Stage) -> dict[str, float]:
        ready_s, back_s = [], []
        for _ in range(count):
            await asyncio.sleep(stage.random.uniform(0.1, 3))
            await stage.server.kill()
            lost = tuple(stage.troupe.live)
            ready_s.append(await stage.server.start())
            back_s += await _until_back(lost)
        figures = {"kills": float(count)}
        for name, seconds in (("ready", ready_s), ("back_after_ready", back_s)):
            for q in (50, 99):
                figures[f"{name}_p{q}_s"] = float(np.percentile(seconds, q)) if seconds else 0.0
        return figures

    return fault


async def _until_back(lost: Sequence[LiveSession]) -> list[float]:
    """Seconds until each session goes on; one that does not is left to its own patience."""
    began_s = time.perf_counter()
    back: dict[LiveSession, float] = {}
    while len(back) < len(lost) and time.perf_counter() - began_s < _BACK_S:
        for live in lost:
            if live.is_attached or live.is_stopping:
                back.setdefault(live, time.perf_counter() - began_s)
        await asyncio.sleep(0.005)
    return list(back.values())


async def cuts(stage: Stage) -> dict[str, float]:
    """Reset every connection, twenty times."""
    for _ in range(20):
        await asyncio.sleep(stage.random.uniform(0.2, 1.5))
        stage.proxy.cut()
    return {"cuts": 20}


async def half_open(stage: Stage) -> dict[str, float]:
    """The network goes silent for longer than a client waits, three times."""
    for _ in range(3):
        await asyncio.sleep(stage.random.uniform(0.5, 2))
        stage.proxy.hold()
        await asyncio.sleep(8)
        stage.proxy.cut()
        stage.proxy.release()
    return {"silences": 3}


async def stopped(stage: Stage) -> dict[str, float]:
    """The server's process is stopped for a while, three times."""
    for _ in range(3):
        await asyncio.sleep(stage.random.uniform(0.5, 2))
        stage.server.signal(signal.SIGSTOP)
        await asyncio.sleep(7)
        stage.server.signal(signal.SIGCONT)
        await asyncio.sleep(3)
    return {"stops": 3}


async def slow_readers(stage: Stage) -> dict[str, float]:
    """Everybody stops reading for a while, but goes on sending."""
    for _ in range(3):
        await asyncio.sleep(1)
        paused = [live.pause_reading() for live in tuple(stage.troupe.live)]
        await asyncio.sleep(4)
        for resume in paused:
            resume()
    return {"pauses": 3}


async def restarts(stage: Stage) -> dict[str, float]:
    """SIGTERM, and a new server, five times."""
    took_s = []
    for _ in range(5):
        await asyncio.sleep(stage.random.uniform(1, 2))
        began_s = time.perf_counter()
        stage.server.signal(signal.SIGTERM)
        await stage.server.wait()
        took_s.append(time.perf_counter() - began_s)
        await stage.server.start()
    return {"restarts": 5, "sigterm_max_s": max(took_s)}


Place = Callable[[Path, Options], AbstractAsyncContextManager[tuple[Settings, Fault]]]


async def run(options: Options) -> AsyncIterator[Outcome | Absent]:
    """Let everything happen, one fault after the other."""
    spoken = await deliveries()
    on_sqlite: dict[str, Fault] = {
        "kill_sqlite": kills(options.kills),
        "cuts": cuts,
        "half_open": half_open,
        "stopped": stopped,
        "slow_readers": slow_readers,
        "restarts": restarts,
    }
    for name, fault in on_sqlite.items():
        if not options.only or name in options.only:
            with tempfile.TemporaryDirectory(prefix="faults-") as directory:
                yield await run_fault(name, fault, _settings(Path(directory)), spoken, options)
    for name, place in PLACES.items():
        if not options.only or name in options.only:
            yield await _run_in(place, name, spoken, options)


async def _run_in(
    place: Place, name: str, spoken: dict[str, Delivery], options: Options
) -> Outcome | Absent:
    try:
        with tempfile.TemporaryDirectory(prefix="faults-") as directory:
            async with place(Path(directory), options) as (settings, fault):
                return await run_fault(name, fault, settings, spoken, options)
    except Absent as absent:
        return absent


@asynccontextmanager
async def _full_disk(directory: Path, _options: Options) -> AsyncIterator[tuple[Settings, Fault]]:
    """The journal's disk fills up, and is emptied later."""
    with small_disk(directory / "journal", megabytes=8) as disk:

        async def fault(stage: Stage) -> dict[str, float]:
            before = sum(len(account.errors) for account in stage.troupe.accounts)
            with disk.filled():
                await asyncio.sleep(6)
            after = sum(len(account.errors) for account in stage.troupe.accounts)
            await asyncio.sleep(6)
            return {"errors_told": after - before}

        yield _settings(directory), fault


@asynccontextmanager
async def _kill_postgresql(
    directory: Path, options: Options
) -> AsyncIterator[tuple[Settings, Fault]]:
    async with temporary_postgresql() as database:
        yield _settings(directory, database.url), kills(options.kills)


@asynccontextmanager
async def _database_restart(
    directory: Path, _options: Options
) -> AsyncIterator[tuple[Settings, Fault]]:
    """The database is away for ten seconds, twice."""
    async with temporary_postgresql() as database:

        async def fault(stage: Stage) -> dict[str, float]:
            for _ in range(2):
                await asyncio.sleep(stage.random.uniform(1, 3))
                await database.stop()
                await asyncio.sleep(10)
                await database.start()
                await asyncio.sleep(5)
            return {"database_restarts": 2}

        yield _settings(directory, database.url), fault


PLACES: dict[str, Place] = {
    "full_disk": _full_disk,
    "kill_postgresql": _kill_postgresql,
    "database_restart": _database_restart,
}


def _settings(directory: Path, database_url: str = "") -> Settings:
    return Settings(
        data_dir=directory,
        database_url=database_url,
        log_level="error",
        max_audio_speed=_FASTEST,
        rate_limits=False,
        use_emotion=False,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; 1 if anything was lost or doubled."""
    parser = argparse.ArgumentParser(prog="benchmarks.faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="of each database's server")
    parser.add_argument("--sessions", type=int, default=4, help="that go on at a time")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", default=[], metavar="FAULT")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    options = Options(given.kills, given.sessions, given.seed, tuple(given.only))
    return asyncio.run(_report(options, as_json=given.json))


async def _report(options: Options, *, as_json: bool) -> int:
    is_clean = True
    async for outcome in run(options):
        if isinstance(outcome, Absent):
            print(f"absent: {outcome}")
            continue
        is_clean = is_clean and outcome.is_clean
        row = outcome.row()
        print(json.dumps(row) if as_json else "  ".join(f"{k}={v}" for k, v in row.items()))
    return 0 if is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
