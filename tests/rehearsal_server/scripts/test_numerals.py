from __future__ import annotations

import pytest

from rehearsal_server.scripts.numerals import numeral_syllables


@pytest.mark.parametrize(
    ("numeral", "syllables"),
    [
        ("0", 2),  # zero
        ("7", 2),
        ("11", 3),
        ("17", 3),
        ("20", 2),
        ("77", 5),
        ("100", 3),
        ("149", 7),  # a hundred and forty-nine
        ("1,000", 3),
        ("1840", 4),  # eighteen forty
        ("1895", 5),  # eighteen ninety-five
        ("1900", 4),
        ("1905", 4),
        ("2,000,000", 3),
        ("5:30", 3),
        ("21st", 3),
        ("50%", 4),
        ("9" * 40, 40),  # read figure by figure
    ],
)
def test_numerals(numeral: str, syllables: int) -> None:
    assert numeral_syllables(numeral) == syllables
