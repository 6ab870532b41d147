"""Two takes of a line as a drawing: pitch, level and tempo over the first take's time, in SVG.

Written by hand: three polylines and their axes need no plotting library, and an SVG is sharp on any
screen, prints, and can be read aloud.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from rehearsal_server.take_review import TakeFigures, TakeReview

Values = Sequence[float | None]

WIDTH = 820
LEFT, RIGHT, TOP = 58, 16, 74
PANEL, GAP = 130, 34
_FIRST, _SECOND, _TEMPO = "#1f5f99", "#c2571a", "#3c7a3c"
_STYLE = (
    "text{font:12px sans-serif;fill:#222}.title{font-size:15px;font-weight:bold}"
    ".axis{stroke:#bbb}.pause{fill:#ddd;fill-opacity:.6}polyline{fill:none;stroke-width:1.8}"
)


@dataclass(frozen=True)
class _Panel:
    """One drawing above the other.

    Attributes
    ----------
    title : str
    curves : sequence of (values, colour, dashes)
    low, high : float
    top : int
        Pixels from the upper edge.
    """

    title: str
    curves: Sequence[tuple[Values, str, str]]
    low: float
    high: float
    top: int

    def y(self, value: float) -> float:
        """Pixels of a value, clipped to the panel."""
        share = (value - self.low) / (self.high - self.low)
        return self.top + PANEL * (1 - min(1.0, max(0.0, share)))


def draw_review(review: TakeReview) -> str:
    """Draw a comparison as an SVG document."""
    contours = review.contours
    duration_s = max(len(contours.first_st), 1) * contours.step_s
    panels = _panels(review)
    height = panels[-1].top + PANEL + 2 * GAP
    body = [
        f"<title>{escape(_summary(review))}</title>",
        f"<desc>{escape(' '.join(_legend(review)))}</desc>",
        f"<style>{_STYLE}</style>",
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        f'<text class="title" x="{LEFT}" y="22">{escape(_summary(review))}</text>',
        *(
            f'<text x="{LEFT}" y="{42 + 17 * row}" style="fill:{colour}">{escape(text)}</text>'
            for row, (text, colour) in enumerate(
                zip(_legend(review), (_FIRST, _SECOND), strict=True)
            )
        ),
        *(part for panel in panels for part in _draw_panel(panel, review, duration_s)),
        *_time_axis(panels[-1].top + PANEL, duration_s),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img">{"".join(body)}</svg>\n'
    )


def _panels(review: TakeReview) -> list[_Panel]:
    c = review.contours
    pitch = [(c.first_st, _FIRST, ""), (c.second_st, _SECOND, "5 3")]
    level = [(c.first_dbfs, _FIRST, ""), (c.second_dbfs, _SECOND, "5 3")]
    tempo = [[None if t is None else math.log2(max(t, 0.25)) for t in c.tempo]]
    low_st, high_st = _bounds((c.first_st, c.second_st), margin=1.0, least=6.0)
    low_db, high_db = _bounds((c.first_dbfs, c.second_dbfs), margin=2.0, least=20.0)
    high_db_low = max(low_db, high_db - 50)
    return [
        _Panel("Pitch (semitones)", pitch, low_st, high_st, TOP),
        _Panel("Level (dBFS)", level, high_db_low, high_db, TOP + PANEL + GAP),
        _Panel(
            "Tempo of the second take (octaves; up is faster)",
            [(tempo[0], _TEMPO, "")],
            -1.5,
            1.5,
            TOP + 2 * (PANEL + GAP),
        ),
    ]


def _bounds(curves: Iterable[Values], *, margin: float, least: float) -> tuple[float, float]:
    values = [value for curve in curves for value in curve if value is not None]
    low, high = (min(values), max(values)) if values else (0.0, least)
    middle, half = (low + high) / 2, max(high - low, least) / 2 + margin
    return middle - half, middle + half


def _draw_panel(panel: _Panel, review: TakeReview, duration_s: float) -> Iterable[str]:
    bottom = panel.top + PANEL
    yield f'<text x="{LEFT}" y="{panel.top - 6}">{escape(panel.title)}</text>'
    for pause in review.first.pauses:
        x, end = _x(pause.start_s, duration_s), _x(pause.end_s, duration_s)
        yield (
            f'<rect class="pause" x="{x:.1f}" y="{panel.top}" width="{end - x:.1f}" '
            f'height="{PANEL}"/>'
        )
    for value in (panel.low, (panel.low + panel.high) / 2, panel.high):
        y = panel.y(value)
        yield f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:.0f}</text>'
    yield f'<line class="axis" x1="{LEFT}" x2="{LEFT}" y1="{panel.top}" y2="{bottom}"/>'
    for values, colour, dashes in panel.curves:
        for points in _runs(values, panel, review.contours.step_s, duration_s):
            yield (f'<polyline points="{points}" stroke="{colour}" stroke-dasharray="{dashes}"/>')


def _runs(values: Values, panel: _Panel, step_s: float, duration_s: float) -> Iterable[str]:
    """Points of each stretch without a gap."""
    run: list[str] = []
    for index, value in enumerate((*values, None)):
        if value is not None:
            run.append(f"{_x(index * step_s, duration_s):.1f},{panel.y(value):.1f}")
        elif run:
            yield " ".join(run if len(run) > 1 else run * 2)
            run = []


def _time_axis(y: int, duration_s: float) -> Iterable[str]:
    step_s = next((s for s in (0.5, 1, 2, 5, 10) if duration_s / s <= 10), 20)
    for number in range(int(duration_s / step_s) + 1):
        x = _x(number * step_s, duration_s)
        yield f'<line class="axis" x1="{x:.1f}" x2="{x:.1f}" y1="{y}" y2="{y + 5}"/>'
        yield f'<text x="{x:.1f}" y="{y + 19}" text-anchor="middle">{number * step_s:g} s</text>'


def _x(time_s: float, duration_s: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * min(time_s / duration_s, 1.0)


def _summary(review: TakeReview) -> str:
    text = review.line_text
    return f"“{text if len(text) <= 80 else text[:79] + '…'}”"


def _legend(review: TakeReview) -> tuple[str, str]:
    return _told("first", review.first), _told("second, dashed", review.second)


def _told(name: str, take: TakeFigures) -> str:
    parts = [f"{name}: {take.duration_s:.1f} s"]
    if take.pitch_range_st is not None:
        parts.append(f"range {take.pitch_range_st:.0f} semitones")
    if take.speech_rate is not None:
        parts.append(f"{take.speech_rate:.1f} syllables/s")
    parts.append(f"{len(take.pauses)} pauses")
    if take.emotion is not None and take.emotion.arousal is not None:
        parts.append(f"arousal {take.emotion.arousal:+.2f}")
    if take.emotion is not None and take.emotion.valence is not None:
        parts.append(f"valence {take.emotion.valence:+.2f}")
    return ", ".join(parts)
