"""How long a line can be expected to take."""

from __future__ import annotations

import re

from rehearsal_server.scripts.syllables import syllables

# Syllables a second while speaking. Goldman-Eisler (Psycholinguistics, 1968) found 4.4 to 5.9 in
# talk; an actor has to carry to the back row and stays at the low end. Read sentences at hand
# (`austen` in the shared data) come to 4.5 from first to last sound.
ARTICULATION_RATE = 4.5

# Pauses that punctuation asks for inside a line. Campione & Véronis (Speech Prosody 2002) class
# pauses below 200 ms as brief and those from 200 to 1,000 ms as medium, the ones that part phrases
# and sentences; the first figure is near the lower bound of these, the others in their middle.
_COMMA_MS = 250
_SENTENCE_MS = 500
_ELLIPSIS_MS = 700
_PAUSES = re.compile(
    r"(?P<ellipsis>\.{2,}|…)|(?P<sentence>[.!?](?=[\"'”’)]*\s))|(?P<comma>[,;:](?=\s)|--|[—–])"
)
_PAUSE_MS = {"ellipsis": _ELLIPSIS_MS, "sentence": _SENTENCE_MS, "comma": _COMMA_MS}


def expected_duration_ms(text: str) -> int:
    """Estimate the time a line takes on stage, from its first sound to its last.

    Parameters
    ----------
    text : str
        The spoken words, `Line.text`. Pauses written as directions are not in it; add
        `written_pause_ms` of each.

    Returns
    -------
    int, milliseconds
        Syllables at ARTICULATION_RATE plus the pauses at punctuation inside the line; 0 for a text
        without words.
    """
    count = syllables(text)
    return expected_phonation_ms(count) + _punctuation_ms(text) if count else 0


def expected_phonation_ms(syllable_count: float) -> int:
    """Estimate the time that so many syllables sound, pauses left out."""
    return round(1000 * syllable_count / ARTICULATION_RATE)


def _punctuation_ms(text: str) -> int:
    """Add up the pauses inside a line; after its last mark the line is over."""
    inside = text.rstrip(" .!?…,;:—–-\"'”’")
    return sum(_PAUSE_MS[str(match.lastgroup)] for match in _PAUSES.finditer(inside))
