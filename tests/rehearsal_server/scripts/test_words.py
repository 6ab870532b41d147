from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal_server.scripts.words import Word, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Yes, sir.", ["Yes", "sir"]),
        ("I don’t know; it's five o'clock.", ["I", "don’t", "know", "it's", "five", "o'clock"]),
        ("an old-fashioned yew-tree", ["an", "old", "fashioned", "yew", "tree"]),
        ("Well…so... yes", ["Well", "so", "yes"]),
        ("accurately—anyone -- can", ["accurately", "anyone", "can"]),
        ("‘Tis ’tis 'em", ["Tis", "’tis", "'em"]),
        ("He said 'yes' and ‘no’", ["He", "said", "yes", "and", "no"]),
        ("149 at 5:30, 1,000 or 7.15", ["149", "at", "5:30", "1,000", "or", "7.15"]),
        ("the 22nd, 50% of the 90s", ["the", "22nd", "50%", "of", "the", "90s"]),
        ("John Worthing, J.P. & Co.", ["John", "Worthing", "J.P.", "&", "Co"]),
        ("Élise a mangé", ["Élise", "a", "mangé"]),
        ("e\u0301lan", ["e\u0301lan"]),
        ("W-what", ["W", "what"]),
        ("...!?", []),
        ("", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert [word.text for word in words(text)] == expected


def test_offsets() -> None:
    assert words("Oh, no!") == (Word("Oh", 0, 2), Word("no", 4, 6))


@given(st.text())
def test_words_are_slices_in_order_and_hold_every_letter(text: str) -> None:
    found = words(text)
    assert all(text[word.start : word.end] == word.text for word in found)
    ends = [word.end for word in found]
    assert ends == sorted(ends)
    letters = sum(char.isalnum() for char in text)
    assert sum(sum(c.isalnum() for c in word.text) for word in found) == letters
