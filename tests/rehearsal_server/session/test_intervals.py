from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rehearsal_server.session.intervals import Span, subtract, total_ms


@st.composite
def disjoint_spans(draw: st.DrawFn) -> list[Span]:
    edges = sorted(draw(st.sets(st.integers(0, 400), max_size=16)))
    return [Span(*pair) for pair in zip(edges[::2], edges[1::2], strict=False)]


def milliseconds(spans: list[Span]) -> set[int]:
    return {ms for span in spans for ms in range(span.start_ms, span.end_ms)}


@given(disjoint_spans(), disjoint_spans())
def test_subtracting_leaves_what_is_outside(spans: list[Span], holes: list[Span]) -> None:
    left = subtract(spans, holes)
    assert milliseconds(left) == milliseconds(spans) - milliseconds(holes)
    assert all(span.length_ms > 0 for span in left)


@given(disjoint_spans())
def test_the_total_is_every_millisecond_once(spans: list[Span]) -> None:
    assert total_ms(spans) == len(milliseconds(spans))
