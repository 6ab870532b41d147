"""What the learned models cost: the emotion model, window by window and batch by batch.

    python -m benchmarks.models [--json] [--data ../shared/data] [--model CARD]

One core, one thread, all cases in turn, medians. Told apart are what is done once per hop (the
descriptors), and per window the features, the graph and the whole of `predict`. With ``--data``
the windows are acted speech, without they are synthetic.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.one_core import stay_on_one_core
from benchmarks.report import Report, Row, current_environment
from benchmarks.stopwatch import Case, Timing, time_interleaved
from dsp.clock import ANALYSIS_RATE_HZ, HOP_S, HOP_SAMPLES
from dsp.descriptors import SpectralDescriptors
from dsp.pitch import PitchTracker
from dsp.spectrum import ShortTimeSpectrum
from models.emotion.analysis import describe_recordings
from models.emotion.corpus import read_corpus
from models.emotion.descriptors import describe_hops
from models.emotion.estimate import EmotionModel, EmotionWindow
from models.emotion.functionals import summarise_windows
from models.emotion.opening import BUILT_IN_CARD, open_emotion_model
from models.emotion.stacking import stack_windows
from rehearsal_server.session.emotion_windows import MAX_WINDOW_MS

Float32s = npt.NDArray[np.float32]

BATCHES = (1, 2, 4, 8, 16, 32, 64)
ROUNDS = 15
ROUND_S = 0.05
PACKAGES = ("numpy", "scipy", "onnxruntime")
WINDOW_S = MAX_WINDOW_MS / 1000
# What the whole path may cost.
BUDGET_MS_PER_WINDOW = 0.3
SESSIONS, WINDOWS_PER_S, BUDGET_CORES = 500, 2.0, 0.5

DESCRIPTORS, FEATURES, WHOLE = "descriptors of a hop", "features of a window", "whole prediction"


def recordings(data: Path | None, count: int) -> list[Float32s]:
    """Enough speech for `count` windows, each of its own length but at least one window."""
    length = int(WINDOW_S * ANALYSIS_RATE_HZ)
    if data is None:
        rng = np.random.default_rng(1)
        return [_synthetic(length, rng) for _ in range(count)]
    clips = read_corpus(data / "emodb").clips
    return [np.resize(clips[number % len(clips)].samples, length) for number in range(count)]


def _synthetic(length: int, rng: np.random.Generator) -> Float32s:
    """Syllables of a buzz: voiced and unvoiced hops, as many as speech has."""
    time_s = np.arange(length) / ANALYSIS_RATE_HZ
    f0_hz = rng.uniform(90, 250) * 2 ** (0.2 * np.sin(2 * np.pi * 0.8 * time_s))
    phase = 2 * np.pi * np.cumsum(f0_hz) / ANALYSIS_RATE_HZ
    buzz = np.sum([np.sin(k * phase) / k for k in range(1, 12)], axis=0)
    opening = np.clip(np.sin(2 * np.pi * 4 * time_s) + 0.3, 0, 1)
    return np.asarray(0.1 * buzz * opening + 0.003 * rng.normal(size=length), np.float32)


def hop_case(speech: Sequence[Float32s]) -> Case:
    """The descriptors of one hop of each stream, from spectrum and pitch computed beforehand."""
    streams = np.arange(len(speech))
    hops = np.stack([samples[: 20 * HOP_SAMPLES].reshape(20, -1) for samples in speech], axis=1)
    spectrum, pitch = ShortTimeSpectrum(len(streams)), PitchTracker(len(streams))
    colour = SpectralDescriptors(len(streams))
    power = [spectrum.step(streams, hop).power for hop in hops]
    mel_dbfs = [colour.step(streams, one).mel_dbfs for one in power]
    f0 = [pitch.step(streams, hop) for hop in hops]
    level_dbfs = np.full(len(streams), -30, np.float32)

    def call(number: int) -> object:
        i = number % len(hops)
        return describe_hops(power[i], mel_dbfs[i], f0[i].f0_hz, f0[i].periodicity, level_dbfs)

    return Case(DESCRIPTORS, len(streams), call)


def window_cases(model: EmotionModel, speech: Sequence[Float32s]) -> list[Case]:
    """Features alone, and the whole prediction: stacking, features, graph and reading."""
    windows = [
        EmotionWindow(rows, None, samples)
        for rows, samples in zip(describe_recordings(speech), speech, strict=True)
    ]
    stacked = stack_windows([window.descriptors for window in windows])
    return [
        Case(FEATURES, len(windows), lambda _: summarise_windows(*stacked)),
        Case(WHOLE, len(windows), lambda _: model.predict(windows)),
    ]


def by_batch(timings: Sequence[Timing]) -> list[Row]:
    """One row a batch; microseconds per hop and per window."""
    found = {(timing.name, timing.streams): timing.median_us for timing in timings}
    return [
        {
            "batch": size,
            "descriptors_us_per_hop": found[DESCRIPTORS, size],
            "features_us_per_window": found[FEATURES, size],
            "prediction_us_per_window": found[WHOLE, size],
        }
        for size in sorted({timing.streams for timing in timings})
    ]


def at_rated_load(rows: Sequence[Row]) -> Row:
    """Cores that the rated load takes in the largest batch measured."""
    largest = rows[-1]
    hop_us = float(largest["descriptors_us_per_hop"] or 0)
    window_us = float(largest["prediction_us_per_window"] or 0)
    hops = SESSIONS / HOP_S * hop_us / 1e6
    windows = SESSIONS * WINDOWS_PER_S * window_us / 1e6
    return {
        "sessions": SESSIONS,
        "windows_per_s": WINDOWS_PER_S,
        "cores_for_descriptors": hops,
        "cores_for_windows": windows,
        "cores": hops + windows,
        "budget_cores": BUDGET_CORES,
    }


def run(
    model: EmotionModel,
    *,
    data: Path | None = None,
    batches: Sequence[int] = BATCHES,
    rounds: int = ROUNDS,
    round_s: float = ROUND_S,
) -> Report:
    """Time everything and put the report together."""
    speech = recordings(data, max(batches))
    cases = [
        case
        for size in batches
        for case in (hop_case(speech[:size]), *window_cases(model, speech[:size]))
    ]
    rows = by_batch(time_interleaved(cases, rounds=rounds, round_s=round_s))
    whole_ms = float(rows[-1]["prediction_us_per_window"] or 0) / 1e3
    verdict = "within" if whole_ms <= BUDGET_MS_PER_WINDOW else "ABOVE"
    return Report(
        benchmark="models",
        environment=current_environment(PACKAGES),
        parameters={
            "model": f"{model.card.name} {model.card.version}",
            "input": model.card.input.kind,
            "window_s": WINDOW_S,
            "speech": "acted" if data else "synthetic",
            "rounds": rounds,
        },
        tables={"by batch": rows, "at the rated load": [at_rated_load(rows)]},
        absent={},
        remarks=[
            f"{whole_ms:.3f} ms a window in a batch of {rows[-1]['batch']}, features included: "
            f"{verdict} the budget of {BUDGET_MS_PER_WINDOW} ms"
        ],
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.models", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--data", type=Path, help="folder of the shared recordings")
    parser.add_argument("--model", type=Path, default=BUILT_IN_CARD, help="card of another model")
    options = parser.parse_args(arguments)
    report = run(open_emotion_model(options.model), data=options.data)
    print(report.as_json() if options.json else report.as_text())
    return 0


if __name__ == "__main__":
    stay_on_one_core("benchmarks.models")
    sys.exit(main())
