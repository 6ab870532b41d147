"""Our pitch trackers and those that others would use, all asked the same way."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.pitch_material import FRAME_S, Sung
from dsp.clock import ANALYSIS_RATE_HZ, HOP_SAMPLES
from dsp.pitch.contour import refined_contour
from dsp.pitch.measures import contour_at
from dsp.pitch.ranges import INSTRUMENT, VOICE
from dsp.pitch.tracker import LOOK_AHEAD_MS, LOOK_AHEAD_SAMPLES, PitchTracker

Contour = npt.NDArray[np.float64]
# Times in seconds, F0 in Hz (NaN or 0 is unvoiced).
Heard = tuple[Contour, Contour]
WHOLE_LINE = None

_STEP_SAMPLES = round(FRAME_S * ANALYSIS_RATE_HZ)


@dataclass(frozen=True, slots=True)
class Estimator:
    """A way to hear pitch.

    Attributes
    ----------
    name : str
    look_ahead_ms : float or None
        How much later than the moment it speaks of it can speak; None needs the whole recording.
    hear : callable
        From a sound to times and F0; raises ImportError where the package is not installed.
    """

    name: str
    look_ahead_ms: float | None
    hear: Callable[[Sung], Heard]

    def contour(self, sung: Sung) -> Contour:
        """F0 at the times of the truth, NaN where unvoiced."""
        times_s, f0_hz = self.hear(sung)
        return contour_at(times_s, f0_hz, sung.times_s)


def hear_live(sung: Sung) -> Heard:
    """Our live tracker, hop by hop."""
    tracker, slot = PitchTracker(1), np.zeros(1, np.intp)
    tracker.set_range(slot, VOICE if sung.highest_hz <= VOICE.ceiling_hz else INSTRUMENT)
    # The rest of a second hop, so that the last frames are said as well.
    padded = np.pad(sung.samples, (0, 2 * HOP_SAMPLES + LOOK_AHEAD_SAMPLES))
    hops = padded[: len(padded) // HOP_SAMPLES * HOP_SAMPLES].reshape(-1, HOP_SAMPLES)
    steps = [tracker.step(slot, hop[None]) for hop in hops]
    position = np.concatenate([step.position[0] for step in steps])
    f0_hz = np.concatenate([step.f0_hz[0] for step in steps])
    return np.asarray(position / ANALYSIS_RATE_HZ, np.float64), f0_hz.astype(np.float64)


def hear_refined(sung: Sung) -> Heard:
    """Our contour of a whole line; it is made for voices only."""
    f0_hz = refined_contour(sung.samples)
    return np.asarray(np.arange(len(f0_hz)) * FRAME_S, np.float64), f0_hz


def batch_cost_us(sung: Sung, batch: int, rounds: int = 5) -> float:
    """Processor time of our live tracker per stream and hop, in a batch of equal streams."""
    tracker, slots = PitchTracker(batch), np.arange(batch)
    hops = sung.samples[: len(sung.samples) // HOP_SAMPLES * HOP_SAMPLES].reshape(-1, HOP_SAMPLES)
    together = [np.tile(hop, (batch, 1)) for hop in hops]
    taken_s = []
    for _ in range(rounds):
        start = time.process_time()
        for hop in together:
            tracker.step(slots, hop)
        taken_s.append(time.process_time() - start)
    return float(np.median(taken_s)) * 1e6 / len(together) / batch


def _praat(sung: Sung) -> Heard:
    import parselmouth

    sound = parselmouth.Sound(sung.samples.astype(np.float64), ANALYSIS_RATE_HZ)
    pitch = sound.to_pitch_ac(
        time_step=FRAME_S, pitch_floor=sung.lowest_hz, pitch_ceiling=sung.highest_hz
    )
    return pitch.xs(), pitch.selected_array["frequency"]


def _dio(sung: Sung) -> Heard:
    import pyworld

    x = sung.samples.astype(np.float64)
    f0_hz, times_s = pyworld.dio(
        x, ANALYSIS_RATE_HZ, f0_floor=sung.lowest_hz, f0_ceil=sung.highest_hz
    )
    return times_s, pyworld.stonemask(x, f0_hz, times_s, ANALYSIS_RATE_HZ)


def _harvest(sung: Sung) -> Heard:
    import pyworld

    f0_hz, times_s = pyworld.harvest(
        sung.samples.astype(np.float64),
        ANALYSIS_RATE_HZ,
        f0_floor=sung.lowest_hz,
        f0_ceil=sung.highest_hz,
    )
    return times_s, f0_hz


def _aubio(sung: Sung) -> Heard:
    import aubio

    window = 1024
    tracker = aubio.pitch("yinfft", window, _STEP_SAMPLES, ANALYSIS_RATE_HZ)
    tracker.set_tolerance(0.4)
    tracker.set_silence(-50)
    padded = np.pad(sung.samples, (0, window))
    hops = padded[: len(padded) // _STEP_SAMPLES * _STEP_SAMPLES].reshape(-1, _STEP_SAMPLES)
    f0_hz = np.array([tracker(hop)[0] for hop in hops], np.float64)
    in_range = (f0_hz >= sung.lowest_hz) & (f0_hz <= sung.highest_hz)
    ends = np.arange(1, len(hops) + 1) * _STEP_SAMPLES
    return (ends - window / 2) / ANALYSIS_RATE_HZ, np.where(in_range, f0_hz, np.nan)


def _pyin(sung: Sung) -> Heard:
    import librosa

    f0_hz, _, _ = librosa.pyin(
        sung.samples,
        fmin=sung.lowest_hz,
        fmax=sung.highest_hz,
        sr=ANALYSIS_RATE_HZ,
        frame_length=1024,
        hop_length=_STEP_SAMPLES,
    )
    return np.asarray(np.arange(len(f0_hz)) * FRAME_S, np.float64), f0_hz


@cache
def _swift_detector() -> Any:
    import swift_f0

    return swift_f0.SwiftF0(threads=1)


def _swift_f0(sung: Sung) -> Heard:
    heard = _swift_detector().detect(
        sung.samples, ANALYSIS_RATE_HZ, fmin=max(sung.lowest_hz, 47.0), fmax=sung.highest_hz
    )
    voiced = heard.confidence >= 0.5
    return heard.timestamps, np.where(voiced, heard.pitch_hz, np.nan)


OURS_LIVE, OURS_REFINED = "ours live", "ours refined"
OURS: Mapping[str, Estimator] = {
    e.name: e
    for e in (
        Estimator(OURS_LIVE, LOOK_AHEAD_MS, hear_live),
        Estimator(OURS_REFINED, WHOLE_LINE, hear_refined),
    )
}
PEERS: Mapping[str, Estimator] = {
    e.name: e
    for e in (
        Estimator("praat (ac)", WHOLE_LINE, _praat),
        Estimator("pyworld dio + stonemask", WHOLE_LINE, _dio),
        Estimator("pyworld harvest", WHOLE_LINE, _harvest),
        Estimator("aubio yinfft", 32.0, _aubio),
        Estimator("librosa.pyin", WHOLE_LINE, _pyin),
        Estimator("swift-f0", 48.0, _swift_f0),
    )
}
