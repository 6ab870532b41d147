"""Words in the form in which they are compared: contractions, elisions and figures spoken out.

Written and heard words are both taken apart into *atoms*. An atom is a set of plain words that it
may stand for: "he's" is "he" and "is" or "has", so it equals both "he is" and "he has".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable

from rehearsal_server.wording.numbers import readings

Atom = frozenset[str]

# Whole words that stand for others.
_WHOLE = {
    "'tis": "it is",
    "'twas": "it was",
    "'twere": "it were",
    "'twill": "it will",
    "'twould": "it would",
    "'em": "them",
    "'cause": "because",
    "'til": "till",
    "'bout": "about",
    "'round": "round",
    "'neath": "beneath",
    "'gainst": "against",
    "'n": "and",
    "o'": "of",
    "o'er": "over",
    "ne'er": "never",
    "e'er": "ever",
    "e'en": "even",
    "th'": "the",
    "ma'am": "madam",
    "until": "till",
    "won't": "will not",
    "can't": "can not",
    "cannot": "can not",
    "shan't": "shall not",
    "ain't": "is not",
    "let's": "let us",
    "gonna": "going to",
    "gotta": "got to",
    "wanna": "want to",
    "dunno": "do not know",
    "okay": "ok",
    "mr": "mister",
    "mrs": "missus",
    "dr": "doctor",
    "&": "and",
}
# Endings after an apostrophe, and every word that each may stand for.
_ENDINGS: tuple[tuple[str, Atom], ...] = (
    ("n't", frozenset(("not",))),
    ("'re", frozenset(("are",))),
    ("'ve", frozenset(("have",))),
    ("'ll", frozenset(("will", "shall"))),
    ("'m", frozenset(("am",))),
)
_PRONOUNS = frozenset(
    "i you he she it we they who that there here what where how when why this".split()
)
_IS_OR_HAS = frozenset(("is", "has"))
_HAD_OR_WOULD = frozenset(("had", "would"))
# What verse clips at the end of a word, written out: "deserv'd", "lov'st".
_CLIPPED = (
    (re.compile(r"(?<=[a-z])'d$"), "ed"),
    (re.compile(r"(?<=[a-z])'st$"), "est"),
)
_DASHES = re.compile(r"[-‐-―]")
# British spellings as American ones, which recognisers were taught.
_SPELLINGS = (
    (re.compile(r"(?<=[a-z]{2})our(?=$|s$|ed$|ing$|able$|ful$|ite$|ites$)"), "or"),
    (re.compile(r"(?<=[a-z]{3})is(?=e$|es$|ed$|ing$)"), "iz"),
    (re.compile(r"(?<=[bt])re$"), "er"),
)


def plain(word: str) -> str:
    """Lower case, without accents, with straight apostrophes."""
    decomposed = unicodedata.normalize("NFD", word.lower().replace("’", "'").replace("‘", "'"))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def atoms(word: str) -> tuple[tuple[Atom, ...], ...]:
    """Every way to take one word apart, likeliest first; only figures have several.

    Parameters
    ----------
    word : str
        As `rehearsal_server.scripts.words` finds it, or as a recogniser heard it.
    """
    if numeral := readings(word):
        return tuple(tuple(frozenset((part,)) for part in reading) for reading in numeral)
    return (tuple(_take_apart(plain(word).replace(".", ""))),)


def atoms_as_in(word: str, others: Collection[str]) -> tuple[Atom, ...]:
    """Take a word apart; of several ways, the one that shares most with `others`."""
    return max(atoms(word), key=lambda reading: _share(reading, others))


def meanings(spoken: Iterable[str]) -> frozenset[str]:
    """Every plain word that some words may stand for."""
    return frozenset(
        meaning
        for word in spoken
        for reading in atoms(word)
        for atom in reading
        for meaning in atom
    )


def _share(reading: tuple[Atom, ...], others: Collection[str]) -> float:
    return sum(not atom.isdisjoint(others) for atom in reading) / len(reading)


def _take_apart(word: str) -> list[Atom]:
    if word in _WHOLE:
        return [frozenset((part,)) for part in _WHOLE[word].split()]
    for ending, meaning in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending):
            return [frozenset((word.removesuffix(ending),)), meaning]
    stem, _, ending = word.rpartition("'")
    if stem in _PRONOUNS and ending in ("s", "d"):
        return [frozenset((stem,)), _IS_OR_HAS if ending == "s" else _HAD_OR_WOULD]
    if stem and ending == "s":
        # A name's "'s" may be "is" as well as a possessive, which recognisers write as one word.
        return [frozenset((_spelled(stem) + "s",))]
    return [frozenset((_spelled(word),))]


def _spelled(word: str) -> str:
    for clipped, whole in _CLIPPED:
        if clipped.search(word):
            word = clipped.sub(whole, word)
            break
    word = _DASHES.sub("", word.replace("'", ""))
    for pattern, american in _SPELLINGS:
        word = pattern.sub(american, word)
    return word
