"""Noises to hear speech in: generated ones, and ones made from recordings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import signal

from dsp.clock import ANALYSIS_RATE_HZ
from rehearsal_server.audio_files import read_mono

Samples = npt.NDArray[np.float64]
Drawn = np.random.Generator
Noise = Callable[[Drawn, int], Samples]

_MAJOR_SCALE = np.array([0, 2, 4, 5, 7, 9, 11, 12, 14, 16, 19, 24])


def coloured(rng: Drawn, n_samples: int, exponent: float) -> Samples:
    """Noise whose power falls with frequency to `exponent`: 0 white, 1 pink, 2 brown."""
    spectrum = np.fft.rfft(rng.standard_normal(n_samples))
    hz = np.fft.rfftfreq(n_samples, 1 / ANALYSIS_RATE_HZ)
    return np.fft.irfft(spectrum * np.maximum(hz, 20) ** (-exponent / 2), n_samples)


def swelling(rng: Drawn, n_samples: int) -> Samples:
    """Noise that comes and goes, as wind and traffic do."""
    step = int(rng.integers(1500, 12_000))
    n_steps = n_samples // step + 2
    log_gain = np.interp(
        np.arange(n_samples), np.arange(n_steps) * step, rng.normal(0, 0.6, n_steps)
    )
    return coloured(rng, n_samples, rng.uniform(0, 2)) * np.exp(log_gain)


def hum(rng: Drawn, n_samples: int) -> Samples:
    """A mains hum with its harmonics in a little pink noise."""
    f0_hz = rng.choice([50, 60, 100, 120]) * rng.uniform(0.99, 1.01)
    amplitudes = rng.standard_normal(19) / np.arange(1, 20)
    mains = _harmonic_tone(rng, np.full(n_samples, f0_hz), amplitudes)
    return _unit(mains) + 0.3 * _unit(coloured(rng, n_samples, 1))


def knocks(rng: Drawn, n_samples: int) -> Samples:
    """Typing, steps, applause: decaying bursts, dull or bright, one to sixty a second."""
    noise = np.zeros(n_samples)
    for start in _starts(rng, n_samples, np.exp(rng.uniform(0, np.log(60)))):
        length = int(rng.uniform(30, 1500))
        burst = rng.standard_normal(length) * np.exp(-4 * np.arange(length) / length)
        low_pass = signal.butter(
            1, rng.uniform(300, 6000), "low", fs=ANALYSIS_RATE_HZ, output="sos"
        )
        burst = signal.sosfilt(low_pass, burst)[: n_samples - start]
        if rng.random() < 0.3:
            burst = _unit(_resonant(rng, burst)) * burst.std()
        noise[start : start + length] += burst * rng.uniform(0.3, 1)
    return _unit(noise) + 0.02 * _unit(coloured(rng, n_samples, 1))


def rubs(rng: Drawn, n_samples: int) -> Samples:
    """Cloth, paper and hands on a microphone: swells of coloured noise, up to four a second."""
    noise = np.zeros(n_samples)
    for start in _starts(rng, n_samples, rng.uniform(0.5, 4)):
        length = min(n_samples - start, int(rng.uniform(0.05, 0.8) * ANALYSIS_RATE_HZ))
        swell = np.sin(np.linspace(0, np.pi, length)) ** rng.uniform(0.3, 3)
        burst = _unit(coloured(rng, length, rng.uniform(-1, 3)))
        noise[start : start + length] += burst * swell * rng.uniform(0.2, 1)
    return _unit(noise) + 0.02 * _unit(coloured(rng, n_samples, 1))


def calls(rng: Drawn, n_samples: int) -> Samples:
    """Animals, hinges, ring tones: gliding or level tones with harmonics, up to five a second."""
    noise = np.zeros(n_samples)
    f0_hz, glide = np.exp(rng.uniform(np.log(150), np.log(3000))), rng.choice([0.0, 0.3, 0.8])
    n_harmonics, roughness = int(rng.integers(1, 15)), rng.choice([0.0, 0.3, 0.8])
    for start in _starts(rng, n_samples, rng.uniform(0.5, 5)):
        length = min(n_samples - start, int(rng.uniform(0.03, 0.9) * ANALYSIS_RATE_HZ))
        octaves = np.interp(np.arange(length), [0, length], rng.uniform(-glide, glide, 2))
        amplitudes = np.arange(1, n_harmonics + 1) ** -rng.uniform(0.3, 2)
        call = _harmonic_tone(rng, f0_hz * 2**octaves, amplitudes)
        if rng.random() < 0.5:
            call = _resonant(rng, call)
        flutter = 2 * np.pi * rng.uniform(5, 60) / ANALYSIS_RATE_HZ * np.arange(length)
        call *= 1 + roughness * np.sin(flutter)
        noise[start : start + length] += call * np.sin(np.linspace(0, np.pi, length)) ** 0.5
    return _unit(noise) + 0.02 * _unit(coloured(rng, n_samples, 1))


def tune(rng: Drawn, n_samples: int) -> Samples:
    """Plucked chords on a major scale, with drums half the time."""
    music = np.zeros(n_samples)
    beat = int(60 / rng.uniform(60, 160) * ANALYSIS_RATE_HZ / rng.choice([1, 2]))
    root_hz, decay_s = rng.uniform(60, 200), rng.uniform(0.1, 1.2)
    rolloff, n_harmonics = rng.uniform(0.7, 2), int(rng.integers(3, 14))
    for start in range(0, n_samples, beat):
        for _ in range(rng.integers(1, 4)):
            semitones = rng.choice(_MAJOR_SCALE) + 12 * rng.integers(0, 2)
            f0_hz = root_hz * 2 ** (semitones / 12)
            length = min(n_samples - start, int(beat * rng.uniform(0.8, 3)))
            amplitudes = np.arange(1, n_harmonics + 1) ** -rolloff
            note = _harmonic_tone(rng, np.full(length, f0_hz), amplitudes)
            t = np.arange(length) / ANALYSIS_RATE_HZ
            envelope = np.exp(-t / decay_s) * np.minimum(1, t / 0.005)
            music[start : start + length] += note * envelope * rng.uniform(0.4, 1)
        if rng.random() < 0.5:
            length = min(n_samples - start, 3000)
            drum = rng.standard_normal(length) * np.exp(-np.arange(length) / rng.uniform(100, 900))
            music[start : start + length] += drum * rng.uniform(0.2, 1.5)
    return music


def babble(voices: Sequence[npt.NDArray[np.float32]], most_talkers: int = 8) -> Noise:
    """Three people or more talking at once, from recordings of speech."""

    def draw(rng: Drawn, n_samples: int) -> Samples:
        noise = np.zeros(n_samples)
        for _ in range(rng.integers(3, most_talkers + 1)):
            said: list[Samples] = []
            while sum(map(len, said)) < n_samples:
                said.append(_unit(voices[int(rng.integers(len(voices)))]))
            noise += _excerpt(rng, np.concatenate(said), n_samples) * rng.uniform(0.6, 1)
        return noise

    return draw


def recorded(
    recordings: Sequence[npt.NDArray[np.float32]],
    at_once: int,
    speeds: tuple[float, float] = (1.0, 1.0),
) -> Noise:
    """Up to `at_once` recordings together, repeated as often as it takes.

    Each is played at a speed between those given, which makes many sounds of few.
    """

    def draw(rng: Drawn, n_samples: int) -> Samples:
        noise = np.zeros(n_samples)
        for _ in range(rng.integers(1, at_once + 1)):
            recording = recordings[int(rng.integers(len(recordings)))]
            at = np.arange(0, len(recording) - 1, rng.uniform(*speeds))
            recording = np.interp(at, np.arange(len(recording)), recording)
            noise += _excerpt(rng, _unit(recording), n_samples) * rng.uniform(0.5, 1)
        return noise

    return draw


def generated() -> dict[str, Noise]:
    """Noises that need no recording, by name."""
    return {
        "white": lambda rng, n: coloured(rng, n, 0),
        "pink": lambda rng, n: coloured(rng, n, 1),
        "brown": lambda rng, n: coloured(rng, n, 2),
        "coloured": lambda rng, n: coloured(rng, n, rng.uniform(-0.5, 2.2)),
        "swelling": swelling,
        "hum": hum,
        "knocks": knocks,
        "rubs": rubs,
        "calls": calls,
        "tune": tune,
    }


def read_recordings(
    paths: Sequence[Path], min_seconds: float = 0.0
) -> list[npt.NDArray[np.float32]]:
    """Read recordings without the digital silence at their ends; those too short are left out."""
    read = (np.trim_zeros(read_mono(path, ANALYSIS_RATE_HZ)) for path in paths)
    return [samples for samples in read if len(samples) > min_seconds * ANALYSIS_RATE_HZ]


def _harmonic_tone(rng: Drawn, f0_hz: Samples, amplitudes: npt.NDArray[np.floating]) -> Samples:
    """A tone along a path of F0, one value a sample, without harmonics that would alias."""
    phase = 2 * np.pi * np.cumsum(f0_hz) / ANALYSIS_RATE_HZ
    tone = np.zeros(len(f0_hz))
    n_audible = int(ANALYSIS_RATE_HZ / 2 / f0_hz.max())
    for harmonic, amplitude in enumerate(amplitudes[:n_audible], start=1):
        tone += amplitude * np.sin(harmonic * phase + rng.uniform(0, 2 * np.pi))
    return tone


def _resonant(rng: Drawn, sound: Samples) -> Samples:
    """Pass a sound through a body or a throat with up to three resonances."""
    resonant = 0.1 * sound
    for _ in range(rng.integers(1, 4)):
        numerator, denominator = signal.iirpeak(
            np.exp(rng.uniform(np.log(250), np.log(5000))), rng.uniform(2, 15), fs=ANALYSIS_RATE_HZ
        )
        resonant = resonant + rng.uniform(0.2, 1) * signal.lfilter(numerator, denominator, sound)
    return np.asarray(resonant, np.float64)


def _starts(rng: Drawn, n_samples: int, per_second: float) -> list[int]:
    """Where sounds begin that come at random, so many a second."""
    count = int(n_samples / ANALYSIS_RATE_HZ * per_second)
    return [int(start) for start in rng.integers(0, n_samples, count)]


def _excerpt(rng: Drawn, samples: Samples, n_samples: int) -> Samples:
    looped = np.tile(samples, n_samples // len(samples) + 2)
    start = rng.integers(0, len(looped) - n_samples + 1)
    return looped[start : start + n_samples]


def _unit(samples: npt.NDArray[np.floating]) -> Samples:
    return np.asarray(samples / (samples.std(dtype=np.float64) + 1e-9), np.float64)
