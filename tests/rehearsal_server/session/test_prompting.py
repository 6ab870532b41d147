from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rehearsal_server.session.prompting import PromptLadder

LINE = "I have been waiting for you, since the clock struck seven."


def test_prompts_at_the_same_place_grow() -> None:
    ladder = PromptLadder(LINE)
    assert [ladder.next(0) for _ in range(3)] == [
        "I have been",
        "I have been waiting for you",
        "I have been waiting for you, since the clock struck seven",
    ]
    assert ladder.exhausted


def test_a_prompt_further_on_starts_small_again() -> None:
    ladder = PromptLadder(LINE)
    ladder.next(0)
    assert ladder.next(6) == "since the clock"
    assert ladder.prompted == {0, 1, 2, 6, 7, 8}


def test_at_the_end_the_last_word_is_prompted() -> None:
    ladder = PromptLadder(LINE)
    assert ladder.next(99) == "seven"


@given(st.lists(st.integers(0, 12), min_size=1, max_size=12))
def test_a_prompt_is_always_words_of_the_line(positions: list[int]) -> None:
    ladder = PromptLadder(LINE)
    for words_said in positions:
        text = ladder.next(words_said)
        assert text
        assert text in LINE
    assert ladder.used


def test_who_wants_every_word_is_given_fewer() -> None:
    ladder = PromptLadder(LINE, "word_perfect")
    assert [ladder.next(0), ladder.next(0)] == ["I have", "I have been waiting"]
