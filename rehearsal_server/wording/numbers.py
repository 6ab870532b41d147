"""Numbers in figures, as English speakers read them aloud."""

from __future__ import annotations

import re

_BELOW_TWENTY = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()
_SCALES = ((10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred"))
_LARGEST = 10**12
_YEARS = range(1100, 2100)
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_NUMERAL = re.compile(r"(?P<figures>\d+(?:[.,:]\d+)*)(?P<suffix>[^\W\d_]+|%)?")


def readings(numeral: str) -> tuple[tuple[str, ...], ...]:
    """Every usual way to read ``1895``, ``7.15``, ``1,000``, ``21st`` or ``50%``, likeliest first.

    Empty if it is no numeral.
    """
    found = _NUMERAL.fullmatch(numeral.lower())
    if found is None:
        return ()
    figures, suffix = found["figures"].replace(",", ""), found["suffix"] or ""
    if suffix in ("st", "nd", "rd", "th"):
        return tuple((*words[:-1], _ordinal(words[-1])) for words in _whole(figures))
    after = ("percent",) if suffix == "%" else (suffix,) if suffix else ()
    return tuple((*words, *after) for words in _all(figures))


def _all(figures: str) -> tuple[tuple[str, ...], ...]:
    groups = re.split(r"[.:]", figures)
    if len(groups) == 1:
        return _whole(figures)
    each = [_whole(group)[0] for group in groups]
    plain = tuple(word for words in each for word in words)
    if len(groups) == 2 and "." in figures:
        digits = tuple(_BELOW_TWENTY[int(digit)] for digit in groups[1])
        return plain, (*each[0], "point", *digits)
    return (plain,)


def _whole(figures: str) -> tuple[tuple[str, ...], ...]:
    value = int(figures[:13])
    digits = tuple(_BELOW_TWENTY[int(figure)] for figure in figures)
    if len(figures) > 13 or value >= _LARGEST:
        return (digits,)
    cardinal = tuple(_cardinal(value))
    without_and = tuple(word for word in cardinal if word != "and")
    found = [cardinal, without_and]
    if value in _YEARS and len(figures) == 4:
        found.insert(0, tuple(_year(value)))
    if len(figures) > 1:
        found.append(digits)
    return tuple(dict.fromkeys(found))


def _year(value: int) -> list[str]:
    century, year = divmod(value, 100)
    if year == 0:
        return [*_cardinal(century), "hundred"]
    return [*_cardinal(century), *(["oh"] if year < 10 else []), *_cardinal(year)]


def _cardinal(value: int) -> list[str]:
    for scale, name in _SCALES:
        if value >= scale:
            rest = value % scale
            joint = ["and"] if rest and rest < 100 else []
            return [*_cardinal(value // scale), name, *joint, *(_cardinal(rest) if rest else [])]
    if value < len(_BELOW_TWENTY):
        return [_BELOW_TWENTY[value]]
    return [_TENS[value // 10], *([_BELOW_TWENTY[value % 10]] if value % 10 else [])]


def _ordinal(word: str) -> str:
    if word in _ORDINALS:
        return _ORDINALS[word]
    return f"{word[:-1]}ieth" if word.endswith("y") else f"{word}th"
