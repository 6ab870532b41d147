from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal_server.session.following import Position
from rehearsal_server.session.line_end import silence_that_ends_ms


def said(fraction: float) -> Position:
    return Position(words_said=0, words=10, fraction=fraction, confidence=0.4)


@pytest.mark.parametrize(
    ("fraction", "silence_ms"),
    [(0.0, None), (0.39, None), (0.4, 2200), (0.6, 1200), (0.7, 950), (0.8, 700), (1.3, 400)],
)
def test_the_more_is_said_the_less_silence_it_takes(
    fraction: float, silence_ms: int | None
) -> None:
    assert silence_that_ends_ms(said(fraction), "auto") == silence_ms


@given(st.floats(0.4, 2), st.floats(0.4, 2))
def test_the_silence_never_grows_with_what_was_said(one: float, other: float) -> None:
    less, more = sorted((one, other))
    before = silence_that_ends_ms(said(less), "auto")
    after = silence_that_ends_ms(said(more), "auto")
    assert before is not None
    assert after is not None
    assert after <= before


@given(st.floats(0, 2))
def test_silence_advance_is_the_same_anywhere(fraction: float) -> None:
    assert silence_that_ends_ms(said(fraction), "silence") == 1200


@given(st.floats(0, 2))
def test_manual_advance_never_ends_a_line(fraction: float) -> None:
    assert silence_that_ends_ms(said(fraction), "manual") is None
