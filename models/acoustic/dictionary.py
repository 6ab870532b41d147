"""How English words are pronounced: CMU's dictionary, and old and clipped spellings restored."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from pathlib import Path

from models.acoustic.acoustic_model import model_folder
from models.card import ModelAbsent

# Phones of the acoustic model, in order.
Pronunciation = tuple[str, ...]

_FILE = "cmudict-en-us.dict"
_MOST_VARIANTS = 9

# What verse drops, and what stands there in full: "deserv'd" is said as "deserved". The first that
# the dictionary knows is taken.
_RESTORATIONS = (
    (re.compile(r"'d$"), "ed"),
    (re.compile(r"'d$"), "d"),
    (re.compile(r"'n$"), "en"),
    (re.compile(r"in'$"), "ing"),
    (re.compile(r"^o'er"), "over"),
    (re.compile(r"^ne'er"), "never"),
    (re.compile(r"^e'er"), "ever"),
    (re.compile(r"^e'en"), "even"),
    (re.compile(r"^'"), ""),
    (re.compile(r"'$"), ""),
)
# Endings that are pronounced by rule, after the last phone of the stem.
_SIBILANTS = frozenset(("S", "Z", "SH", "ZH", "CH", "JH"))
_VOICELESS = frozenset(("P", "T", "K", "F", "TH"))
_POSSESSIVE = re.compile(r"(?:'s|s')$")
_OLD_ENDING = re.compile(r"(?P<stem>.{2,})(?P<ending>eth|est|edst|'st|'dst)$")
_OLD_ENDINGS = {
    "eth": ("IH", "TH"),
    "est": ("IH", "S", "T"),
    "'st": ("S", "T"),
    "edst": ("D", "S", "T"),
    "'dst": ("D", "S", "T"),
}


class Dictionary:
    """Looks words up.

    Parameters
    ----------
    path : Path, optional
        Lines of a word and its phones, ``word(2)`` for its second pronunciation; that of the
        installed pocketsphinx if left out.

    Raises
    ------
    ModelAbsent
        There is no dictionary.
    """

    def __init__(self, path: Path | None = None) -> None:
        path = path or model_folder() / _FILE
        try:
            # Sorted lines, searched by halves: a fifth of what a mapping would hold in memory.
            self._lines = sorted(path.read_bytes().splitlines())
        except OSError as error:
            raise ModelAbsent(f"the dictionary cannot be read: {error}") from error

    def pronunciations(self, word: str) -> tuple[Pronunciation, ...]:
        """Every way to say a word of a script; empty if that cannot be known from the spelling.

        Parameters
        ----------
        word : str
            One word as `rehearsal_server.scripts.words` finds it, in any case.
        """
        spelling = plain_spelling(word)
        return (
            self._listed(spelling)
            or self._restored(spelling)
            or self._possessive(spelling)
            or self._old_ending(spelling)
        )

    def _listed(self, spelling: str) -> tuple[Pronunciation, ...]:
        names = [spelling, *(f"{spelling}({n})" for n in range(2, _MOST_VARIANTS + 1))]
        found: list[Pronunciation] = []
        for name in names:
            phones = self._line(name)
            if phones is None:
                break
            found.append(phones)
        return tuple(found)

    def _line(self, name: str) -> Pronunciation | None:
        start = name.encode() + b" "
        at = bisect_left(self._lines, start)
        if at == len(self._lines) or not self._lines[at].startswith(start):
            return None
        return tuple(self._lines[at][len(start) :].decode().split())

    def _restored(self, spelling: str) -> tuple[Pronunciation, ...]:
        for clipped, whole in _RESTORATIONS:
            if clipped.search(spelling) and (found := self._listed(clipped.sub(whole, spelling))):
                return found
        return ()

    def _possessive(self, spelling: str) -> tuple[Pronunciation, ...]:
        if not _POSSESSIVE.search(spelling):
            return ()
        stem = _POSSESSIVE.sub("", spelling)
        return tuple((*phones, *_plural(phones[-1])) for phones in self._listed(stem))

    def _old_ending(self, spelling: str) -> tuple[Pronunciation, ...]:
        old = _OLD_ENDING.match(spelling)
        if old is None:
            return ()
        stem = old["stem"]
        # "maketh" is "make" with an ending, "feedeth" is "feed".
        known = self._listed(f"{stem}e") or self._listed(stem)
        return tuple((*phones, *_OLD_ENDINGS[old["ending"]]) for phones in known)


def plain_spelling(word: str) -> str:
    """Lower case, without accents, with straight apostrophes: as the dictionary has it."""
    decomposed = unicodedata.normalize("NFD", word.lower().replace("’", "'"))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _plural(last: str) -> Pronunciation:
    if last in _SIBILANTS:
        return ("IH", "Z")
    return ("S",) if last in _VOICELESS else ("Z",)
