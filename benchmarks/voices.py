"""How soon and how fast the partner's voices speak.

    python -m benchmarks.voices --lines 40 --json

Each engine that is present says so many different lines through the `Speaker`: first new, then
from the cache, then many sessions at once. Nothing is said of how the voices sound.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from rehearsal_server.voices.cache import MemoryVoiceCache
from rehearsal_server.voices.engine import VoiceEngine, VoiceSpec
from rehearsal_server.voices.espeak.engine import EspeakEngine
from rehearsal_server.voices.flite.engine import FliteEngine
from rehearsal_server.voices.piper.engine import PiperEngine
from rehearsal_server.voices.speaker import Speaker


@dataclass(frozen=True)
class Percentiles:
    """Of a number of measurements, in milliseconds."""

    p50: float
    p95: float
    max: float


@dataclass(frozen=True)
class VoiceSpeed:
    """What was measured of one engine."""

    engine: str
    absence: str | None
    lines: int = 0
    sessions: int = 0
    # From nothing to knowing the voices: processes started, models loaded, levels measured.
    start_ms: float = 0.0
    # From asking to the first audio.
    first_audio_new_ms: Percentiles | None = None
    first_audio_cached_ms: Percentiles | None = None
    first_audio_at_once_ms: Percentiles | None = None
    # Seconds of speech made in one second.
    times_real_time: float = 0.0


@dataclass(frozen=True)
class _Heard:
    first_audio_ms: float
    whole_ms: float
    speech_ms: float


async def measure(engine: VoiceEngine, *, lines: int, sessions: int) -> VoiceSpeed:
    """Measure one engine; the caller closes it."""
    cache = MemoryVoiceCache(capacity_bytes=1 << 30)
    speaker = Speaker([engine], cache)
    began = time.perf_counter()
    (status,) = await speaker.engines()
    start_ms = 1000 * (time.perf_counter() - began)
    if status.absence:
        return VoiceSpeed(engine.name, status.absence)
    cast = await speaker.cast(["Partner"], ["Partner"])
    spec = cast.voice_of("Partner")
    new = [await _hear(speaker, text, spec) for text in _texts("first", lines)]
    cached = [await _hear(speaker, text, spec) for text in _texts("first", lines)]
    at_once = await asyncio.gather(
        *(_hear(speaker, text, spec) for text in _texts("second", sessions))
    )
    return VoiceSpeed(
        engine=engine.name,
        absence=None,
        lines=lines,
        sessions=sessions,
        start_ms=round(start_ms, 1),
        first_audio_new_ms=_percentiles(new),
        first_audio_cached_ms=_percentiles(cached),
        first_audio_at_once_ms=_percentiles(at_once),
        times_real_time=round(sum(h.speech_ms for h in new) / sum(h.whole_ms for h in new), 1),
    )


async def measure_all(
    *, lines: int, sessions: int, piper_voices: Sequence[Path]
) -> list[VoiceSpeed]:
    """Measure every engine that is present; name the others."""
    espeak = EspeakEngine()
    engines: list[VoiceEngine] = [
        espeak,
        FliteEngine(),
        PiperEngine(piper_voices, espeak=espeak),
    ]
    speeds = [await measure(engine, lines=lines, sessions=sessions) for engine in engines]
    for engine in engines:
        await engine.aclose()
    return speeds


def _texts(word: str, count: int) -> list[str]:
    """Different lines of about four seconds."""
    return [
        f"My {word} reason is number {number}, dear Algernon, and I hope that you remember it."
        for number in range(count)
    ]


async def _hear(speaker: Speaker, text: str, spec: VoiceSpec) -> _Heard:
    began = time.perf_counter()
    first = 0.0
    speech_ms = 0.0
    async with aclosing(speaker.speak(text, spec)) as chunks:
        async for chunk in chunks:
            first = first or time.perf_counter()
            speech_ms += 500 * len(chunk.pcm) / chunk.sample_rate
    whole_ms = 1000 * (time.perf_counter() - began)
    return _Heard(1000 * (first - began), whole_ms, speech_ms)


def _percentiles(heard: Sequence[_Heard]) -> Percentiles:
    values = [each.first_audio_ms for each in heard]
    p50, p95, highest = np.percentile(values, [50, 95, 100])
    return Percentiles(round(p50, 2), round(p95, 2), round(highest, 2))


def _describe(speed: VoiceSpeed) -> str:
    if speed.absence:
        return f"{speed.engine}: absent, {speed.absence}"
    rows = [f"{speed.engine}: {speed.times_real_time:g} x real time, ready in {speed.start_ms} ms"]
    for name, values in (
        ("new", speed.first_audio_new_ms),
        ("cached", speed.first_audio_cached_ms),
        (f"{speed.sessions} new at once", speed.first_audio_at_once_ms),
    ):
        assert values is not None
        rows.append(
            f"  first audio, {name:16} p50 {values.p50:7.2f}  p95 {values.p95:7.2f}  "
            f"max {values.max:7.2f} ms"
        )
    return "\n".join(rows)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="First audio and speed of the partner's voices.")
    parser.add_argument("--lines", type=int, default=40, help="different lines per engine")
    parser.add_argument("--sessions", type=int, default=20, help="lines at once")
    parser.add_argument(
        "--piper", type=Path, action="append", default=[], help="a Piper voice (.onnx)"
    )
    parser.add_argument("--json", action="store_true", help="one JSON array")
    options = parser.parse_args(arguments)
    speeds = asyncio.run(
        measure_all(lines=options.lines, sessions=options.sessions, piper_voices=options.piper)
    )
    if options.json:
        json.dump([asdict(speed) for speed in speeds], sys.stdout, indent=2)
        print()
    else:
        print("\n".join(_describe(speed) for speed in speeds))


if __name__ == "__main__":
    main()
