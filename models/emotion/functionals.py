"""Statistics of a window of speech: what the emotion model sees.

After the functionals of GeMAPS (Eyben et al. 2016) with the modulation of the envelope (Wu, Falk
and Chan 2011, "Automatic speech emotion recognition using modulation spectral features"). None
of them changes with the microphone's gain: a level says more about the distance than the voice.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import scipy.fft

from dsp.clock import HOP_S
from models.emotion.descriptors import CEPSTRA, DESCRIPTORS, MODULATION_BANDS_HZ, Column
from models.emotion.windows import (
    SpeechHops,
    find_speech,
    mean_and_deviation,
    mean_where,
    percentiles,
    run_lengths,
)

Float32s = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Columns = dict[str, Float32s]

MAX_HOPS = 512
MODULATION_RANGES_HZ = ((1.0, 2.5), (2.5, 5.0), (5.0, 9.0), (9.0, 16.0))
MAX_SEMITONES_PER_HOP = 4.0
MIN_PAUSE_HOPS = 5
SYLLABLE_DIP_DB = 2.0
_SYLLABLE_REACH_HOPS = 5
# How far below its loud hops an envelope is followed: further down is the room.
_ENVELOPE_RANGE_DB = 40.0

_VOICED_COLOURS = {
    "alpha": Column.ALPHA_RATIO,
    "high": Column.HIGH_RATIO,
    "hammarberg": Column.HAMMARBERG,
    "slope_low": Column.SLOPE_LOW,
    "slope_middle": Column.SLOPE_MIDDLE,
    "slope_high": Column.SLOPE_HIGH,
    "centroid": Column.CENTROID,
    "h1_h2": Column.H1_H2,
    "h1_a1": Column.H1_A1,
    "h1_a2": Column.H1_A2,
    "h1_a3": Column.H1_A3,
    "harmonicity": Column.HARMONICITY,
}
_UNVOICED_COLOURS = {
    name: _VOICED_COLOURS[name]
    for name in ("alpha", "high", "hammarberg", "centroid", "slope_low", "slope_middle")
}


@dataclass(frozen=True, slots=True)
class WindowFeatures:
    """What is known of each window.

    Attributes
    ----------
    values : float32, shape (n, len(feature_names()))
        NaN where a window has nothing to measure it on.
    voiced_s : float32, shape (n,)
        Seconds of voice in the window.
    """

    values: Float32s
    voiced_s: Float32s


def summarise_windows(descriptors: Float32s, present: Flags) -> WindowFeatures:
    """Summarise windows of speech.

    Parameters
    ----------
    descriptors : float32, shape (n, n_hops, DESCRIPTORS)
        `describe_hops` of consecutive hops, oldest first; at most `MAX_HOPS` of them.
    present : bool, shape (n, n_hops)
        False where a shorter window was padded.

    Returns
    -------
    WindowFeatures

    Raises
    ------
    ValueError
        The windows are too long, or the shapes do not fit.
    """
    if descriptors.shape[:2] != present.shape:
        raise ValueError(f"windows of {descriptors.shape[:2]} hops, flags of {present.shape}")
    if descriptors.shape[1] > MAX_HOPS:
        raise ValueError(f"{descriptors.shape[1]} hops in a window; cut it at {MAX_HOPS}")
    speech = find_speech(descriptors, present)
    values = np.stack(list(_functionals(descriptors, speech).values()), axis=1)
    voiced_s = speech.voiced.sum(axis=1).astype(np.float32) * np.float32(HOP_S)
    return WindowFeatures(values.astype(np.float32), voiced_s)


@cache
def feature_names() -> tuple[str, ...]:
    """Names of the columns of `WindowFeatures.values`."""
    nothing = np.zeros((1, 4, DESCRIPTORS), np.float32)
    return tuple(_functionals(nothing, find_speech(nothing, np.ones((1, 4), np.bool_))))


def _functionals(descriptors: Float32s, speech: SpeechHops) -> Columns:
    level = descriptors[:, :, Column.LEVEL]
    return {
        **_pitch(descriptors, speech),
        **_dynamics(level, speech),
        **_rhythm(level, speech),
        **_colour(descriptors, speech),
        **_modulation(descriptors, speech),
    }


def _pitch(descriptors: Float32s, speech: SpeechHops) -> Columns:
    semitones, voiced = speech.semitones, speech.voiced
    mean, deviation = mean_and_deviation(semitones, voiced)
    p5, p20, p50, p80, p95 = percentiles(semitones, voiced, (5, 20, 50, 80, 95)).T
    step = np.diff(semitones, axis=1)
    glide = np.abs(np.nan_to_num(step, nan=np.inf)) < MAX_SEMITONES_PER_HOP
    return {
        "pitch_mean": mean,
        "pitch_deviation": deviation,
        "pitch_p5": p5,
        "pitch_p20": p20,
        "pitch_p50": p50,
        "pitch_p80": p80,
        "pitch_p95": p95,
        "pitch_range_20_80": p80 - p20,
        "pitch_range_5_95": p95 - p5,
        "pitch_glide": mean_where(np.abs(step), glide),
        "pitch_rise": mean_where(step, glide & (step > 0)),
        "pitch_fall": mean_where(step, glide & (step < 0)),
        "pitch_step": mean_where(step, glide),
        "pitch_slope": _slope_per_s(semitones, voiced),
        "pitch_unsteadiness": _unsteadiness(descriptors, voiced),
    }


def _slope_per_s(values: Float32s, mask: Flags) -> Float32s:
    time_s = np.broadcast_to(np.arange(values.shape[1], dtype=np.float32) * HOP_S, values.shape)
    centred_s = time_s - mean_where(time_s, mask)[:, None]
    centred = values - mean_where(values, mask)[:, None]
    covariance = mean_where(centred_s * centred, mask)
    return np.asarray(covariance / (mean_where(np.square(centred_s), mask) + 0.01))


def _unsteadiness(descriptors: Float32s, voiced: Flags) -> Float32s:
    """Logarithm of the mean bend of the pitch contour between 10 ms frames: near to jitter."""
    frames = descriptors[:, :, Column.SEMITONES_EARLY : Column.CONFIDENCE]
    contour = frames.reshape(len(frames), -1)
    bend = np.abs(np.diff(contour, n=2, axis=1))
    steady = np.repeat(voiced, 2, axis=1)
    inside = steady[:, :-2] & steady[:, 1:-1] & steady[:, 2:]
    inside &= np.nan_to_num(bend, nan=np.inf) < 2
    return np.asarray(np.log(mean_where(bend, inside) + 1e-3))


def _dynamics(level: Float32s, speech: SpeechHops) -> Columns:
    relative = level - speech.loud_db[:, None]
    mean, deviation = mean_and_deviation(relative, speech.active)
    p20, p50, p80 = percentiles(relative, speech.active, (20, 50, 80)).T
    step = np.diff(level, axis=1)
    both = speech.active[:, 1:] & speech.active[:, :-1]
    voiced = speech.voiced
    three = voiced[:, :-2] & voiced[:, 1:-1] & voiced[:, 2:]
    return {
        "level_mean": mean,
        "level_deviation": deviation,
        "level_p20": p20,
        "level_p50": p50,
        "level_p80": p80,
        "level_step": mean_where(np.abs(step), both),
        "level_rise": mean_where(step, both & (step > 0)),
        "level_fall": mean_where(step, both & (step < 0)),
        "level_unsteadiness": mean_where(np.abs(np.diff(level, n=2, axis=1)), three),
    }


def _rhythm(level: Float32s, speech: SpeechHops) -> Columns:
    spoken_s = np.maximum(speech.spoken.sum(axis=1), 1).astype(np.float32) * np.float32(HOP_S)
    stretch, stretch_ends = run_lengths(speech.voiced)
    mean_stretch, stretch_deviation = mean_and_deviation(stretch, stretch_ends)
    pause, pause_ends = run_lengths(speech.spoken & ~speech.active)
    pauses = (pause_ends & (pause > MIN_PAUSE_HOPS)).sum(axis=1)
    syllables = (_syllable_peaks(level, speech) & speech.voiced).sum(axis=1)
    return {
        "voiced_share": mean_where(speech.voiced.astype(np.float32), speech.spoken),
        "voiced_stretches_per_s": stretch_ends.sum(axis=1) / spoken_s,
        "voiced_stretch": mean_stretch,
        "voiced_stretch_deviation": stretch_deviation,
        "pause_share": mean_where((~speech.active).astype(np.float32), speech.spoken),
        "pauses_per_s": pauses / spoken_s,
        "syllables_per_s": syllables / spoken_s,
        "envelope_motion": mean_where(
            np.abs(np.diff(_envelope(level, speech), axis=1)), speech.spoken[:, 1:]
        ),
    }


def _envelope(level: Float32s, speech: SpeechHops) -> Float32s:
    """Level, smoothed over three hops; the room's part, and all outside the speech, cut off."""
    floor = speech.loud_db[:, None] - _ENVELOPE_RANGE_DB
    framed = _frame(np.where(speech.spoken, np.maximum(level, floor), floor), floor, 1)
    return np.asarray((framed[:, :-2] + framed[:, 1:-1] + framed[:, 2:]) / 3)


