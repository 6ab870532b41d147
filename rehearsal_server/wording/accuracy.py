"""How much of a line was said: to the letter, and in substance."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rehearsal_server.wording.forms import plain
from rehearsal_server.wording.miscues import Wording, WordOutcome

# Words that carry grammar rather than meaning: leaving one out, or putting another, keeps the gist.
_FUNCTION_WORDS = frozenset(
    """a an the this that these those and or but nor so if as than then of to in on at by for from
    with into upon up down out over under about i me my mine you your yours he him his she her hers
    it its we us our ours they them their theirs who whom whose which what thee thou thy thine ye
    am is are was were be been being do does did have has had will would shall should can could may
    might must there here just very quite rather indeed well oh ah o too also even""".split()
)
_SUFFIXES = re.compile(r"(?<=[a-z]{3})(?:ingly|edly|ing|edst|eth|est|ies|ied|ed|es|ly|s|e|y)$")


def verbatim_accuracy(wording: Wording) -> float | None:
    """Words right without a prompt, in percent of the words written; None if there are none.

    As DIBELS counts words correct: a prompted word is wrong. What was said besides costs nothing
    here; `Wording.extras` has it.
    """
    return _percent([word.outcome == "said" for word in wording.words])


def gist_accuracy(wording: Wording) -> float | None:
    """Content words whose meaning was said without a prompt, in percent; None without words.

    A content word counts if it, or another form of it, was said anywhere in the take. A line
    without content words is judged to the letter.
    """
    heard = {stem(text) for text in _heard(wording)}
    content = [word for word in wording.words if is_content_word(word.text)]
    if not content:
        return verbatim_accuracy(wording)
    return _percent([_is_conveyed(word, heard) for word in content])


def is_content_word(word: str) -> bool:
    """Whether a word carries meaning."""
    return plain(word).partition("'")[0] not in _FUNCTION_WORDS


def stem(word: str) -> str:
    """A word without its ending, so that its forms compare equal."""
    return _SUFFIXES.sub("", plain(word).partition("'")[0])


def _heard(wording: Wording) -> list[str]:
    instead = [word.heard for word in wording.words if word.heard]
    besides = [text for extra in wording.extras for text in extra.text.split()]
    return [*instead, *besides]


def _is_conveyed(word: WordOutcome, heard: set[str]) -> bool:
    if word.outcome == "prompted":
        return False
    return word.outcome == "said" or stem(word.text) in heard


def _percent(right: Sequence[bool]) -> float | None:
    return round(100 * sum(right) / len(right), 1) if right else None
