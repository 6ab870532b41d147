"""Sounds whose F0 is known: made signals, speech resynthesised from a known contour, guitar notes.

Speech is taken apart and put together again by pyworld, so that its F0 and its voicing are exactly
those that it was made from, while colour, rhythm and voices stay real. Its contour is transposed,
so that no analyser is asked for the very figures that an analyser had found.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyworld

from benchmarks.noises import Noise, coloured
from dsp.clock import ANALYSIS_RATE_HZ
from rehearsal_server.audio_files import read_mono

Samples = npt.NDArray[np.float32]
Contour = npt.NDArray[np.float64]

FRAME_S = 0.01
LOWEST_VOICE_HZ, HIGHEST_VOICE_HZ = 60.0, 800.0
# Signals go up to where our voices end, higher than people speak.
HIGHEST_SIGNAL_HZ = 1000.0
LOWEST_INSTRUMENT_HZ, HIGHEST_INSTRUMENT_HZ = 40.0, 2000.0
# A fourth down to a fourth up.
TRANSPOSITIONS_ST = (-5.0, -3.0, -1.0, 1.0, 3.0, 5.0)
# Twelve of the 24 shared notes were scaled to one step of a 16-bit converter: nothing is left of
# them.
FAINTEST_PEAK = 1e-3
# Sounding: this much below the loudest frame of a note's recording, after the attack.
NOTE_RANGE_DB = 35.0

_WORLD_FRAME_MS = 5.0
_SHORTEST_VOICE_FRAMES = 6
_LOWEST_TRANSPOSED_HZ, _HIGHEST_TRANSPOSED_HZ = 62.0, 780.0


@dataclass(frozen=True, slots=True)
class Sung:
    """A sound and the F0 that it was made with.

    Attributes
    ----------
    name, speaker : str
    samples : float32, shape (n_samples,)
        At the analysis rate.
    f0_hz : float64, shape (n_frames,)
        At ``i * FRAME_S``; NaN where unvoiced.
    lowest_hz, highest_hz : float
        The range that an estimator is told to look in.
    """

    name: str
    speaker: str
    samples: Samples
    f0_hz: Contour
    lowest_hz: float = LOWEST_VOICE_HZ
    highest_hz: float = HIGHEST_VOICE_HZ

    @property
    def times_s(self) -> Contour:
        """When the frames of `f0_hz` are."""
        return np.asarray(np.arange(len(self.f0_hz)) * FRAME_S, np.float64)


def resynthesise(samples: Samples, *, transposition_st: float) -> tuple[Samples, Contour]:
    """Say a recording again with a known F0.

    Parameters
    ----------
    samples : float32, shape (n_samples,)
        Speech at the analysis rate.
    transposition_st : float
        Semitones by which its contour is moved first.

    Returns
    -------
    samples : float32, shape (n_samples,)
        Where the contour is unvoiced there is noise of the same colour, else pulses.
    f0_hz : float64, shape (n_frames,)
        Every `FRAME_S`; NaN where unvoiced.
    """
    x = samples.astype(np.float64)
    rough_hz, times_s = pyworld.harvest(
        x, ANALYSIS_RATE_HZ, f0_floor=60, f0_ceil=800, frame_period=_WORLD_FRAME_MS
    )
    exact_hz = pyworld.stonemask(x, rough_hz, times_s, ANALYSIS_RATE_HZ)
    heard_hz, _ = pyworld.dio(
        x, ANALYSIS_RATE_HZ, f0_floor=60, f0_ceil=800, frame_period=_WORLD_FRAME_MS
    )
    # Harvest fills every gap; a frame is voiced where DIO thinks so too.
    voiced = without_short_runs((exact_hz > 0) & (heard_hz > 0), _SHORTEST_VOICE_FRAMES)
    envelope = pyworld.cheaptrick(x, exact_hz, times_s, ANALYSIS_RATE_HZ)
    f0_hz = np.where(voiced, exact_hz, 0.0)
    # Threshold 0: no frame that the contour calls voiced is made of noise.
    aperiodicity = pyworld.d4c(x, f0_hz, times_s, ANALYSIS_RATE_HZ, threshold=0.0)
    moved_hz = f0_hz * 2 ** (transposition_st / 12)
    moved_hz[voiced] = np.clip(moved_hz[voiced], _LOWEST_TRANSPOSED_HZ, _HIGHEST_TRANSPOSED_HZ)
    said = pyworld.synthesize(
        moved_hz, envelope, aperiodicity, ANALYSIS_RATE_HZ, frame_period=_WORLD_FRAME_MS
    )
    said = np.resize(np.concatenate([said, np.zeros(len(x))]), len(x))
    said *= x.std() / (said.std() + 1e-9)
    every = round(1000 * FRAME_S / _WORLD_FRAME_MS)
    truth = np.where(moved_hz > 0, moved_hz, np.nan)[::every]
    return np.clip(said, -1, 1).astype(np.float32), truth


def without_short_runs(flags: npt.NDArray[np.bool_], shortest: int) -> npt.NDArray[np.bool_]:
    """Clear runs of True that are shorter than `shortest`."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False]))))
    kept = np.zeros_like(flags)
    for start, end in edges.reshape(-1, 2):
        kept[start:end] = end - start >= shortest
    return kept


