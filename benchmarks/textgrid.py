"""Read Praat's TextGrids in their short form, as far as labels need it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

_TOKEN = re.compile(r'"((?:[^"]|"")*)"|([-\d.]+)|<exists>')


class Interval(NamedTuple):
    """A labelled stretch of time."""

    start_s: float
    end_s: float
    text: str


def read_textgrid(path: Path) -> dict[str, list[Interval]]:
    """Give the intervals of each interval tier, empty ones included.

    Raises
    ------
    ValueError
        It is no short TextGrid made of interval tiers.
    """
    content = path.read_text()
    tokens = [text.replace('""', '"') or number for text, number in _TOKEN.findall(content)]
    # File type, class, start, end, <exists> (an empty token), number of tiers; then the tiers.
    if tokens[:2] != ["ooTextFile", "TextGrid"] or "xmin" in content:
        raise ValueError(f"{path.name} is not a TextGrid in short form")
    tiers: dict[str, list[Interval]] = {}
    rest = iter(tokens[6:])
    for kind in rest:
        if kind != "IntervalTier":
            raise ValueError(f"{path.name} has a tier that is no IntervalTier: {kind}")
        name, _, _, count = (next(rest) for _ in range(4))
        tiers[name] = [
            Interval(float(next(rest)), float(next(rest)), next(rest)) for _ in range(int(count))
        ]
    return tiers
