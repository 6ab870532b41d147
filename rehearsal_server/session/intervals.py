"""Arithmetic on ``[start, end)`` intervals in whole milliseconds, sorted and disjoint."""

from __future__ import annotations

from typing import NamedTuple


class Span(NamedTuple):
    """A stretch of the stream."""

    start_ms: int
    end_ms: int

    @property
    def length_ms(self) -> int:
        """How long it lasts."""
        return self.end_ms - self.start_ms


def subtract(spans: list[Span], holes: list[Span]) -> list[Span]:
    """What is left of `spans` outside `holes`."""
    left = spans
    for hole in holes:
        left = [piece for span in left for piece in _without(span, hole)]
    return left


def total_ms(spans: list[Span]) -> int:
    """Summed length."""
    return sum(span.length_ms for span in spans)


def until(spans: list[Span], end_ms: int) -> list[Span]:
    """What is left of `spans` before `end_ms`."""
    return [Span(s.start_ms, min(s.end_ms, end_ms)) for s in spans if s.start_ms < end_ms]


def _without(span: Span, hole: Span) -> list[Span]:
    before = Span(span.start_ms, min(span.end_ms, hole.start_ms))
    after = Span(max(span.start_ms, hole.end_ms), span.end_ms)
    return [piece for piece in (before, after) if piece.length_ms > 0]
