from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal_server.protocol.fields import Options, Strictness
from rehearsal_server.session.following import HeardEnd, Position
from rehearsal_server.session.line_end import is_over, silence_that_ends_ms


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


def heard(
    share: float, *, fit: float = 1.0, is_joined: bool = True, silent_ms: int = 0
) -> Position:
    """All words said, so many of them surely heard."""
    end = HeardEnd(silent_ms, fit, is_joined)
    return Position(10, 10, fraction=1.0, confidence=0.9, end=end, heard_share=share)


@pytest.mark.parametrize(
    ("position", "silence_ms"),
    [
        (heard(1.0), 130),
        (heard(0.7), 230),
        (heard(0.6), 630),
        (heard(0.5), None),
        (heard(1.0, is_joined=False), 430),
        (heard(1.0, fit=-1.0), 330),
        (heard(1.0, fit=-9.0), 430),
    ],
)
def test_the_surer_the_end_the_less_silence_it_takes(
    position: Position, silence_ms: int | None
) -> None:
    assert silence_that_ends_ms(position, "auto") == silence_ms


@pytest.mark.parametrize(
    ("strictness", "silence_ms"), [("gist", 230), ("close", 630), ("word_perfect", None)]
)
def test_strictness_asks_for_more_of_the_words(
    strictness: Strictness, silence_ms: int | None
) -> None:
    assert silence_that_ends_ms(heard(0.6), "auto", strictness) == silence_ms


def test_words_that_are_left_are_waited_for() -> None:
    left = Position(9, 10, fraction=0.9, confidence=0.9, heard_share=0.9)
    by_pace = silence_that_ends_ms(said(0.9), "auto")
    by_words = silence_that_ends_ms(left, "auto")
    assert by_pace is not None
    assert by_words == by_pace + 500
    assert silence_that_ends_ms(left, "auto", "word_perfect") is None


def test_words_of_another_line_never_end_this_one() -> None:
    other = Position(9, 10, fraction=0.9, confidence=0.2, heard_share=0.3)
    assert silence_that_ends_ms(other, "auto") is None


def test_the_last_word_ends_a_line_before_the_voice_activity_does() -> None:
    done = heard(1.0, silent_ms=140)
    assert is_over(done, 0, Options(), patience_ms=0)
    assert not is_over(done, 0, Options(), patience_ms=500)
    assert not is_over(done, 0, Options(advance="silence"), patience_ms=0)
    assert not is_over(done, 9000, Options(advance="manual"), patience_ms=0)
