"""Send-to-receipt latency of every kind of event, at a number of paced sessions.

    python -m benchmarks.latency --sessions 20 --seconds 60 --json

A server process, and this process with the clients. Latency runs from the moment at which the last
sample that decides an event was due to be sent, to the event's receipt. Every event that the audio
calls for is expected, and one that is missing, extra or different makes the run fail.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks.event_latency import Distribution, Latencies, lateness_ms
from benchmarks.expected_events import expected_messages
from benchmarks.paced_clients import ClientLog, run_clients
from benchmarks.process_usage import usage_of
from benchmarks.speech_loop import (
    Phase,
    Sentence,
    phases,
    recorded_sentences,
    synthetic_sentences,
)
from rehearsal_server.client import RehearsalClient
from rehearsal_server.config import Settings
from rehearsal_server.demo.local_server import LocalServer, local_server
from rehearsal_server.voices.engine import VoiceSpec
from rehearsal_server.voices.espeak.engine import EspeakEngine

_EMAIL, _PASSWORD = "load@example.org", "a great many rehearsals"
_VOICE = VoiceSpec(engine="espeak-ng", voice="en-us+f2")
# Sessions begin this far apart: no two are in step with each other's 20 ms chunks.
_RAMP_S_PER_SESSION = 0.053
# After this much more than the run takes, the server is given up.
_PATIENCE_S = 60.0


@dataclass(frozen=True)
class Result:
    """Everything that a run measured."""

    sessions: int
    seconds: float
    speech: str
    # From the deciding sample to receipt, and from what happened to receipt; milliseconds.
    latency: dict[str, Distribution]
    after_the_fact: dict[str, Distribution]
    server_cpu_percent_per_session: float
    server_rss_mib: float
    server_rss_mib_per_session: float
    # How late this process sent its chunks; a late load measures itself.
    generator_late_p99_ms: float
    generator_late_max_ms: float
    faults: tuple[str, ...]


async def measure(sessions: int, seconds: float, speech: Path | None) -> Result:
    """Run the benchmark."""
    rounds = phases(await _sentences(speech), seconds)
    with tempfile.TemporaryDirectory(prefix="rehearsal-latency-") as directory:
        settings = Settings(
            data_dir=Path(directory),
            log_level="warning",
            max_sessions=sessions + 1,
            # All of the load comes from here, in the name of one account.
            max_sessions_per_account=sessions + 1,
            max_connections_per_address=10 * (sessions + 10),
        )
        async with local_server(settings) as server:
            before = usage_of(server.pid)
            logs, during = await _load(server, rounds, sessions, seconds)
    latencies = Latencies()
    expectations = await asyncio.to_thread(expected_messages, rounds, logs, seconds)
    for number, (log, expected) in enumerate(zip(logs, expectations, strict=True)):
        latencies.add(number, log, expected)
    late_ms = list(lateness_ms(logs))
    return Result(
        sessions=sessions,
        seconds=seconds,
        speech=str(speech) if speech else f"{_VOICE.engine} {_VOICE.voice}",
        latency=latencies.distributions(),
        after_the_fact=latencies.distributions_from_happening(),
        server_cpu_percent_per_session=round(100 * during.cpu_share / sessions, 3),
        server_rss_mib=round(during.rss_bytes / 2**20, 1),
        server_rss_mib_per_session=round(
            (during.rss_bytes - before.rss_bytes) / 2**20 / sessions, 3
        ),
        generator_late_p99_ms=round(float(np.percentile(late_ms, 99)), 2),
        generator_late_max_ms=round(max(late_ms), 2),
        faults=tuple(latencies.faults),
    )


@dataclass(frozen=True)
class _During:
    """What the server used while all sessions were on."""

    cpu_share: float  # 1 is one core
    rss_bytes: int


async def _load(
    server: LocalServer, rounds: Sequence[Phase], sessions: int, seconds: float
) -> tuple[list[ClientLog], _During]:
    ramp_s = _RAMP_S_PER_SESSION * sessions
    async with RehearsalClient(server.url, trust_env=False) as client:
        await client.register(_EMAIL, _PASSWORD)
        await client.login(_EMAIL, _PASSWORD)
        # A collection of all that is loaded would stop every client at once.
        gc.collect()
        gc.freeze()
        watching = asyncio.create_task(_watch(server.pid, ramp_s, seconds))
        async with asyncio.timeout(ramp_s + seconds + _PATIENCE_S):
            logs = await run_clients(
                client, rounds, sessions=sessions, seconds=seconds, ramp_s=ramp_s
            )
        return logs, await watching


async def _watch(pid: int, ramp_s: float, seconds: float) -> _During:
    """Measure the server between the last session's start and the first one's end."""
    await asyncio.sleep(ramp_s + 0.2 * seconds)
    first, first_s = usage_of(pid), time.perf_counter()
    await asyncio.sleep(max(0.6 * seconds - ramp_s, 0.2 * seconds))
    last, last_s = usage_of(pid), time.perf_counter()
    return _During((last.cpu_s - first.cpu_s) / (last_s - first_s), last.rss_bytes)


async def _sentences(speech: Path | None) -> list[Sentence]:
    if speech is not None:
        return recorded_sentences(speech)
    engine = EspeakEngine()
    try:
        return await synthetic_sentences(engine, _VOICE)
    finally:
        await engine.aclose()


def _table(result: Result) -> str:
    rows = ["| Event | Count | p50 ms | p95 | p99 | p99.9 | max |", "|---|---|---|---|---|---|---|"]
    rows += [_row(kind, figures) for kind, figures in result.latency.items()]
    rows += [
        _row(f"{kind}, after the fact", figures) for kind, figures in result.after_the_fact.items()
    ]
    return "\n".join(rows)


def _row(kind: str, figures: Distribution) -> str:
    count = f"{figures.count} of {figures.expected}"
    rest = (figures.p50, figures.p95, figures.p99, figures.p999, figures.max)
    return f"| {kind} | {count} | {' | '.join(f'{figure:.1f}' for figure in rest)} |"


def _print_text(result: Result) -> None:
    print(f"{result.sessions} sessions, {result.seconds:g} s each, speech: {result.speech}\n")
    print(_table(result))
    print(
        f"\nserver: {result.server_cpu_percent_per_session} % of a core and "
        f"{result.server_rss_mib_per_session} MiB a session ({result.server_rss_mib} MiB in all); "
        f"chunks sent late: p99 {result.generator_late_p99_ms} ms, "
        f"max {result.generator_late_max_ms} ms"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; its exit status."""
    parser = argparse.ArgumentParser(prog="benchmarks.latency", description=__doc__)
    parser.add_argument("--sessions", type=int, default=10, help="how many at a time")
    parser.add_argument("--seconds", type=float, default=30, help="measured length of each")
    parser.add_argument(
        "--speech", type=Path, metavar="DIR", help="recordings with a manifest.csv (file, text)"
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    options = parser.parse_args(arguments)
    result = asyncio.run(measure(options.sessions, options.seconds, options.speech))
    if options.json:
        print(json.dumps(asdict(result), indent=2))
    else:
        _print_text(result)
    for fault in result.faults:
        print(f"latency: {fault}", file=sys.stderr)
    return 1 if result.faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
