"""Recognise a pause that the author wrote, such as ``(beat)`` or ``A long silence``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

# What directions call a pause, and how long it is held. No standard says; these are a middle of
# common practice, and a company can pass a table of its own.
PAUSE_TERMS_MS: Mapping[str, int] = MappingProxyType(
    {
        "beat": 1000,
        "beats": 1000,
        "hesitates": 1000,
        "hesitating": 1000,
        "hesitation": 1000,
        "moment": 1000,
        "pause": 2000,
        "pauses": 2000,
        "pausing": 2000,
        "silence": 3000,
        "silent": 3000,
        "stillness": 3000,
    }
)
# What can stand before a term, and by how much it stretches the pause.
PAUSE_SIZES: Mapping[str, float] = MappingProxyType(
    dict.fromkeys(("half", "short", "brief", "slight", "tiny", "little", "small"), 0.5)
    | dict.fromkeys(("long", "longer", "lengthy", "extended", "two"), 2.0)
    | dict.fromkeys(("endless", "interminable", "three"), 3.0)
    | dict.fromkeys(("very", "rather"), 1.5)
    | dict.fromkeys(
        """awkward complete dead deep dramatic heavy painful perfect pregnant sad shocked strained
        stunned tense terrible thoughtful total uncomfortable""".split(),
        1.0,
    )
)
_DETERMINERS = frozenset(("a", "an", "another", "one", "the", "then", "there's", "after"))
# These say by themselves that somebody pauses, so that any subject may stand before them.
_VERBS = frozenset(("pauses", "pausing", "hesitates", "hesitating", "silent"))
# "without a pause", "at the moment", "in silence": no pause is asked for.
_DENIALS = frozenset(("no", "not", "never", "without", "at", "in", "break", "breaks", "breaking"))
_CLAUSE_END = re.compile(r"[.;:!?…—–()\[\]]|--")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def written_pause_ms(
    direction: str,
    *,
    terms_ms: Mapping[str, int] = PAUSE_TERMS_MS,
    sizes: Mapping[str, float] = PAUSE_SIZES,
) -> int:
    """Find how long a pause a direction asks for.

    Parameters
    ----------
    direction : str
        A parenthetical or a stage direction, with or without its brackets.
    terms_ms : mapping of str to int, milliseconds
        The words that mean a pause, in small letters.
    sizes : mapping of str to float
        The words that may stand before a term, and the factor of each.

    Returns
    -------
    int, milliseconds
        The longest pause in the direction; 0 if it asks for none.
    """
    longest = 0.0
    for clause in _CLAUSE_END.split(direction.lower().replace("’", "'")):
        clause_words = _WORD.findall(clause)
        for index, word in enumerate(clause_words):
            if word in terms_ms:
                factor = _factor(clause_words[:index], sizes, anything_before=word in _VERBS)
                longest = max(longest, factor * terms_ms[word])
    return round(longest)


def _factor(before: Sequence[str], sizes: Mapping[str, float], *, anything_before: bool) -> float:
    """Say how what stands before a term stretches the pause; 0 if it is no pause at all."""
    factor = 1.0
    rest = list(before)
    has_determiner = False
    while rest and (rest[-1] in sizes or rest[-1] in _DETERMINERS):  # "half a beat"
        has_determiner |= rest[-1] in _DETERMINERS
        factor *= sizes.get(rest.pop(), 1.0)
    if rest and rest[-1] in _DENIALS:
        return 0.0
    return factor if anything_before or has_determiner or not rest else 0.0
