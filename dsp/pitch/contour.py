"""The pitch of a whole line, for when there is time to hear it from both ends.

pyworld is imported here and nowhere else in the product.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyworld

from dsp.clock import ANALYSIS_RATE_HZ
from dsp.framing import HopFramer
from dsp.pitch.ranges import VOICE, PitchRange
from dsp.pitch.tracker import FRAME_STEP_SAMPLES, LOOK_AHEAD_SAMPLES, RangeTracker
from dsp.pitch.voicing import VoiceUnit

Samples = npt.NDArray[np.float32]
Contour = npt.NDArray[np.float64]

FRAME_S = FRAME_STEP_SAMPLES / ANALYSIS_RATE_HZ
# Less than live, where a frame has been heard from one end only.
VOICED_FROM = 0.3
# The two directions agree within this; where they do not, the more confident one is right.
_SAME_PITCH = 0.1
# StoneMask moves F0 by less than this, or it has slipped to something else.
_FURTHEST_CENTS = 100.0
# Nobody speaks a line over more than about three octaves.
_FURTHEST_FROM_MEDIAN = 3.0
_SMOOTHING = np.array([0.25, 0.5, 0.25])


def refined_contour(samples: Samples) -> Contour:
    """F0 of a line.

    The live tracker hears the line forwards and backwards, so that both ends of each voiced
    stretch are heard with the voice behind them; pyworld's StoneMask [1]_ then refines F0 by
    instantaneous frequency. Harvest, the other way to begin, finds the same pitches but calls
    most gaps voiced, and costs more (`python -m benchmarks.pitch`).

    Parameters
    ----------
    samples : float32, shape (n_samples,)
        The line at the analysis rate, in [-1, 1].

    Returns
    -------
    float64, shape (n_samples // FRAME_STEP_SAMPLES + 1,)
        Frame ``i`` is centred at ``i * FRAME_S``; NaN where unvoiced.

    Raises
    ------
    ValueError
        `samples` is not 1-D.

    References
    ----------
    .. [1] M. Morise, F. Yokomori, K. Ozawa (2016), "WORLD: a vocoder-based high-quality speech
       synthesis system for real-time applications", IEICE Trans. Inf. & Syst. E99-D(7).
    """
    if samples.ndim != 1:
        raise ValueError(
            f"a line has shape (n_samples,); mono samples are 1-D, not {samples.shape}"
        )
    whole = len(samples) // FRAME_STEP_SAMPLES * FRAME_STEP_SAMPLES
    # One sample more than whole steps: then the frames of both directions fall together.
    line = np.append(samples[:whole], np.float32(0))
    f0_hz, confidence = _follow_both_ways(line, VOICE)
    usual = _usual_range(f0_hz[confidence >= VOICED_FROM])
    if usual is not None:
        f0_hz, confidence = _follow_both_ways(line, usual)
    return np.where(confidence >= VOICED_FROM, _refine(line, f0_hz), np.nan)


def _usual_range(f0_hz: Contour) -> PitchRange | None:
    """What to listen again for, if some of a line lies where its speaker can't be.

    After De Looze & Hirst (2008), "Detecting changes in key and range for the automatic modelling
    and coding of intonation", with the median in place of the quartiles: errors are often more
    than a quarter, when a low voice hums and one of its harmonics stands out.
    """
    if not len(f0_hz):
        return None
    median_hz = float(np.median(f0_hz))
    floor_hz = max(VOICE.floor_hz, median_hz / _FURTHEST_FROM_MEDIAN)
    ceiling_hz = min(VOICE.ceiling_hz, median_hz * _FURTHEST_FROM_MEDIAN)
    if floor_hz <= f0_hz.min() and f0_hz.max() <= ceiling_hz:
        return None
    return replace(VOICE, floor_hz=floor_hz, ceiling_hz=ceiling_hz)


def _follow_both_ways(line: Samples, pitch_range: PitchRange) -> tuple[Contour, Contour]:
    forwards_hz, forwards = _follow(line, pitch_range)
    backwards_hz, backwards = (found[::-1] for found in _follow(line[::-1], pitch_range))
    same = np.abs(forwards_hz / backwards_hz - 1) < _SAME_PITCH
    surer_hz = np.where(forwards >= backwards, forwards_hz, backwards_hz)
    f0_hz = np.where(same, np.sqrt(forwards_hz * backwards_hz), surer_hz)
    confidence = np.convolve(np.pad((forwards + backwards) / 2, 1, "edge"), _SMOOTHING, "valid")
    return f0_hz, confidence


def _follow(line: Samples, pitch_range: PitchRange) -> tuple[Contour, Contour]:
    """F0, voiced or not, and confidence of each frame in the line."""
    n_frames = len(line) // FRAME_STEP_SAMPLES + 1
    hops = HopFramer().push(np.pad(line, (0, 2 * LOOK_AHEAD_SAMPLES)))
    unit = VoiceUnit.trained()
    tracker, slot = RangeTracker(1, pitch_range, unit), np.zeros(1, np.intp)
    steps = [tracker.follow(slot, hop[None]) for hop in hops]
    # The first hop's earlier frame lies before the line.
    inside = slice(1, n_frames + 1)
    evidence = np.concatenate([step.evidence[:, 0] for step in steps])[inside]
    f0_hz = np.concatenate([step.path.f0_hz[:, 0] for step in steps])[inside]
    return f0_hz.astype(np.float64), unit.probability(evidence).astype(np.float64)


def _refine(line: Samples, f0_hz: Contour) -> Contour:
    times_s = np.arange(len(f0_hz)) * FRAME_S
    refined_hz = pyworld.stonemask(line.astype(np.float64), f0_hz, times_s, ANALYSIS_RATE_HZ)
    cents = 1200 * np.abs(np.log2(np.maximum(refined_hz, 1.0) / f0_hz))
    refined: Contour = np.where(cents < _FURTHEST_CENTS, refined_hz, f0_hz)
    return refined