def _syllable_peaks(level: Float32s, speech: SpeechHops) -> Flags:
    """Peaks of the envelope with a dip on both sides, after De Jong and Wempe (2009)."""
    envelope = _envelope(level, speech)
    reach, hops = _SYLLABLE_REACH_HOPS, envelope.shape[1]
    framed = _frame(envelope, speech.loud_db[:, None] - _ENVELOPE_RANGE_DB, reach)
    around = np.stack([framed[:, shift : shift + hops] for shift in range(2 * reach + 1)])
    is_peak = (envelope > around[reach - 1]) & (envelope >= around[reach - 2 : reach + 3].max(0))
    rises = envelope - around[:reach].min(axis=0) >= SYLLABLE_DIP_DB
    falls = envelope - around[reach + 1 :].min(axis=0) >= SYLLABLE_DIP_DB
    return np.asarray(is_peak & rises & falls)


def _frame(envelope: Float32s, floor: Float32s, hops: int) -> Float32s:
    """Put `hops` hops at the floor before and after, whatever the window was padded with."""
    edge = np.broadcast_to(floor, (len(envelope), hops))
    return np.concatenate([edge, envelope, edge], axis=1)


def _colour(descriptors: Float32s, speech: SpeechHops) -> Columns:
    columns = [*_VOICED_COLOURS.values(), *range(Column.CEPSTRA, Column.CEPSTRA + CEPSTRA)]
    names = [*_VOICED_COLOURS, *(f"cepstrum_{number}" for number in range(1, CEPSTRA + 1))]
    mean, deviation = mean_and_deviation(descriptors[:, :, columns], speech.voiced)
    unvoiced = mean_where(
        descriptors[:, :, list(_UNVOICED_COLOURS.values())], speech.active & ~speech.voiced
    )
    motion = np.abs(np.diff(descriptors[:, :, Column.CEPSTRA :], axis=1))
    both = speech.voiced[:, 1:] & speech.voiced[:, :-1]
    cepstrum_motion = mean_where(motion, both)
    return {
        **{f"{name}_mean": mean[:, i] for i, name in enumerate(names)},
        **{f"{name}_deviation": deviation[:, i] for i, name in enumerate(names)},
        **{f"{name}_unvoiced": unvoiced[:, i] for i, name in enumerate(_UNVOICED_COLOURS)},
        **{f"cepstrum_{i + 1}_motion": cepstrum_motion[:, i] for i in range(CEPSTRA)},
        "flux": mean_where(np.sqrt(np.square(motion).sum(axis=2)), both),
    }


