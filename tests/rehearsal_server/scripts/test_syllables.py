from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal_server.scripts.syllables import syllable_count, syllables

KNOWN = {
    1: "I yes the queue squashed played knives clothes don't can't won't weren't he'll Jack's",
    2: "table little people even ready wanted judges careless someone didn't isn't poem prism "
    "father music lion quiet café being really Prince's wicked evening",
    3: "beautiful cucumber Algernon Gwendolen wonderful radically idea royalty reality fiancée "
    "happiest museum poetry butterfly somebody influence",
    4: "society variety experience January ordinary Ernestina actually immediate",
    5: "university imagination misunderstanding possibility sentimentally curiosity",
}


@pytest.mark.parametrize(
    ("word", "count"), [(word, count) for count, listed in KNOWN.items() for word in listed.split()]
)
def test_known_words(word: str, count: int) -> None:
    assert syllable_count(word) == count


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("J.P.", 2),
        ("W.C.", 4),
        ("1895", 5),
        ("50%", 4),
        ("&", 1),
        ("花子", 2),
        ("мир", 3),
        ("hmm", 1),
    ],
)
def test_what_is_no_english_word(word: str, count: int) -> None:
    assert syllable_count(word) == count


def test_a_line() -> None:
    assert syllables("Did you hear what I was playing, Lane?") == 9


@given(st.text(min_size=1))
def test_any_word_has_at_least_one(word: str) -> None:
    assert syllable_count(word) >= 1
