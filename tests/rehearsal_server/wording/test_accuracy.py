from __future__ import annotations

import pytest

from rehearsal_server.wording.accuracy import gist_accuracy, stem, verbatim_accuracy
from tests.rehearsal_server.wording.speaking import plainly, take

LINE = "I have been waiting for you since seven."


def scores(said: str, prompted: set[int] | None = None) -> tuple[float | None, float | None]:
    wording = take(LINE, said, prompted or set())
    return verbatim_accuracy(wording), gist_accuracy(wording)


def test_the_line_as_written_is_all_right() -> None:
    assert scores(plainly(LINE)) == (100.0, 100.0)


def test_nothing_is_all_wrong() -> None:
    assert scores("") == (0.0, 0.0)


def test_small_words_cost_the_letter_but_not_the_gist() -> None:
    assert scores("i was waiting for you since seven") == (75.0, 100.0)


def test_another_form_of_a_word_keeps_the_gist() -> None:
    verbatim, gist = scores("i have waited for you since seven")
    assert verbatim == 75.0
    assert gist == 100.0


def test_another_order_keeps_the_gist() -> None:
    verbatim, gist = scores("since seven i have been waiting for you")
    assert verbatim is not None
    assert verbatim < 80
    assert gist == 100.0


def test_prompted_words_count_as_wrong() -> None:
    assert scores(plainly(LINE), prompted={6, 7}) == (75.0, 33.3)


def test_another_text_has_neither_letter_nor_gist() -> None:
    verbatim, gist = scores("the quality of mercy is not strained")
    assert verbatim == 0
    assert gist == 0


def test_a_line_of_small_words_is_judged_to_the_letter() -> None:
    wording = take("It is. Is it?", "it is")
    assert gist_accuracy(wording) == verbatim_accuracy(wording) == 50.0


def test_a_line_without_words_has_no_score() -> None:
    assert verbatim_accuracy(take("...", "")) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [("waiting", "waited"), ("loves", "loved"), ("trains", "train"), ("Mary's", "Mary")],
)
def test_forms_of_a_word_have_one_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)
