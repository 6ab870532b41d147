"""Alignment on made-up scores whose best path is known."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from models.pronunciation.alignment import BETWEEN_WORDS, Aligned, align
from models.pronunciation.word_graph import WordGraph, build_word_graph
from tests.models.acoustic.samples import acoustic_model

WORDS = ("HH AW", "AA R", "Y UW")
FIT, MISFIT = 0.0, -12.0
Float32s = npt.NDArray[np.float32]


def graph(*words: str) -> WordGraph:
    return build_word_graph(acoustic_model(), [[tuple(word.split())] for word in words])


def heard(line: WordGraph, states: list[int]) -> tuple[Float32s, Float32s, Float32s]:
    """Scores of frames in which states sound; -1 is silence, -2 something else."""
    scores = np.full((len(states), len(line.senones)), MISFIT, np.float32)
    for frame, state in enumerate(states):
        if state >= 0:
            scores[frame, state] = FIT
    silence = np.where(np.array(states) == -1, FIT, MISFIT).astype(np.float32)
    return scores, silence, np.zeros(len(states), np.float32)


def spoken(line: WordGraph, *order: int, frames: int = 3) -> list[int]:
    """Every state of some words, each for so many frames."""
    return [
        state
        for word in order
        for state in range(line.entries[word, 0], line.exits[word, 0] + 1)
        for _ in range(frames)
    ]


def words_of(line: WordGraph, aligned: Aligned) -> list[int]:
    inside = aligned.state[aligned.state != BETWEEN_WORDS]
    said = line.phone_word[line.phone[inside]]
    return [int(word) for word in dict.fromkeys(said.tolist())]


def test_a_line_as_written_is_followed_state_by_state() -> None:
    line = graph(*WORDS)
    states = [-1] * 10 + spoken(line, 0, 1) + [-1] * 20 + spoken(line, 2) + [-1] * 5
    aligned = align(line, *heard(line, states))
    assert aligned.state.tolist() == [max(state, BETWEEN_WORDS) for state in states]
    assert not aligned.is_other.any()


def test_a_word_that_is_left_out_has_no_frames() -> None:
    line = graph(*WORDS)
    aligned = align(line, *heard(line, [-1] * 5 + spoken(line, 0, 2, frames=6) + [-1] * 5))
    assert words_of(line, aligned) == [0, 2]


def test_something_else_between_words_is_no_word() -> None:
    line = graph(*WORDS)
    states = spoken(line, 0) + [-2] * 30 + spoken(line, 1, 2)
    aligned = align(line, *heard(line, states))
    assert aligned.is_other.tolist() == [state == -2 for state in states]
    assert words_of(line, aligned) == [0, 1, 2]


def test_silence_is_no_words() -> None:
    line = graph(*WORDS)
    aligned = align(line, *heard(line, [-1] * 100))
    assert words_of(line, aligned) == []


def test_the_pronunciation_that_fits_is_taken() -> None:
    line = build_word_graph(acoustic_model(), [[("AA",), ("IY",)]])
    states = [3] * 3 + [4] * 3 + [5] * 3  # the three states of the second pronunciation
    assert set(align(line, *heard(line, states)).state.tolist()) == {3, 4, 5}


@given(st.lists(st.integers(-2, 20), min_size=1, max_size=60))
def test_any_sound_gives_a_path_in_order(states: list[int]) -> None:
    line = graph(*WORDS)
    aligned = align(line, *heard(line, [min(s, len(line.senones) - 1) for s in states]))
    assert words_of(line, aligned) == sorted(set(words_of(line, aligned)))
    inside = aligned.state != BETWEEN_WORDS
    assert not (inside & aligned.is_other).any()
