"""Loudness on the EBU's test signals, and beside pyloudnorm on speech."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import signal

from benchmarks.report import Row
from dsp.clock import ANALYSIS_RATE_HZ, HOP_S, HOP_SAMPLES
from dsp.loudness import KWeightedLoudness, integrated_loudness_lufs
from rehearsal_server.audio_files import read_mono

Samples = npt.NDArray[np.float32]

# The EBU's signals are stereo with equal channels, whose powers add; ours are mono.
STEREO_AS_MONO_DB = 10 * np.log10(2)
# EBU Tech 3341 (2023): peak level and seconds of a 1 kHz sine, and the integrated loudness that
# must come out within 0.1 LU. Case 6 is surround, 7 and 8 are recordings.
INTEGRATED_CASES = {
    1: ([(-23.0, 20.0)], -23.0),
    2: ([(-33.0, 20.0)], -33.0),
    3: ([(-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0)], -23.0),
    4: ([(-72.0, 10.0), (-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0), (-72.0, 10.0)], -23.0),
    5: ([(-26.0, 20.0), (-20.0, 20.1), (-26.0, 20.0)], -23.0),
}
# Case 12, momentary: constant from one second on.
MOMENTARY_CASE = [(-20.0, 0.18), (-30.0, 0.22)] * 25


def tones(levels_dbfs_and_seconds: list[tuple[float, float]]) -> Samples:
    """A 1 kHz sine whose peak follows the given levels."""
    amplitude = np.concatenate(
        [
            np.full(round(seconds * ANALYSIS_RATE_HZ), 10 ** (level_dbfs / 20))
            for level_dbfs, seconds in levels_dbfs_and_seconds
        ]
    )
    phase = 2 * np.pi * 1_000 * np.arange(len(amplitude)) / ANALYSIS_RATE_HZ
    return (amplitude * np.sin(phase)).astype(np.float32)


def momentary_lufs(samples: Samples) -> npt.NDArray[np.float32]:
    """Loudness after each hop of one stream."""
    kernel, slot = KWeightedLoudness(1), np.array([0])
    hops = samples[: len(samples) // HOP_SAMPLES * HOP_SAMPLES].reshape(-1, 1, HOP_SAMPLES)
    return np.concatenate([kernel.step(slot, hop) for hop in hops])


def ebu_table() -> list[Row]:
    """Error in LU on each of the EBU's signals that mono at 16 kHz can hold."""
    rows: list[Row] = []
    for case, (levels, expected_lufs) in INTEGRATED_CASES.items():
        loudness = integrated_loudness_lufs(momentary_lufs(tones(levels)))
        assert loudness is not None, "every case is above the absolute gate"
        error_lu = loudness + STEREO_AS_MONO_DB - expected_lufs
        rows.append({"ebu_case": f"{case}, integrated", "largest_error_lu": abs(error_lu)})
    settled = momentary_lufs(tones(MOMENTARY_CASE))[round(1 / HOP_S) :]
    worst_lu = float(np.abs(settled + STEREO_AS_MONO_DB + 23.0).max())
    rows.append({"ebu_case": "12, momentary", "largest_error_lu": worst_lu})
    return rows


def pyloudnorm_table(data: Path) -> list[Row]:
    """Differences from pyloudnorm in LU, on speech cut to whole gating steps.

    Its "DeMan" filters are the standard's at 48 kHz, so it is asked there; its default ones, and
    either at 16 kHz, stray.

    Raises
    ------
    ImportError
        pyloudnorm is not installed.
    """
    import pyloudnorm

    meters = {
        "De Man's filters, 48 kHz": pyloudnorm.Meter(48_000, filter_class="DeMan"),
        "default filters, 48 kHz": pyloudnorm.Meter(48_000),
        "default filters, 16 kHz": pyloudnorm.Meter(ANALYSIS_RATE_HZ),
    }
    differences: dict[str, list[float]] = {name: [] for name in meters}
    for samples in _speech(data):
        ours = integrated_loudness_lufs(momentary_lufs(samples))
        assert ours is not None, "speech is above the absolute gate"
        at_48_khz = signal.resample_poly(samples.astype(np.float64), 3, 1)
        for name, meter in meters.items():
            heard = at_48_khz if meter.rate == 48_000 else samples.astype(np.float64)
            differences[name].append(abs(ours - meter.integrated_loudness(heard)))
    return [
        {
            "pyloudnorm with": name,
            "clips": len(lu),
            "median_lu": float(np.median(lu)),
            "p95_lu": float(np.percentile(lu, 95)),
            "largest_lu": float(np.max(lu)),
        }
        for name, lu in differences.items()
    ]


def _speech(data: Path) -> Iterator[Samples]:
    gating_step_samples = ANALYSIS_RATE_HZ // 10
    for corpus in ("emodb", "ljspeech", "austen"):
        with (data / corpus / "manifest.csv").open() as manifest:
            for row in list(csv.DictReader(manifest))[::5]:
                samples = read_mono(data / corpus / row["file"], ANALYSIS_RATE_HZ)
                yield samples[: len(samples) // gating_step_samples * gating_step_samples]
