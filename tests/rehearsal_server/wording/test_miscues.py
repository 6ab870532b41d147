from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rehearsal_server.wording.alignment import Said
from rehearsal_server.wording.miscues import judge_wording
from tests.rehearsal_server.wording.speaking import WORD_MS, outcomes, plainly, take

LINE = "The last train left at ten, and nobody told me."
DISTINCT = plainly(LINE).split()


def test_the_line_as_written_has_no_miscues() -> None:
    wording = take(LINE, plainly(LINE))
    assert set(outcomes(wording)) == {"s"}
    assert wording.extras == ()
    assert (wording.words[1].start_ms, wording.words[1].end_ms) == (WORD_MS, 2 * WORD_MS)


@given(st.sets(st.integers(0, len(DISTINCT) - 1)))
def test_what_is_left_out_is_what_is_told(dropped: set[int]) -> None:
    said = " ".join(word for index, word in enumerate(DISTINCT) if index not in dropped)
    wording = take(LINE, said)
    told = {i for i, word in enumerate(wording.words) if word.outcome == "omitted"}
    assert told == dropped
    assert wording.extras == ()


@given(st.sets(st.integers(0, len(DISTINCT) - 1)))
def test_another_word_in_its_place_is_a_substitution(changed: set[int]) -> None:
    said = " ".join(f"xx{i}" if i in changed else word for i, word in enumerate(DISTINCT))
    wording = take(LINE, said)
    told = {i for i, word in enumerate(wording.words) if word.outcome == "substituted"}
    assert told == changed
    assert all(wording.words[i].heard == f"xx{i}" for i in changed)


@given(st.integers(0, len(DISTINCT)), st.integers(1, 3))
def test_words_that_are_not_in_the_line_are_insertions(at: int, count: int) -> None:
    said = [*DISTINCT[:at], *[f"xx{i}" for i in range(count)], *DISTINCT[at:]]
    wording = take(LINE, " ".join(said))
    assert set(outcomes(wording)) == {"s"}
    (extra,) = wording.extras
    assert (extra.kind, extra.before_word) == ("insertion", at)
    assert (extra.start_ms, extra.end_ms) == (at * WORD_MS, (at + count) * WORD_MS)


@given(st.integers(0, len(DISTINCT)), st.integers(1, len(DISTINCT)))
def test_words_said_again_are_a_repetition(start: int, length: int) -> None:
    again = DISTINCT[start : start + length]
    assume(again)
    end = start + len(again)
    wording = take(LINE, " ".join([*DISTINCT[:end], *again, *DISTINCT[end:]]))
    assert set(outcomes(wording)) == {"s"}
    assert [extra.kind for extra in wording.extras] == ["repetition"]


@pytest.mark.parametrize(
    ("said", "kind", "text"),
    [
        ("the last bus the last train left at ten and nobody told me", "self_correction", None),
        ("the last tr train left at ten and nobody told me", "self_correction", "tr"),
        ("the last um train left at ten and nobody told me", "filled_pause", "um"),
        ("the the last train left at ten and nobody told me", "repetition", "the"),
        ("the uh the last train left at ten and nobody told me", "repetition", "the uh"),
        ("well the last train left at ten and nobody told me", "insertion", "well"),
    ],
)
def test_extras_are_named(said: str, kind: str, text: str | None) -> None:
    (extra,) = take(LINE, said).extras
    assert extra.kind == kind
    assert text in (None, extra.text)


def test_prompted_words_are_not_known_though_they_are_said() -> None:
    wording = take(LINE, plainly(LINE), prompted={4, 5})
    assert outcomes(wording) == "sssspp" + "s" * 4
    assert wording.words[4].start_ms is not None


def test_nothing_said_is_everything_left_out() -> None:
    assert set(outcomes(take(LINE, ""))) == {"o"}


def follow(*visits: int | None) -> list[Said]:
    """What a script follower hears: words of the line by number, None for anything else."""
    return [
        Said(visit, visit is not None, "", WORD_MS * at, WORD_MS * (at + 1))
        for at, visit in enumerate(visits)
    ]


def test_a_followers_trace_is_judged_as_well() -> None:
    wording = judge_wording("the last train left", follow(0, 1, 0, 1, None, 3))
    assert outcomes(wording) == "ssos"
    assert [(e.kind, e.text, e.before_word) for e in wording.extras] == [
        ("repetition", "the last", 0),
        ("insertion", "", 3),
    ]


def test_going_back_after_something_else_is_a_self_correction() -> None:
    wording = judge_wording("the last train left", follow(0, 1, None, 0, 1, 2, 3))
    assert outcomes(wording) == "ssss"
    assert [extra.kind for extra in wording.extras] == ["self_correction"]


def test_something_else_for_a_word_is_a_substitution_whose_word_is_unknown() -> None:
    said = [*follow(0, 1), Said(2, False, "", 600, 900), Said(3, True, "", 900, 1200)]
    wording = judge_wording("the last train left", said)
    assert outcomes(wording) == "ssxs"
    assert wording.words[2].heard is None
