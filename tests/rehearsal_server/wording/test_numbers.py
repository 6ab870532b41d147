from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal_server.scripts.numerals import numeral_syllables
from rehearsal_server.scripts.syllables import syllables
from rehearsal_server.wording.numbers import readings


@pytest.mark.parametrize(
    ("numeral", "spoken"),
    [
        ("7", "seven"),
        ("42", "forty two"),
        ("100", "one hundred"),
        ("101", "one hundred and one"),
        ("1895", "eighteen ninety five"),
        ("1895", "one thousand eight hundred and ninety five"),
        ("1900", "nineteen hundred"),
        ("1905", "nineteen oh five"),
        ("2,000", "two thousand"),
        ("7.15", "seven fifteen"),
        ("7.15", "seven point one five"),
        ("5:30", "five thirty"),
        ("21st", "twenty first"),
        ("20th", "twentieth"),
        ("12th", "twelfth"),
        ("50%", "fifty percent"),
        ("007", "zero zero seven"),
    ],
)
def test_numerals_are_read_as_people_read_them(numeral: str, spoken: str) -> None:
    assert tuple(spoken.split()) in readings(numeral)


@pytest.mark.parametrize("word", ["", "seven", "7-8", "%", "x7"])
def test_words_are_no_numerals(word: str) -> None:
    assert readings(word) == ()


@given(st.integers(0, 10**13))
def test_every_number_has_a_reading_and_no_reading_comes_twice(number: int) -> None:
    found = readings(str(number))
    assert found
    assert len(set(found)) == len(found)
    assert all(word.isalpha() for reading in found for word in reading)


@given(st.integers(0, 1_000_000))
def test_the_first_reading_is_the_one_whose_syllables_are_counted(number: int) -> None:
    said = " ".join(readings(str(number))[0])
    # The counter leaves out the "and" before a thousand's rest.
    assert abs(syllables(said) - numeral_syllables(str(number))) <= 2
