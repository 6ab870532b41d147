"""Streams of labelled speech with pauses, heard in noise at a known ratio."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import signal

from benchmarks.labelled_speech import LABEL_SAMPLES, Clip, Labels
from benchmarks.noises import Drawn, Noise, Samples, coloured
from dsp.clock import ANALYSIS_RATE_HZ, HOP_SAMPLES

LONGEST_CLIP_LABELS = 500


@dataclass(frozen=True, slots=True)
class Scene:
    """A stream to listen to.

    Attributes
    ----------
    samples : float32, shape (n_samples,)
        At the analysis rate, in [-1, 1].
    is_speech : bool, shape (n_samples // LABEL_SAMPLES,)
    """

    samples: npt.NDArray[np.float32]
    is_speech: Labels


def speech_with_pauses(
    rng: Drawn, clips: Sequence[Clip], seconds: float, *, first_pause_s: float | None = None
) -> tuple[Samples, Labels]:
    """String clips together, mostly of one speaker, with pauses of up to 2.5 s.

    Parameters
    ----------
    rng : numpy.random.Generator
    clips : sequence of Clip
    seconds : float
    first_pause_s : float, optional
        Silence before the first clip; 0.1 to 2 s if not given.

    Returns
    -------
    samples : float64, shape (n_samples,)
        Speech at an RMS of about 1 where it is active; zeros in between.
    is_speech : bool, shape (n_samples // LABEL_SAMPLES,)
    """
    n_labels = int(seconds * ANALYSIS_RATE_HZ) // HOP_SAMPLES * (HOP_SAMPLES // LABEL_SAMPLES)
    samples = np.zeros(n_labels * LABEL_SAMPLES)
    is_speech = np.zeros(n_labels, np.bool_)
    at = int((rng.uniform(0.1, 2) if first_pause_s is None else first_pause_s) * 100)
    speaker: str | None = None
    while at < n_labels - 50:
        if speaker is None or rng.random() < 0.2:
            speaker = clips[int(rng.integers(len(clips)))].speaker
        by_speaker = [clip for clip in clips if clip.speaker == speaker]
        said, labels = _levelled(rng, by_speaker[int(rng.integers(len(by_speaker)))])
        fits = min(len(labels), n_labels - at)
        samples[at * LABEL_SAMPLES : (at + fits) * LABEL_SAMPLES] = said[: fits * LABEL_SAMPLES]
        is_speech[at : at + fits] = labels[:fits]
        at += fits + int(rng.uniform(0.2, 2.5) * 100)
    return samples, is_speech


def _levelled(rng: Drawn, clip: Clip) -> tuple[Samples, Labels]:
    """At most five seconds of a clip, within 3 dB of an RMS of 1 where it is speech."""
    labels = clip.is_speech
    start = int(rng.integers(0, max(1, len(labels) - LONGEST_CLIP_LABELS)))
    labels = labels[start : start + LONGEST_CLIP_LABELS]
    first = start * LABEL_SAMPLES
    samples = clip.samples[first : first + len(labels) * LABEL_SAMPLES].astype(np.float64)
    rms = active_rms(samples, labels)
    gain = 10 ** (rng.uniform(-3, 3) / 20) / rms if rms else 0.0
    return samples * gain, labels


def active_rms(samples: Samples, is_speech: Labels) -> float:
    """Root mean square of the samples that are speech; 0 if there are none."""
    active = samples[np.repeat(is_speech, LABEL_SAMPLES)]
    return float(np.sqrt(np.mean(np.square(active)))) if len(active) else 0.0


def heard_otherwise(rng: Drawn, speech: Samples) -> Samples:
    """Pass speech through another microphone, a telephone or a room, or none of these."""
    if rng.random() < 0.5:
        numerator, denominator = signal.butter(1, rng.uniform(300, 3000), fs=ANALYSIS_RATE_HZ)
        low = signal.lfilter(numerator, denominator, speech)
        speech = low + (speech - low) * 10 ** (rng.uniform(-8, 8) / 20)
    if rng.random() < 0.15:
        edges_hz = [rng.uniform(80, 300), rng.uniform(3200, 4000)]
        telephone = signal.butter(4, edges_hz, "band", fs=ANALYSIS_RATE_HZ, output="sos")
        speech = signal.sosfilt(telephone, speech)
    if rng.random() < 0.25:
        t = np.arange(ANALYSIS_RATE_HZ // 2) / ANALYSIS_RATE_HZ
        tail = rng.standard_normal(len(t)) * np.exp(-6.9 * t / rng.uniform(0.15, 0.6))
        tail *= 10 ** (rng.uniform(-25, -12) / 20)
        tail[0] = 1
        speech = signal.fftconvolve(speech, tail)[: len(speech)]
    return np.asarray(speech, np.float64)


def mix(
    rng: Drawn,
    speech: Samples,
    is_speech: Labels,
    noise: Noise | None,
    *,
    snr_db: float,
    level_dbfs: float,
    room_tone: bool = True,
) -> Scene:
    """Add noise, and a room's own faint one, and set the level of the speech.

    Parameters
    ----------
    rng : numpy.random.Generator
    speech : float64, shape (n_samples,)
    is_speech : bool, shape (n_samples // LABEL_SAMPLES,)
    noise : Noise, optional
        None for quiet.
    snr_db : float
        Active speech over noise.
    level_dbfs : float
        RMS of the active speech, re full scale.
    room_tone : bool
        50 to 70 dB below the speech; without it pauses are digital silence, as behind a gate.
    """
    rms = active_rms(speech, is_speech)
    heard = speech / rms if rms else speech
    if noise is not None:
        heard = heard + _unit_rms(noise(rng, len(speech))) * 10 ** (-snr_db / 20)
    if room_tone:
        tone = _unit_rms(coloured(rng, len(speech), rng.uniform(0, 2)))
        heard = heard + tone * 10 ** (-rng.uniform(50, 70) / 20)
    return Scene(_at_level(heard, level_dbfs), is_speech)


def noise_alone(rng: Drawn, noise: Noise, seconds: float, *, level_dbfs: float) -> Scene:
    """Noise in which nobody speaks."""
    n_samples = int(seconds * ANALYSIS_RATE_HZ) // HOP_SAMPLES * HOP_SAMPLES
    samples = _at_level(_unit_rms(noise(rng, n_samples)), level_dbfs)
    return Scene(samples, np.zeros(n_samples // LABEL_SAMPLES, np.bool_))


def _unit_rms(samples: Samples) -> Samples:
    return np.asarray(samples / (samples.std() + 1e-9), np.float64)


def _at_level(samples: Samples, level_dbfs: float) -> npt.NDArray[np.float32]:
    scaled = np.clip(samples * 10 ** (level_dbfs / 20), -1, 1)
    return scaled.astype(np.float32)
