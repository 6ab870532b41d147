from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal_server.wording.forms import atoms, plain
from tests.rehearsal_server.wording.speaking import outcomes, take

SAME = [
    ("I'm", "I am"),
    ("don't", "do not"),
    ("can't", "cannot"),
    ("won't", "will not"),
    ("he's", "he is"),
    ("he's", "he has"),
    ("she'd", "she would"),
    ("she'd", "she had"),
    ("we'll", "we shall"),
    ("they've", "they have"),
    ("’tis", "it is"),
    ("’twas", "it was"),
    ("o'er", "over"),
    ("deserv'd", "deserved"),
    ("lov'st", "lovest"),
    ("'em", "them"),
    ("Mr", "mister"),
    ("Dr.", "doctor"),
    ("colour", "color"),
    ("honoured", "honored"),
    ("theatre", "theater"),
    ("realise", "realize"),
    ("J.P.", "jp"),
    ("naïve", "naive"),
    ("until", "till"),
    ("okay", "OK"),
    ("gonna", "going to"),
    ("&", "and"),
    ("1895", "eighteen ninety five"),
    ("1895", "one thousand eight hundred ninety five"),
    ("21st", "twenty first"),
    ("50%", "fifty percent"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_ways_to_write_the_same_are_the_same(one: str, other: str) -> None:
    for written, said in ((one, other), (other, one)):
        wording = take(f"Well {written} then", f"well {said} then")
        assert set(outcomes(wording)) == {"s"}, wording
        assert wording.extras == ()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("don't", "do"),
        ("I'm", "I was"),
        ("he's", "he will"),
        ("our", "or"),
        ("four", "for"),
        ("wise", "wize wise two"),
        ("21st", "twenty one"),
        ("1895", "1896"),
    ],
)
def test_what_is_not_the_same_is_told_apart(written: str, said: str) -> None:
    wording = take(written, said)
    assert set(outcomes(wording)) != {"s"} or wording.extras


@given(st.text(max_size=20))
def test_any_text_can_be_taken_apart(word: str) -> None:
    for reading in atoms(word):
        assert all(len(atom) in (1, 2) for atom in reading)
    assert plain(plain(word)) == plain(word)
