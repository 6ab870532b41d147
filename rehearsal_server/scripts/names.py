"""Names of characters: how a cue spells them and how they are shown."""

from __future__ import annotations

import re
from functools import lru_cache

from rehearsal_server.scripts.emphasis import without_emphasis
from rehearsal_server.scripts.speech import bracketed_spans

# "(CONT'D)" tells the typesetter that the same person goes on; it tells an actor nothing.
_CONTINUED = re.compile(r"\(\s*(?:cont(?:[’'`]?d|inued|inuing)?\.?)\s*\)", re.IGNORECASE)
_ROMAN = re.compile(r"[IVX]{2,}")
SMALL_WORDS = frozenset(
    """
    a an and at by de der du for from in la le of on or the to van von with
""".split()
)
_NUMBERED = re.compile(r"\d+(?:ST|ND|RD|TH)")  # "1ST SOLDIER"
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_INITIALS = re.compile(r"(?:[^\W\d_]\.){2,}")


def without_continued(cue: str) -> str:
    """Remove ``(CONT'D)`` from a cue."""
    return " ".join(_CONTINUED.sub(" ", cue).split())


@lru_cache(maxsize=1024)  # a play has few cues, thousands of times
def split_cue(cue: str) -> tuple[str, tuple[str, ...]]:
    """Separate a cue's name from the directions in it, ``EVE (O.S.)``."""
    cue = without_emphasis(without_continued(cue))
    spans = bracketed_spans(cue)
    name_starts = (0, *(end for _, end in spans))
    name_ends = (*(start for start, _ in spans), len(cue))
    name = " ".join(cue[start:end] for start, end in zip(name_starts, name_ends, strict=True))
    directions = tuple(cue[start + 1 : end - 1].strip() for start, end in spans)
    return " ".join(name.split()).rstrip(" :.,") or cue, directions


def name_key(name: str) -> str:
    """Give the form in which two spellings of one name are equal."""
    return " ".join(name.replace("’", "'").casefold().split())


def shown_name(cue_name: str) -> str:
    """Turn the capitals of a cue into the name as it is shown: ``LADY X`` -> ``Lady X``.

    A name with small letters in it (``McDuck``) was spelt on purpose and stays. Roman numerals,
    initials (``J.R.``) and codes with digits (``R2D2``) stay in capitals.
    """
    name = " ".join(cue_name.split())
    if name != name.upper():
        return name
    words = name.split(" ")
    middle = range(1, len(words) - 1)
    return " ".join(
        word.lower() if index in middle and word.lower() in SMALL_WORDS else _capitalised(word)
        for index, word in enumerate(words)
    )


def _capitalised(word: str) -> str:
    if _NUMBERED.fullmatch(word):
        return word.lower()
    if any(c.isdigit() for c in word) or _ROMAN.fullmatch(word) or _INITIALS.fullmatch(word):
        return word
    return _WORD.sub(lambda match: _capitalised_part(match[0]), word)


def _capitalised_part(part: str) -> str:
    """Capitalise ``O'BRIEN`` twice but ``SMITH'S`` once."""
    head, apostrophe, tail = part.partition("'" if "'" in part else "’")
    tail = tail.capitalize() if len(head) == 1 else tail.lower()
    return head.capitalize() + apostrophe + tail
