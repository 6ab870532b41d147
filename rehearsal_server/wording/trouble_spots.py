"""Stretches of lines that go wrong take after take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from rehearsal_server.scripts.words import words

# A word is in trouble from this share of its takes on; recent takes weigh more.
TROUBLE_SHARE = 0.34
# How much less each earlier take weighs: what was learned since should fade out.
_FADING = 0.7
# One right word between two that go wrong does not make them two spots.
_LONGEST_GAP = 1


@dataclass(frozen=True)
class LineTake:
    """What became of a line's words in one take."""

    line_id: str
    text: str
    outcomes: tuple[str, ...]


class TroubleSpot(msgspec.Struct, frozen=True, kw_only=True):
    """Words to go over again."""

    line_id: str
    text: str  # of the stretch, as written
    first_word: int
    last_word: int
    takes: int  # of the line, that were measured
    failed_takes: int  # in which a word of the stretch was not right
    # Share of failed takes, the last ones weighing most, 0 to 1.
    severity: float
    outcomes: dict[str, int]  # how often words of it were omitted, substituted, prompted


def line_take(line_id: str, text: str, scores: dict[str, Any]) -> LineTake | None:
    """Read a saved take; None if its words were not followed, or not those of the text."""
    try:
        outcomes = tuple(str(word["outcome"]) for word in scores["wording"]["words"])
    except (KeyError, TypeError):
        return None
    return LineTake(line_id, text, outcomes) if len(outcomes) == len(words(text)) else None


def find_trouble_spots(takes: Sequence[LineTake]) -> tuple[TroubleSpot, ...]:
    """Find the stretches that most need work, worst first.

    Parameters
    ----------
    takes : sequence of LineTake
        Oldest first. Takes of a text that has changed since are left out.
    """
    texts = {take.line_id: take.text for take in takes}
    spots: list[TroubleSpot] = []
    for line_id, text in texts.items():
        of_line = [take for take in takes if (take.line_id, take.text) == (line_id, text)]
        spots += _spots_of_line(of_line)
    return tuple(sorted(spots, key=lambda spot: -spot.severity))


def _spots_of_line(takes: Sequence[LineTake]) -> Iterator[TroubleSpot]:
    weights = [_FADING**age for age in reversed(range(len(takes)))]
    n_words = len(takes[0].outcomes)
    trouble = [
        _severity([take.outcomes[word] != "said" for take in takes], weights)
        for word in range(n_words)
    ]
    for first, last in _stretches([share >= TROUBLE_SHARE for share in trouble]):
        yield _spot(takes, weights, first, last)


def _stretches(is_trouble: Sequence[bool]) -> list[tuple[int, int]]:
    stretches: list[tuple[int, int]] = []
    for index in (i for i, trouble in enumerate(is_trouble) if trouble):
        if stretches and index - stretches[-1][1] <= 1 + _LONGEST_GAP:
            stretches[-1] = (stretches[-1][0], index)
        else:
            stretches.append((index, index))
    return stretches


def _spot(
    takes: Sequence[LineTake], weights: Sequence[float], first: int, last: int
) -> TroubleSpot:
    written = words(takes[0].text)
    parts = [take.outcomes[first : last + 1] for take in takes]
    failed = [any(outcome != "said" for outcome in part) for part in parts]
    wrong = [outcome for part in parts for outcome in part if outcome != "said"]
    return TroubleSpot(
        line_id=takes[0].line_id,
        text=takes[0].text[written[first].start : written[last].end],
        first_word=first,
        last_word=last,
        takes=len(takes),
        failed_takes=sum(failed),
        severity=round(_severity(failed, weights), 3),
        outcomes={outcome: wrong.count(outcome) for outcome in sorted(set(wrong))},
    )


def _severity(failed: Sequence[bool], weights: Sequence[float]) -> float:
    return sum(w for w, has_failed in zip(weights, failed, strict=True) if has_failed) / sum(
        weights
    )