def _modulation(descriptors: Float32s, speech: SpeechHops) -> Columns:
    """Power of the envelope's movements by speed, in the whole band and in four ranges."""
    first_band, bands = Column.BAND_LEVELS, len(MODULATION_BANDS_HZ)
    levels = descriptors[:, :, [Column.LEVEL, *range(first_band, first_band + bands)]]
    loudest = np.where(speech.spoken[:, :, None], levels, -np.inf).max(axis=1, keepdims=True)
    levels = np.maximum(levels, loudest - _ENVELOPE_RANGE_DB)
    count = np.maximum(speech.spoken.sum(axis=1), 1).astype(np.float32)
    centred = np.nan_to_num(levels - mean_where(levels, speech.spoken)[:, None])
    weighted = centred * _hann(speech.spoken, count)[:, :, None]
    bins = scipy.fft.rfft(weighted, MAX_HOPS, axis=1)
    power = (np.square(bins.real) + np.square(bins.imag)) / count[:, None, None]
    names = ("whole", *(f"{low}_{high}_hz" for low, high in MODULATION_BANDS_HZ))
    columns: Columns = {}
    for low_hz, high_hz in MODULATION_RANGES_HZ:
        inside = slice(*(int(np.ceil(hz * MAX_HOPS * HOP_S)) for hz in (low_hz, high_hz)))
        speed_db = 10 * np.log10(power[:, inside].mean(axis=1) + 1e-3)
        columns |= {f"modulation_{n}_{low_hz:g}_hz": speed_db[:, i] for i, n in enumerate(names)}
    return columns


def _hann(spoken: Flags, count: Float32s) -> Float32s:
    since_start = np.cumsum(spoken, axis=1, dtype=np.float32)
    phase = since_start / (count[:, None] + 1)
    return np.where(spoken, 0.5 - 0.5 * np.cos(2 * np.pi * phase), 0).astype(np.float32)
