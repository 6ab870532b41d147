"""Where a reader pauses without being told: at the punctuation."""

from __future__ import annotations

import re
from itertools import pairwise

from rehearsal_server.scripts.words import words

# Speechace calls a pause over 1 s long; readers stop for less than that at full stops, and for half
# of it at commas (Goldman-Eisler 1968; Campione & Véronis 2002).
_SENTENCE_BREAK_MS = 1000
_CLAUSE_BREAK_MS = 500
_SENTENCE_END = re.compile(r"[.!?…;:—]|--|\.\.\.")
_CLAUSE_END = re.compile(r"[,()–]|\s-\s")


def natural_breaks_ms(text: str) -> tuple[int, ...]:
    """How long a silence is natural after each word of a line; 0 inside a clause, or at the end."""
    found = words(text)
    between = [text[word.end : after.start] for word, after in pairwise(found)]
    return tuple(_break_ms(marks) for marks in [*between, ""])[: len(found)]


def _break_ms(marks: str) -> int:
    if _SENTENCE_END.search(marks):
        return _SENTENCE_BREAK_MS
    return _CLAUSE_BREAK_MS if _CLAUSE_END.search(marks) else 0
