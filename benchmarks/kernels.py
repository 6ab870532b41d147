"""What the analysis costs, kernel by kernel and batch by batch, beside what others would use.

    python -m benchmarks.kernels [--json] [--data ../shared/data]

One core, one thread, all cases in turn, medians. With ``--data`` the streams are read speech,
without they are synthetic. Accuracy is measured by `benchmarks.pitch`, `benchmarks.voice_activity`
and `benchmarks.voice_measures` (loudness, projection, voice quality, rhythm).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from benchmarks.one_core import stay_on_one_core
from benchmarks.peers import (
    COUNTERPARTS,
    MICROPHONE_CHUNK_SAMPLES,
    MICROPHONE_RATE_HZ,
    peer_cases,
)
from benchmarks.report import Report, Row, current_environment
from benchmarks.stopwatch import Case, Timing, time_interleaved
from dsp.bank import StreamBank
from dsp.clock import ANALYSIS_RATE_HZ, HOP_S, HOP_SAMPLES
from dsp.descriptors import SpectralDescriptors
from dsp.kernel import Hops
from dsp.level import measure_levels
from dsp.loudness import KWeightedLoudness
from dsp.pitch import PitchTracker
from dsp.resample import StreamResampler
from dsp.spectrum import ShortTimeSpectrum
from dsp.vad.decision import DecisionSettings
from dsp.vad.detector import VoiceActivityDetector

Samples = npt.NDArray[np.float32]

BATCHES = (1, 16, 64, 256, 1_024)
ROUNDS = 15
ROUND_S = 0.05
# Hops prepared for each stream; the kernels' state goes on when they come round again.
HOPS = 100
BANK = "whole bank"
# What the bank may cost, microseconds per stream and hop.
BUDGET_US = {1: 500.0, 16: 25.0, 256: 14.0}
PACKAGES = (
    "numpy", "scipy", "soxr", "webrtcvad-wheels", "pyworld-prebuilt", "librosa", "aubio-ledfx",
    "praat-parselmouth", "swift-f0", "pyloudnorm",
)  # fmt: skip


def streams_of(samples: Samples, n_streams: int) -> Hops:
    """Cut one recording into streams that start at different places in it.

    Returns
    -------
    float32, shape (HOPS, n_streams, HOP_SAMPLES)
    """
    hops = samples[: len(samples) // HOP_SAMPLES * HOP_SAMPLES].reshape(-1, HOP_SAMPLES)
    starts = np.linspace(0, len(hops), n_streams, endpoint=False).astype(np.intp)
    return np.asarray(hops[(np.arange(HOPS)[:, None] + starts) % len(hops)])


def kernel_cases(samples: Samples, n_streams: int) -> list[Case]:
    """Each kernel by itself on inputs computed beforehand, and the whole bank."""
    slots, hops = np.arange(n_streams), streams_of(samples, n_streams)
    spectrum, colour = ShortTimeSpectrum(n_streams), SpectralDescriptors(n_streams)
    pitch, loudness = PitchTracker(n_streams), KWeightedLoudness(n_streams)
    voice = VoiceActivityDetector(n_streams, DecisionSettings())
    bank = StreamBank(n_streams)
    for _ in range(n_streams):
        bank.acquire()
    power = [spectrum.step(slots, hop).power for hop in hops]
    colours = [colour.step(slots, one) for one in power]
    positions = [np.full(n_streams, HOP_SAMPLES * (i + 1), np.int64) for i in range(HOPS)]
    calls = {
        "level": lambda i: measure_levels(hops[i % HOPS]),
        "loudness": lambda i: loudness.step(slots, hops[i % HOPS]),
        "spectrum": lambda i: spectrum.step(slots, hops[i % HOPS]),
        "mel and descriptors": lambda i: colour.step(slots, power[i % HOPS]),
        "pitch": lambda i: pitch.step(slots, hops[i % HOPS]),
        "voice activity": lambda i: voice.step(slots, positions[i % HOPS], colours[i % HOPS]),
        BANK: lambda i: bank.step(slots, hops[i % HOPS]),
    }
    return [Case(name, n_streams, call) for name, call in calls.items()]


def resampling_case(samples: Samples) -> Case:
    """Our resampler takes one stream at a time; what it hears does not change its cost."""
    resampler = StreamResampler(MICROPHONE_RATE_HZ)
    whole = len(samples) // MICROPHONE_CHUNK_SAMPLES * MICROPHONE_CHUNK_SAMPLES
    chunks = samples[:whole].reshape(-1, MICROPHONE_CHUNK_SAMPLES)
    return Case("resampling from 48 kHz", 1, lambda i: resampler.push(chunks[i % len(chunks)]))


def by_batch(timings: Sequence[Timing], batches: Sequence[int]) -> list[Row]:
    """Kernels down, batch sizes across; microseconds per stream and hop."""
    found = {(t.name, t.streams): t.median_us for t in timings}
    names = dict.fromkeys(timing.name for timing in timings)
    return [
        {"kernel": name, **{f"batch {n}": found.get((name, n)) for n in batches}} for name in names
    ]


def capacity(timings: Sequence[Timing]) -> list[Row]:
    """How many streams one core carries if it did nothing but analyse."""
    return [
        {
            "batch": t.streams,
            "us_per_stream_hop": t.median_us,
            "lower_quartile_us": t.lower_quartile_us,
            "upper_quartile_us": t.upper_quartile_us,
            "ms_per_stream_second": t.median_us / HOP_S / 1e3,
            "streams_per_core": int(HOP_S * 1e6 / t.median_us),
        }
        for t in timings
        if t.name == BANK
    ]


def counterpart(peer: Timing, ours: Sequence[Timing]) -> tuple[Timing, Timing]:
    """Our kernel for the work of `peer`: alone, and in its cheapest batch."""
    same_work = [timing for timing in ours if timing.name == COUNTERPARTS[peer.name]]
    return same_work[0], min(same_work, key=lambda timing: timing.median_us)


def beside_peers(ours: Sequence[Timing], peers: Sequence[Timing]) -> list[Row]:
    """Each peer with the kernel of ours that does its work."""
    rows: list[Row] = []
    for peer in peers:
        alone, together = counterpart(peer, ours)
        rows.append(
            {
                "peer": peer.name,
                "us_per_stream_hop": peer.median_us,
                "our_kernel": alone.name,
                "ours_alone_us": alone.median_us,
                "ours_in_batch_us": together.median_us,
                "batch": together.streams,
                "peer_costs_times": peer.median_us / together.median_us,
            }
        )
    return rows


def remarks(ours: Sequence[Timing], peers: Sequence[Timing]) -> list[str]:
    """What is over budget, and which peer is cheaper."""
    said = []
    for timing in ours:
        if timing.name == BANK and timing.streams in BUDGET_US:
            budget_us = BUDGET_US[timing.streams]
            verdict = "within" if timing.median_us <= budget_us else "OVER"
            cost = f"batch {timing.streams}: {timing.median_us:.1f} us"
            said.append(f"{cost}, {verdict} {budget_us:g} us")
    for peer in peers:
        alone, together = counterpart(peer, ours)
        if peer.median_us < together.median_us:
            said.append(f"{peer.name} is cheaper than our {alone.name} in any batch")
        elif peer.median_us < alone.median_us:
            said.append(f"{peer.name} is cheaper than our {alone.name} for one stream alone")
    return said


def run(
    samples: Samples,
    peers: Sequence[Case],
    absent: Mapping[str, str],
    *,
    batches: Sequence[int],
    rounds: int,
    round_s: float,
) -> Report:
    """Measure everything once through."""
    cases = [case for n in batches for case in kernel_cases(samples, n)]
    cases.append(resampling_case(samples))
    timings = time_interleaved([*cases, *peers], rounds=rounds, round_s=round_s)
    ours, theirs = timings[: len(cases)], timings[len(cases) :]
    return Report(
        benchmark="kernels",
        environment=current_environment(PACKAGES),
        parameters={"hop_ms": 1e3 * HOP_S, "rounds": rounds, "round_s": round_s},
        tables={
            "Cost of a hop (20 ms) of one stream, us": by_batch(ours, batches),
            "The whole bank": capacity(ours),
            "Beside peers, one stream": beside_peers(ours, theirs),
        },
        absent=absent,
        remarks=remarks(ours, theirs),
    )


def speech(data: Path | None) -> Samples:
    """Read speech from the shared data, else noise with the rhythm and colour of speech."""
    if data is not None:
        clips = sorted((data / "austen").glob("*.flac"))
        if not clips:
            raise SystemExit(f"no austen/*.flac under {data}; --data names the shared data")
        return np.concatenate([soundfile.read(clip, dtype="float32")[0] for clip in clips])
    rng = np.random.default_rng(0)
    t = np.arange(20 * ANALYSIS_RATE_HZ) / ANALYSIS_RATE_HZ
    f0_hz = 120 * 2 ** (0.5 * np.sin(2 * np.pi * 0.4 * t))
    phase = 2 * np.pi * np.cumsum(f0_hz) / ANALYSIS_RATE_HZ
    voice = np.sum([np.sin(h * phase) / h for h in range(1, 20)], axis=0)
    rhythm = np.clip(np.sin(2 * np.pi * 3 * t) + np.sin(2 * np.pi * 0.3 * t), 0, None)
    return np.asarray(0.05 * voice * rhythm + 1e-3 * rng.standard_normal(len(t)), np.float32)


def main(argv: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kernels", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--data", type=Path, help="folder of the shared recordings")
    parser.add_argument("--batches", type=int, nargs="+", default=BATCHES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    arguments = parser.parse_args(argv)
    samples = speech(arguments.data)
    peers, absent = peer_cases(samples)
    report = run(
        samples,
        peers,
        absent,
        batches=arguments.batches,
        rounds=arguments.rounds,
        round_s=ROUND_S,
    )
    print(report.as_json() if arguments.json else report.as_text())
    return 0


if __name__ == "__main__":
    stay_on_one_core("benchmarks.kernels")
    sys.exit(main())