def in_noise(sung: Sung, noise: Noise, *, snr_db: float, seed: int) -> Sung:
    """Add noise; the ratio is that of the voiced frames' power (the sound's if none) to it."""
    rng = np.random.default_rng(seed)
    added = noise(rng, len(sung.samples))
    voiced = np.repeat(np.isfinite(sung.f0_hz), round(FRAME_S * ANALYSIS_RATE_HZ))
    voiced = np.resize(voiced, len(sung.samples))
    heard = sung.samples[voiced] if voiced.any() else sung.samples
    power = float(np.mean(np.square(heard, dtype=np.float64)))
    added *= np.sqrt(power / (np.mean(np.square(added)) + 1e-12)) * 10 ** (-snr_db / 20)
    return replace(sung, samples=(sung.samples + added).astype(np.float32))


def known_signals() -> Iterator[Sung]:
    """Signals with a formula: steady, gliding, vibrating, without a fundamental, pulses; noise."""
    seconds = 1.2
    t = np.arange(int(seconds * ANALYSIS_RATE_HZ)) / ANALYSIS_RATE_HZ
    for f0_hz in (62.0, 82.4, 110.0, 155.0, 220.0, 311.0, 440.0, 622.0, 880.0, 990.0):
        yield _made(f"steady {f0_hz:g} Hz", np.full(len(t), f0_hz), _falling(1.0))
    for low_hz, high_hz in ((65.0, 260.0), (110.0, 440.0), (250.0, 1000.0)):
        path_hz = low_hz * (high_hz / low_hz) ** (t / seconds)
        yield _made(f"glide {low_hz:g}-{high_hz:g} Hz", path_hz, _falling(1.0))
    for f0_hz in (100.0, 200.0, 400.0):
        path_hz = f0_hz * 2 ** (0.75 / 12 * np.sin(2 * np.pi * 5.5 * t))
        yield _made(f"vibrato {f0_hz:g} Hz", path_hz, _falling(1.0))
        missing = _falling(0.5)
        missing[0] = 0
        yield _made(f"no fundamental {f0_hz:g} Hz", np.full(len(t), f0_hz), missing)
        yield _made(f"strong 2nd harmonic {f0_hz:g} Hz", np.full(len(t), f0_hz), _one_strong(1))
        yield _made(f"strong 5th harmonic {f0_hz:g} Hz", np.full(len(t), f0_hz), _one_strong(4))


