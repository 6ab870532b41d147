"""How many syllables a number in figures has when it is read aloud (English)."""

from __future__ import annotations

import re

# zero one two three four five six seven eight nine ... nineteen
_BELOW_TWENTY = (2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 3, 1, 2, 2, 2, 2, 3, 2, 2)
_SEVENTY = 7  # the one tens word of three syllables
_SCALES = ((1_000_000_000, 2), (1_000_000, 2), (1_000, 2))  # billion, million, thousand
_LARGEST = 10**12
_YEARS = range(1100, 2000)
_FIGURES = re.compile(r"\d+")


def numeral_syllables(numeral: str) -> int:
    """Count the syllables of ``1895``, ``7.15``, ``1,000``, ``21st``, ``50%``.

    Four figures from 1100 to 1999 are read as a year, "eighteen ninety-five", "nineteen hundred",
    "nineteen oh five". Groups parted by a full stop or a colon are read one by one ("five thirty";
    the word "point" is not counted).
    """
    groups = _FIGURES.findall(numeral.replace(",", ""))
    percent = 2 if numeral.endswith("%") else 0
    return percent + sum(_group_syllables(group) for group in groups)


def _group_syllables(figures: str) -> int:
    value = int(figures[:13])
    if value >= _LARGEST or len(figures) > 13:
        return sum(_BELOW_TWENTY[int(figure)] for figure in figures)
    if value in _YEARS:
        century, year = divmod(value, 100)
        hundred_or_oh = 2 if year == 0 else int(year < 10)
        return _cardinal(century) + hundred_or_oh + (_cardinal(year) if year else 0)
    return _cardinal(value)


def _cardinal(value: int) -> int:
    for scale, scale_syllables in _SCALES:
        if value >= scale:
            rest = value % scale
            return _cardinal(value // scale) + scale_syllables + (_cardinal(rest) if rest else 0)
    if value >= 100:
        rest = value % 100
        return _cardinal(value // 100) + 2 + (1 + _cardinal(rest) if rest else 0)  # "and"
    if value < len(_BELOW_TWENTY):
        return _BELOW_TWENTY[value]
    tens = 3 if value // 10 == _SEVENTY else 2
    return tens + (_BELOW_TWENTY[value % 10] if value % 10 else 0)
