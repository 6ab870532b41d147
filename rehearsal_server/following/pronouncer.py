"""How the words of a script are pronounced: from the dictionary, or else by espeak-ng's rules."""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Protocol

from models.acoustic.dictionary import Dictionary, Pronunciation, plain_spelling
from models.acoustic.ipa import phones_of_ipa
from rehearsal_server.voices.engine import VoiceError

Pronunciations = dict[str, tuple[Pronunciation, ...]]

_LANGUAGE = "en-us"
# Names and rare words of a few long plays.
_KEPT_WORDS = 4096
# Words in one request to espeak-ng, so that voices wait for it no longer than for a passage.
_WORDS_PER_REQUEST = 50


# Four figures are read as a year, as `scripts.numerals` counts them; espeak-ng reads thousands.
_YEAR = re.compile(r"1[1-9]\d\d")


class Phonemizer(Protocol):
    """Turns text into IPA; espeak-ng's engine does."""

    async def phonemize(self, language: str, clauses: Sequence[str]) -> tuple[str, ...]:
        """IPA of each clause, its words separated by spaces; raises `VoiceError`."""


class Pronouncer:
    """Looks words up off the event loop and asks for the others, each once.

    Parameters
    ----------
    dictionary : Dictionary
    phonemizer : Phonemizer
        Asked for words that the dictionary lacks: names, numbers, initials.
    """

    def __init__(self, dictionary: Dictionary, phonemizer: Phonemizer) -> None:
        self._dictionary = dictionary
        self._phonemizer = phonemizer
        self._by_rule: OrderedDict[str, tuple[Pronunciation, ...]] = OrderedDict()

    async def pronounce(self, words: Iterable[str]) -> Pronunciations:
        """Pronunciations of each distinct word.

        Parameters
        ----------
        words : iterable of str
            As `rehearsal_server.scripts.words` finds them.

        Returns
        -------
        dict of str to tuple
            By the word as it was given; empty for a word that nobody knows how to say.
        """
        distinct = list(dict.fromkeys(words))
        found = await asyncio.to_thread(self._look_up, distinct)
        unknown = [word for word in distinct if not found[word]]
        for start in range(0, len(unknown), _WORDS_PER_REQUEST):
            found.update(await self._pronounce_by_rule(unknown[start : start + _WORDS_PER_REQUEST]))
        return found

    def _look_up(self, words: Sequence[str]) -> Pronunciations:
        return {word: self._dictionary.pronunciations(word) for word in words}

    async def _pronounce_by_rule(self, words: Sequence[str]) -> Pronunciations:
        asked = [word for word in words if plain_spelling(word) not in self._by_rule]
        if asked:
            self._keep(asked, await self._ask(asked))
        return {word: self._by_rule.get(plain_spelling(word), ()) for word in words}

    async def _ask(self, words: Sequence[str]) -> Sequence[str]:
        try:
            return await self._phonemizer.phonemize(_LANGUAGE, [_read(word) for word in words])
        except VoiceError:
            return ()  # a word without pronunciation is passed over, and counts as unsure

    def _keep(self, words: Sequence[str], ipa: Sequence[str]) -> None:
        for word, said in zip(words, ipa, strict=False):
            phones = phones_of_ipa(said)
            self._by_rule[plain_spelling(word)] = (phones,) if phones else ()
        while len(self._by_rule) > _KEPT_WORDS:
            self._by_rule.popitem(last=False)


def _read(word: str) -> str:
    """What espeak-ng is to read for a word."""
    if not _YEAR.fullmatch(word):
        return word
    century, year = word[:2], word[2:]
    if year == "00":
        return f"{century} hundred"
    return f"{century} oh {year[1]}" if year[0] == "0" else f"{century} {year}"
