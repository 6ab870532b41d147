"""Where somebody may have said "um" or "uh": candidates from the sound alone.

A hesitation starts after a silence and holds one vowel, at one pitch, longer than a word would.
That is what is looked for; a vowel drawn out for effect looks the same. So these are candidates:
`python -m benchmarks.voice_measures` finds 9 of 13 labelled ones in 77 s of free speech, with 3
false ones, and 1 false one a minute in read speech. Count fillers by a verbatim recogniser where
there is one.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from dsp.clock import ANALYSIS_RATE_HZ
from dsp.mel import BAND_CENTRES_HZ, mel_power
from dsp.rhythm import Intervals, speech_intervals
from dsp.spectrum import WINDOW_SAMPLES, power_spectrum

Float64s = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

STEP_S = 0.01
MIN_LENGTH_S = 0.2
# Compared over a tenth of a second, within which running speech has moved to the next sound.
COMPARED_STEPS = 10
MAX_SPECTRAL_CHANGE_DB = 4.0
MAX_PITCH_CHANGE_ST = 1.6
MAX_LEVEL_CHANGE_DB = 6.0
MAX_PITCH_RANGE_ST = 2.5
MAX_GAP_S = 0.02  # one unlucky frame does not end a vowel
SILENCE_BEFORE_S = 0.12
SILENCE_WITHIN_S = 0.32  # before the vowel settles
# Silence is the lowest quarter of what lies between the line's quiet and its loud frames, in dB.
SILENCE_SHARE = 0.25

_HIGHEST_HZ = 4_000
_FLOOR_POWER = 1e-12


def filled_pause_candidates(
    samples: npt.NDArray[np.float32], f0_hz: npt.NDArray[np.floating], *, frame_s: float
) -> Intervals:
    """Find sustained, flat, steady vowels that follow a silence.

    Parameters
    ----------
    samples : float32, shape (n,)
        The line at the analysis rate.
    f0_hz : float, shape (n_frames,)
        Its F0; frame ``i`` is centred at ``i * frame_s``, NaN or 0 where unvoiced.
    frame_s : float > 0, seconds

    Returns
    -------
    float64, shape (n_candidates, 2)
        ``[start, end)``, seconds after the line's first sample.

    Raises
    ------
    ValueError
        `samples` or `f0_hz` is not 1-D, or `frame_s` is not positive.
    """
    if samples.ndim != 1 or f0_hz.ndim != 1:
        raise ValueError(f"need one line and one contour, not {samples.shape} and {f0_hz.shape}")
    if frame_s <= 0:
        raise ValueError(f"frame_s is {frame_s}; it is the seconds from one F0 frame to the next")
    spectra_db = _mel_spectra_db(samples)
    if len(spectra_db) <= COMPARED_STEPS or not len(f0_hz):
        return np.zeros((0, 2))
    nearest = np.round(np.arange(len(spectra_db)) * STEP_S / frame_s).astype(np.intp)
    pitch_st = _semitones(f0_hz[np.minimum(nearest, len(f0_hz) - 1)])
    vowels = _vowels(speech_intervals(_is_steady(spectra_db, pitch_st), hop_s=STEP_S))
    silent = _is_silent(spectra_db)
    found = [
        (start, end)
        for start, end in vowels
        if end - start >= MIN_LENGTH_S
        and _pitch_range_st(pitch_st, start, end) <= MAX_PITCH_RANGE_ST
        and _follows_silence(silent, start)
    ]
    return np.array(found, np.float64).reshape(-1, 2)


def _mel_spectra_db(samples: npt.NDArray[np.float32]) -> Float64s:
    """Mel bands below 4 kHz in pairs, a row every `STEP_S`, centred on its time."""
    half = WINDOW_SAMPLES // 2
    step_samples = round(STEP_S * ANALYSIS_RATE_HZ)
    windows = sliding_window_view(np.pad(samples, half), WINDOW_SAMPLES)[::step_samples]
    bands = mel_power(power_spectrum(windows.copy()))[:, BAND_CENTRES_HZ < _HIGHEST_HZ]
    pairs = bands[:, : bands.shape[1] // 2 * 2].reshape(len(bands), -1, 2).sum(axis=2)
    return np.asarray(10 * np.log10(np.maximum(pairs, _FLOOR_POWER)), np.float64)


def _semitones(f0_hz: npt.NDArray[np.floating]) -> Float64s:
    return np.where(f0_hz > 0, 12 * np.log2(np.where(f0_hz > 0, f0_hz, 1.0)), np.nan)


def _is_steady(spectra_db: Float64s, pitch_st: Float64s) -> Flags:
    """Frames round which, for half a span to each side, colour, level and pitch hardly change."""
    level_db = spectra_db.mean(axis=1)
    colour_db = spectra_db - level_db[:, None]
    change_db = np.sqrt(np.mean(np.square(_change(colour_db)), axis=1))
    with_pitch = np.abs(_change(pitch_st)) < MAX_PITCH_CHANGE_ST  # false where unvoiced
    with_level = np.abs(_change(level_db)) < MAX_LEVEL_CHANGE_DB
    spans = (change_db < MAX_SPECTRAL_CHANGE_DB) & with_pitch & with_level
    return np.pad(spans, COMPARED_STEPS // 2)


def _change(values: Float64s) -> Float64s:
    return values[COMPARED_STEPS:] - values[:-COMPARED_STEPS]


def _vowels(steady_centres: Intervals) -> list[tuple[float, float]]:
    """Close short gaps, then add the half spans on which the first and last centre rest."""
    joined: list[tuple[float, float]] = []
    for start, end in steady_centres.tolist():
        if joined and start - joined[-1][1] <= MAX_GAP_S + STEP_S / 2:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    half_span_s = COMPARED_STEPS // 2 * STEP_S
    return [(start - half_span_s, end + half_span_s) for start, end in joined]


def _pitch_range_st(pitch_st: Float64s, start_s: float, end_s: float) -> float:
    inside = pitch_st[round(start_s / STEP_S) : round(end_s / STEP_S)]
    return float(np.nanmax(inside) - np.nanmin(inside))


def _is_silent(spectra_db: Float64s) -> Flags:
    level_db = 10 * np.log10(np.sum(10 ** (spectra_db / 10), axis=1))
    level_db = np.convolve(level_db, np.full(3, 1 / 3), "same")
    quiet_db, loud_db = np.percentile(level_db, (5, 95))
    return np.asarray(level_db < quiet_db + SILENCE_SHARE * (loud_db - quiet_db))


def _follows_silence(silent: Flags, start_s: float) -> bool:
    """Whether the line begins here, or a long enough silence ends here."""
    start, within = round(start_s / STEP_S), round(SILENCE_WITHIN_S / STEP_S)
    if start < within:
        return True
    silences = speech_intervals(silent[start - within : start + 2], hop_s=STEP_S)
    return bool((silences[:, 1] - silences[:, 0] >= SILENCE_BEFORE_S - STEP_S / 2).any())
