"""Where the glottis closed: one instant for each period of voiced speech."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from dsp.clock import ANALYSIS_RATE_HZ

Float64s = npt.NDArray[np.float64]

# The next period is looked for from 0.8 to 1.25 of what the F0 contour expects.
SHORTEST_STEP, LONGEST_STEP = 0.8, 1.25
# Praat's thresholds for the correlation of neighbouring periods and for their peak (as a share of
# the loudest sample): within a voiced stretch, and for the one pulse that may lie beyond its edge.
MIN_CORRELATION, MIN_PEAK_SHARE = 0.3, 0.01
MIN_EDGE_CORRELATION, MIN_EDGE_PEAK_SHARE = 0.7, 0.0233


def glottal_pulses(samples: Float64s, f0_hz: Float64s, *, frame_s: float) -> list[Float64s]:
    """Mark the periods of each voiced stretch by waveform matching.

    From the largest sample in the middle of a stretch, the search goes left and right to where one
    period of the waveform resembles the last most, as Praat's "To PointProcess (cc)" does.

    Parameters
    ----------
    samples : float64, shape (n,)
        At the analysis rate, without constant offset.
    f0_hz : float64, shape (n_frames,)
        Frame ``i`` is centred at ``i * frame_s``; NaN or 0 where unvoiced.
    frame_s : float > 0, seconds

    Returns
    -------
    list of float64, each of shape (n_pulses,)
        Seconds, rising; one array for each voiced stretch, empty ones left out.

    Notes
    -----
    Deviations from Praat 6: the given F0 contour decides the stretches and is read to the nearest
    frame; windows are whole samples long.
    """
    pulses = []
    loudest = float(np.abs(samples).max(initial=0.0))
    for first, end in _voiced_stretches(f0_hz):
        stretch = _Stretch(samples, f0_hz[first:end], first, frame_s * ANALYSIS_RATE_HZ)
        found = stretch.pulses(loudest)
        if len(found):
            pulses.append(found / ANALYSIS_RATE_HZ)
    return pulses


def _voiced_stretches(f0_hz: Float64s) -> Iterator[tuple[int, int]]:
    edges = np.diff(np.concatenate(([False], f0_hz > 0, [False])).astype(np.int8))
    yield from zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True)


class _Stretch:
    """One voiced stretch; all positions are fractional samples."""

    def __init__(
        self, samples: Float64s, f0_hz: Float64s, first_frame: int, frame_samples: float
    ) -> None:
        self._samples = samples
        self._periods = (ANALYSIS_RATE_HZ / f0_hz).tolist()
        self._first_frame = first_frame
        self._frame_samples = frame_samples
        self._start = (first_frame - 0.5) * frame_samples
        self._end = self._start + len(f0_hz) * frame_samples

    def pulses(self, loudest: float) -> Float64s:
        middle = self._largest_near((self._start + self._end) / 2)
        if middle is None:
            return np.zeros(0)
        before = self._walk(middle, -1, loudest)
        after = self._walk(middle, 1, loudest)
        return np.array([*reversed(before), middle, *after])

    def _walk(self, position: float, direction: int, loudest: float) -> list[float]:
        kept: list[float] = []
        while True:
            period = self._period_at(position)
            found = self._most_alike(position, direction, period)
            if found is None:
                return kept
            position, correlation = found
            peak_share = self._peak_near(position, period) / loudest
            if not self._start <= position <= self._end:
                if correlation > MIN_EDGE_CORRELATION and peak_share > MIN_EDGE_PEAK_SHARE:
                    kept.append(position)
                return kept
            if correlation > MIN_CORRELATION and peak_share > MIN_PEAK_SHARE:
                kept.append(position)

    def _most_alike(
        self, position: float, direction: int, period: float
    ) -> tuple[float, float] | None:
        """Where the waveform of one period round `position` comes again, and how well it fits."""
        n = round(period)
        start = round(position) - n // 2
        near, far = int(SHORTEST_STEP * period), int(LONGEST_STEP * period) + 1
        search = start + near if direction > 0 else start - far
        if min(start, search) < 0 or max(start + n, search + n + far - near) > len(self._samples):
            return None
        template = self._samples[start : start + n]
        searched = self._samples[search : search + n + far - near]
        correlations = _normalised_correlations(template, searched)
        at, correlation = _vertex(correlations, int(correlations.argmax()))
        return position + search + at - start, correlation

    def _period_at(self, position: float) -> float:
        frame = round(position / self._frame_samples) - self._first_frame
        period: float = self._periods[min(max(frame, 0), len(self._periods) - 1)]
        return period

    def _largest_near(self, position: float) -> float | None:
        half = self._period_at(position) / 2
        start = max(0, int(position - half))
        nearby = self._samples[start : int(position + half) + 1]
        if len(nearby) < 3 or not nearby.any():
            return None
        largest = int(np.abs(nearby).argmax())
        return start + _vertex(nearby * np.sign(nearby[largest]), largest)[0]

    def _peak_near(self, position: float, period: float) -> float:
        nearby = self._samples[max(0, int(position - period / 2)) : int(position + period / 2) + 1]
        return float(np.abs(nearby).max())


def _normalised_correlations(template: Float64s, searched: Float64s) -> Float64s:
    """Cosine between `template` and each window of `searched`."""
    energy = np.concatenate(([0.0], np.cumsum(np.square(searched))))
    window_energy = energy[len(template) :] - energy[: -len(template)]
    products = np.correlate(searched, template, "valid")
    scale = np.sqrt(np.maximum(window_energy * (template @ template), 1e-30))
    return np.asarray(products / scale)


def _vertex(values: Float64s, peak: int) -> tuple[float, float]:
    """Place and height of the parabola through a peak and its neighbours."""
    if not 0 < peak < len(values) - 1:
        return float(peak), float(values[peak])
    left, centre, right = values[peak - 1 : peak + 2]
    curvature = left - 2 * centre + right
    if curvature >= 0:
        return float(peak), float(centre)
    shift = 0.5 * (left - right) / curvature
    return float(peak + shift), float(centre - 0.25 * (left - right) * shift)
