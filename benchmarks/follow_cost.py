"""What following costs: time on one core as sessions are added, memory, arming a line."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from benchmarks.report import Row
from benchmarks.spoken_lines import Ear, Samples, SpokenLine
from dsp.clock import HOP_MS, HOP_S, HOP_SAMPLES
from models.following.bank import FollowingBank

_SECONDS = 6
_LINE_WORDS = 12


def measure_cost(ear: Ear, lines: Sequence[SpokenLine], sessions: Sequence[int]) -> list[Row]:
    """Time the following step with so many sessions, all of them speaking."""
    return [_measure(ear, lines, count) for count in sessions]


def _measure(ear: Ear, lines: Sequence[SpokenLine], sessions: int) -> Row:
    chosen = [lines[number % len(lines)] for number in range(sessions)]
    bank = FollowingBank(ear.model, capacity=sessions)
    slots = np.array([bank.acquire() for _ in chosen])
    graphs = [ear.graph(line.words) for line in chosen]
    arm_s = []
    for slot, graph in zip(slots, graphs, strict=True):
        before_s = time.thread_time()
        bank.arm(int(slot), graph, 0)
        arm_s.append(time.thread_time() - before_s)
    audio = np.stack([_loop(line.samples, _SECONDS) for line in chosen])
    step_s = []
    for hop in range(audio.shape[1]):
        before_s = time.thread_time()
        bank.step(slots, audio[:, hop])
        step_s.append(time.thread_time() - before_s)
    steady_s = np.array(step_s[10:])
    p99_ms = 1000 * float(np.percentile(steady_s, 99))
    return {
        "sessions": sessions,
        "step_median_ms": 1000 * float(np.median(steady_s)),
        "step_p99_ms": p99_ms,
        "core_percent_per_session": 100 * float(steady_s.mean()) / HOP_S / sessions,
        "sessions_per_core_at_p99": sessions * HOP_MS / p99_ms,
        "memory_kib_per_session": bank.bytes_per_session() / 1024,
        "arm_median_ms": 1000 * float(np.median(arm_s)),
        "arm_max_ms": 1000 * max(arm_s),
    }


def _loop(samples: Samples, seconds: int) -> Samples:
    """So many seconds of a recording, again and again, in hops."""
    hops = seconds * 1000 // HOP_MS
    repeated: Samples = np.resize(samples, hops * HOP_SAMPLES).reshape(hops, HOP_SAMPLES)
    return repeated