def known_instruments() -> Iterator[Sung]:
    """Steady tones over the whole range of instruments."""
    n_samples = int(1.2 * ANALYSIS_RATE_HZ)
    for f0_hz in (46.2, 82.4, 164.8, 329.6, 659.3, 987.8, 1318.5, 1760.0, 1975.5):
        tone = _made(f"instrument {f0_hz:g} Hz", np.full(n_samples, f0_hz), _falling(1.0))
        yield replace(tone, lowest_hz=LOWEST_INSTRUMENT_HZ, highest_hz=HIGHEST_INSTRUMENT_HZ)


def guitar_notes(data: Path) -> Iterator[Sung]:
    """Single notes of an electric guitar; F0 is that of the fret, where the note sounds.

    Recordings in which nothing can be heard are left out.
    """
    with (data / "guitar" / "manifest.csv").open() as manifest:
        files = [row["file"] for row in csv.DictReader(manifest)]
    for file in files:
        nominal_hz = nominal_f0_hz(file)
        if nominal_hz is not None:
            samples = read_mono(data / "guitar" / file, ANALYSIS_RATE_HZ)
            if np.abs(samples).max() < FAINTEST_PEAK:
                continue
            f0_hz = np.where(_sounding(samples), nominal_hz, np.nan)
            yield Sung(file, "guitar", samples, f0_hz, LOWEST_INSTRUMENT_HZ, HIGHEST_INSTRUMENT_HZ)


def nominal_f0_hz(file: str) -> float | None:
    """F0 of the open string, 12th or 24th fret that a guitar recording is named after."""
    string, _, rest = file.removesuffix(".flac").partition("-")
    open_hz = _OPEN_STRINGS_HZ.get(string[:-1])
    if open_hz is None or string[-1] not in "abc" or not rest:
        return None
    return open_hz * 2.0 ** "abc".index(string[-1])


# Equal temperament on A4 = 440 Hz; "low2" is the lowest of eight strings.
_OPEN_STRINGS_HZ: Mapping[str, float] = {
    name: 440.0 * 2 ** ((midi - 69) / 12)
    for name, midi in {
        "low2": 30, "low1": 35, "1": 40, "2": 45, "3": 50, "4": 55, "5": 59, "6": 64,
    }.items()
}  # fmt: skip


def _sounding(samples: Samples) -> npt.NDArray[np.bool_]:
    step = round(FRAME_S * ANALYSIS_RATE_HZ)
    frames = samples[: len(samples) // step * step].reshape(-1, step)
    level_db = 10 * np.log10(np.mean(np.square(frames, dtype=np.float64), axis=1) + 1e-12)
    loud = level_db > level_db.max() - NOTE_RANGE_DB
    # The attack of a string is noise, and frames that overlap it hear two notes.
    return without_short_runs(loud, 20) & (np.convolve(loud, np.ones(11), "same") > 10.5)


def _falling(exponent: float) -> Contour:
    return np.arange(1, 13, dtype=np.float64) ** -exponent


def _one_strong(harmonic: int) -> Contour:
    amplitudes = _falling(1.0)
    amplitudes[harmonic] = 3.0
    return amplitudes


def _made(name: str, path_hz: Contour, amplitudes: Contour) -> Sung:
    """A tone between two rests; harmonics above 7.2 kHz are left out."""
    phase = 2 * np.pi * np.cumsum(path_hz) / ANALYSIS_RATE_HZ
    tone = np.zeros(len(path_hz))
    for harmonic, amplitude in enumerate(amplitudes, start=1):
        tone += np.where(harmonic * path_hz < 7200, amplitude, 0) * np.sin(
            harmonic * phase + harmonic**2
        )
    rest = ANALYSIS_RATE_HZ // 4
    step = round(FRAME_S * ANALYSIS_RATE_HZ)
    samples = np.pad(0.1 * tone / tone.std(), rest)
    floor = coloured(np.random.default_rng(len(name)), len(samples), 1.0)
    samples += 1e-4 * floor / floor.std()
    truth = np.pad(path_hz, rest, constant_values=np.nan)[::step]
    return Sung(name, "formula", samples.astype(np.float32), truth, highest_hz=HIGHEST_SIGNAL_HZ)
