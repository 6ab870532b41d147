from __future__ import annotations

import itertools
from math import nan

from hypothesis import given
from hypothesis import strategies as st

from dsp.clock import HOP_MS
from rehearsal_server.session.emotion_windows import (
    MAX_WINDOW_MS,
    MIN_SPEECH_MS,
    MIN_WINDOW_MS,
    STEP_MS,
    WindowPlanner,
)
from rehearsal_server.session.hop import Hop
from rehearsal_server.session.intervals import Span


def windows(speech: list[bool], since_ms: int | None = 0) -> list[Span]:
    planner = WindowPlanner()
    found = [
        planner.hear(Hop((n + 1) * HOP_MS, -30.0, -30.0, nan, spoken), since_ms)
        for n, spoken in enumerate(speech)
    ]
    return [span for span in found if span is not None]


def test_first_window_is_short_then_one_comes_each_half_second_and_they_grow_to_three() -> None:
    found = windows([True] * 200)
    assert found[0] == Span(0, MIN_WINDOW_MS)
    assert [b.end_ms - a.end_ms for a, b in itertools.pairwise(found)] == [STEP_MS] * 5
    assert found[-1].length_ms == MAX_WINDOW_MS


def test_nothing_before_the_actors_line_is_in_a_window() -> None:
    found = windows([True] * 200, since_ms=1010)
    assert found[0].start_ms == 1010
    assert found[0].length_ms >= MIN_WINDOW_MS


def test_while_somebody_else_has_the_line_nothing_is_planned() -> None:
    assert windows([True] * 200, since_ms=None) == []


def test_silence_and_scattered_sounds_are_not_judged() -> None:
    assert windows([False] * 500) == []
    assert windows(([True] * 5 + [False] * 20) * 20) == []


@given(st.lists(st.booleans(), max_size=400), st.integers(0, 3000))
def test_every_window_is_of_a_length_and_holds_enough_speech(
    speech: list[bool], since_ms: int
) -> None:
    for window in windows(speech, since_ms):
        assert MIN_WINDOW_MS <= window.length_ms <= MAX_WINDOW_MS
        assert window.start_ms >= since_ms
        inside = [
            n for n in range(len(speech)) if window.start_ms < (n + 1) * HOP_MS <= window.end_ms
        ]
        assert sum(speech[n] for n in inside) * HOP_MS >= MIN_SPEECH_MS
