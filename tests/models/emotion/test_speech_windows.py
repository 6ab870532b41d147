"""Windows of the last three seconds, due after every half second of speech."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.emotion.descriptors import DESCRIPTORS
from models.emotion.speech_windows import MIN_SPEECH_HOPS, STEP_HOPS, WINDOW_HOPS, SpeechWindows

SLOT = np.array([0])


def rows(number: int, count: int = 1) -> np.ndarray:
    return np.full((count, DESCRIPTORS), number, np.float32)


def due_at(speech: list[bool]) -> list[int]:
    windows = SpeechWindows(1)
    return [
        hop
        for hop, spoken in enumerate(speech)
        if len(windows.step(SLOT, rows(hop), np.array([spoken])))
    ]


def test_first_window_waits_for_a_second_of_speech_then_one_each_half_second() -> None:
    due = due_at([True] * 150)
    assert due[0] == MIN_SPEECH_HOPS - 1
    assert np.diff(due).tolist() == [STEP_HOPS] * (len(due) - 1)


def test_silence_asks_for_nothing() -> None:
    due = due_at([True] * 60 + [False] * 300 + [True] * 60)
    assert [hop for hop in due if 60 <= hop < 360 + MIN_SPEECH_HOPS - 1] == []
    assert due[-1] >= 360 + MIN_SPEECH_HOPS - 1


@given(st.integers(1, 400))
def test_window_holds_the_newest_hops_in_order(count: int) -> None:
    windows = SpeechWindows(1)
    for hop in range(count):
        windows.step(SLOT, rows(hop), np.array([True]))
    held = windows.window(0)[:, 0].astype(int).tolist()
    assert held == list(range(max(0, count - WINDOW_HOPS), count))


def test_streams_do_not_mix_whatever_the_batch() -> None:
    together, alone = SpeechWindows(4), SpeechWindows(4)
    rng = np.random.default_rng(5)
    for hop in range(200):
        slots = rng.permutation(4)[: rng.integers(1, 5)]
        spoken = rng.random(len(slots)) < 0.8
        due = together.step(slots, rows(hop, len(slots)), spoken)
        singly = [alone.step(slots[[row]], rows(hop), spoken[[row]]) for row in range(len(slots))]
        np.testing.assert_array_equal(due, np.concatenate(singly))
    for slot in range(4):
        np.testing.assert_array_equal(together.window(slot), alone.window(slot))


def test_reset_forgets_and_growth_keeps() -> None:
    windows = SpeechWindows(2)
    for hop in range(10):
        windows.step(np.array([0, 1]), rows(hop, 2), np.array([True, True]))
    windows.reset(np.array([0]))
    windows.resize(3)
    assert len(windows.window(0)) == 0
    assert len(windows.window(1)) == 10
    assert len(windows.window(2)) == 0
