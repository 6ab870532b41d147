from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rehearsal_server.wording.alignment import align
from tests.rehearsal_server.wording.speaking import WORD_MS, heard, plainly

WORDS = st.lists(st.sampled_from("to be or not that is the question whether tis".split()))
LINE = "To be, or not to be -- that is the question."


def edit_distance(written: list[str], said: list[str]) -> int:
    """Plain, one cell at a time, with the costs of the module under test."""
    row = [3 * j for j in range(len(said) + 1)]
    for i, word in enumerate(written, 1):
        above, row = row, [3 * i]
        for j, other in enumerate(said, 1):
            change = above[j - 1] + (0 if word == other else 4)
            row.append(min(change, above[j] + 3, row[-1] + 3))
    return row[-1]


@given(WORDS, WORDS)
def test_no_alignment_is_cheaper(written: list[str], said: list[str]) -> None:
    found = align(" ".join(written), heard(" ".join(said)))
    placed = [one for one in found if one.word is not None]
    wrong = sum(not one.is_right for one in placed)
    cost = 4 * wrong + 3 * (len(written) - len(placed)) + 3 * (len(found) - len(placed))
    assert cost == edit_distance(written, said)


@given(WORDS, WORDS)
def test_order_is_kept_and_no_word_counts_twice(written: list[str], said: list[str]) -> None:
    found = align(" ".join(written), heard(" ".join(said)))
    placed = [one.word for one in found if one.word is not None]
    assert placed == sorted(set(placed))
    assert [one.text for one in found] == said


def test_times_are_those_of_the_heard_words() -> None:
    for index, one in enumerate(align(LINE, heard(plainly(LINE)))):
        assert (one.word, one.is_right) == (index, True)
        assert (one.start_ms, one.end_ms) == (WORD_MS * index, WORD_MS * (index + 1))


def test_a_contraction_stands_for_both_of_its_words() -> None:
    found = align("I am late", heard("i'm late"))
    assert [(one.word, one.text, one.is_right) for one in found] == [
        (0, "i'm", True),
        (1, "i'm", True),
        (2, "late", True),
    ]


def test_half_a_contraction_is_a_wrong_word() -> None:
    found = align("I don't know", heard("i do know"))
    assert [(one.word, one.is_right) for one in found] == [(0, True), (1, False), (2, True)]


def test_of_words_said_twice_the_last_are_the_lines() -> None:
    found = align("the last train", heard("the last the last train"))
    assert [one.word for one in found] == [None, None, 0, 1, 2]


def test_nothing_can_be_aligned_with_nothing() -> None:
    assert align("", []) == ()
    assert align("Good evening.", []) == ()
    assert [one.word for one in align("", heard("well"))] == [None]
