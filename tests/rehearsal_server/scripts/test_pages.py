from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from rehearsal_server.scripts.pages import flowing_text


def test_page_numbers_and_running_heads_belong_to_the_paper() -> None:
    pages = [f"The Lamp — {n}\n\nAnna: line {n}\n\nPage {n} of 4\n" for n in range(1, 5)]
    flow = flowing_text(pages)
    assert flow.text == "Anna: line 1\n\nAnna: line 2\n\nAnna: line 3\n\nAnna: line 4"
    assert flow.left_out[:2] == ("The Lamp — 1", "Page 1 of 4")


def test_a_speech_broken_over_the_page_is_whole_again() -> None:
    pages = ["ANNA\nI never said\n\n(MORE)\n 1.", " 2.\n\nANNA (CONT'D)\nthat."]
    assert flowing_text(pages).text == "ANNA\nI never said\nthat."


def test_a_paragraph_broken_over_the_page_is_whole_again() -> None:
    assert flowing_text(["Anna: I never", "said that."]).text == "Anna: I never\nsaid that."
    assert flowing_text(["Anna: I never.", "Ben: No."]).text == "Anna: I never.\n\nBen: No."


def test_double_spacing_is_no_paragraph_break() -> None:
    page = "Anna: I\n\nnever\n\n\nBen: No.\n\n\n" * 10
    assert flowing_text([page]).text.startswith("Anna: I\nnever\n\nBen: No.\n\nAnna: I\n")


@given(st.lists(st.text(alphabet="ab1\n .()")))
def test_no_letter_is_lost(pages: list[str]) -> None:
    text, left_out = flowing_text(pages)
    kept = Counter(text + "".join(left_out))
    written = Counter("".join(pages))
    assert [kept[letter] for letter in "ab1"] == [written[letter] for letter in "ab1"]


def test_a_play_of_the_same_words_on_every_page_is_not_all_paper() -> None:
    assert "Anna: hi" in flowing_text(["Anna: hi\n" * 20] * 5).text
