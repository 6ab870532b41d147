from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.pronunciation.linking import linked_variants

PHRASES = {
    "next please": (("N EH K S T", "P L IY Z"), 0, "N EH K S"),
    "did you": (("D IH D", "Y UW"), 0, "D IH JH"),
    "don't you": (("D OW N T", "Y UW"), 0, "D OW N CH"),
    "ten pounds": (("T EH N", "P AW N D Z"), 0, "T EH M"),
    "good morning": (("G UH D", "M AO R N IH NG"), 0, "G UH B"),
    "this shop": (("DH IH S", "SH AA P"), 0, "DH IH SH"),
    "bus stop": (("B AH S", "S T AA P"), 0, "B AH"),
    "tell him": (("T EH L", "HH IH M"), 1, "IH M"),
    "better": (("B EH T ER",), 0, "B EH D ER"),
    "it is": (("IH T", "IH Z"), 0, "IH D"),
    "bread and butter": (("B R EH D", "AE N D", "B AH T ER"), 1, "AE N"),
}


def variants(phrase: str, phones: tuple[str, ...]) -> list[list[str]]:
    words = (phrase.split() + [""] * 9)[: len(phones)]
    pronunciations = [[tuple(one.split())] for one in phones]
    return [[" ".join(v) for v in found] for found in linked_variants(words, pronunciations)]


@pytest.mark.parametrize("phrase", PHRASES)
def test_connected_speech_is_allowed(phrase: str) -> None:
    phones, word, spoken = PHRASES[phrase]
    assert spoken in variants(phrase, phones)[word]


@pytest.mark.parametrize("phrase", PHRASES)
def test_the_dictionarys_way_comes_first(phrase: str) -> None:
    phones, _, _ = PHRASES[phrase]
    assert [found[0] for found in variants(phrase, phones)] == list(phones)


@pytest.mark.parametrize(
    ("phrase", "phones", "word", "spoken"),
    [
        ("past eight", ("P AE S T", "EY T"), 0, "P AE S"),
        ("his", ("HH IH Z",), 0, "IH Z"),
        ("ten eggs", ("T EH N", "EH G Z"), 0, "T EH M"),
    ],
)
def test_what_nobody_does_is_not(
    phrase: str, phones: tuple[str, ...], word: int, spoken: str
) -> None:
    assert spoken not in variants(phrase, phones)[word]


PHONES = st.lists(st.sampled_from("AA T D N S Z HH Y K P M".split()), min_size=1, max_size=5)


@given(st.lists(PHONES, min_size=1, max_size=5))
def test_no_variant_is_empty_or_comes_twice(line: list[list[str]]) -> None:
    found = linked_variants(["him"] * len(line), [[tuple(phones)] for phones in line])
    assert len(found) == len(line)
    for own in found:
        assert all(own)
        assert len(set(own)) == len(own)
