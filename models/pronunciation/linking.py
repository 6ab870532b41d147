"""What English speakers do to words in a row: "next please" without its t is no error.

Rules of connected speech after Cruttenden, Gimson's Pronunciation of English (8th ed., ch. 12):
elision of final alveolar plosives, assimilation of place, coalescence with a following y, one long
consonant for two, h lost in weak forms, flapping, "and" without its d.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from models.acoustic.dictionary import Pronunciation

_VOWELS = frozenset("AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW".split())
# Before y: "did you", "don't you", "miss you", "as you".
_COALESCED = {"T": "CH", "D": "JH", "S": "SH", "Z": "ZH"}
# Final alveolars take the place of what follows: "ten pounds", "in case", "good morning".
_ASSIMILATED = {
    ("N", "P"): "M",
    ("N", "B"): "M",
    ("N", "M"): "M",
    ("N", "K"): "NG",
    ("N", "G"): "NG",
    ("T", "P"): "P",
    ("T", "B"): "P",
    ("T", "K"): "K",
    ("T", "G"): "K",
    ("D", "B"): "B",
    ("D", "M"): "B",
    ("D", "G"): "G",
    ("D", "K"): "G",
    ("S", "SH"): "SH",
    ("Z", "SH"): "SH",
}
_WEAK_H = frozenset("he him his her have has had".split())
_DEVOICED = {"Z": "S", "V": "F", "D": "T"}


def linked_variants(
    words: Sequence[str], pronunciations: Sequence[Sequence[Pronunciation]]
) -> list[tuple[Pronunciation, ...]]:
    """Add to each word's pronunciations those of connected speech.

    Parameters
    ----------
    words : sequence of str
        Lower case.
    pronunciations : sequence of sequences of pronunciations
        For each word, as a dictionary has them.

    Returns
    -------
    list of tuples of pronunciations
        The dictionary's come first, none comes twice.
    """
    linked = []
    for index, (word, own) in enumerate(zip(words, pronunciations, strict=True)):
        following = pronunciations[index + 1] if index + 1 < len(words) else ()
        nexts = {variant[0] for variant in following}
        variants = [changed for phones in own for changed in _variants(word, phones, nexts, index)]
        linked.append(tuple(dict.fromkeys([*own, *variants])))
    return linked


def _variants(
    word: str, phones: Pronunciation, nexts: Collection[str], index: int
) -> list[Pronunciation]:
    found = [_flapped(phones, nexts)]
    if word in _WEAK_H and index and phones[0] == "HH":
        found.append(phones[1:])
    if len(phones) > 1:
        found += [_ended(phones, following) for following in nexts]
        if _loses_its_end(phones, nexts):
            found.append(phones[:-1])
    if phones[-1] in _DEVOICED:
        found.append((*phones[:-1], _DEVOICED[phones[-1]]))
    return [variant for variant in found if variant and variant != phones]


def _ended(phones: Pronunciation, following: str) -> Pronunciation:
    """The word as its end is changed by what follows."""
    last = phones[-1]
    if last == following:
        return phones[:-1]
    changed = _COALESCED.get(last) if following == "Y" else _ASSIMILATED.get((last, following))
    return (*phones[:-1], changed) if changed else phones


def _loses_its_end(phones: Pronunciation, nexts: Collection[str]) -> bool:
    """Whether a final t or d may go, between a consonant and another ("next please")."""
    is_cluster = phones[-1] in ("T", "D") and phones[-2] not in _VOWELS
    is_and = phones[-3:] in (("AH", "N", "D"), ("AE", "N", "D")) and len(phones) == 3
    return is_and or (is_cluster and any(phone not in _VOWELS for phone in nexts))


def _flapped(phones: Pronunciation, nexts: Collection[str]) -> Pronunciation:
    """T between vowels as D, the nearest that the model has to a flap."""
    after = (*phones[1:], next(iter(nexts), ""))
    before = ("", *phones[:-1])
    return tuple(
        "D" if phone == "T" and left in _VOWELS and right in _VOWELS else phone
        for left, phone, right in zip(before, phones, after, strict=True)
    )
