"""What a parenthetical such as "(with great relief)" asks of a voice."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import numpy as np
from msgspec import Meta

from models.emotion.categories import CATEGORIES, Affect

Change = Literal["more", "less"]
Measure = Literal["level", "projection", "pitch_range", "tempo", "voicing"]

# The mean distance from the origin of RM77's six basic terms; see directions.toml.
ANGLE_RADIUS = 0.8
MORE_DEGREE, LESS_DEGREE = 1.25, 0.6
_LONGEST_PHRASE_WORDS = 3
# From an adverb or a noun back to the word that the lexicon lists.
_ENDINGS = (("ily", "y"), ("ably", "able"), ("ibly", "ible"), ("ally", "al"), ("ally", ""),
            ("ly", ""), ("ly", "le"), ("ness", ""), ("iness", "y"))  # fmt: skip


class Placed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A term with a published place: `at` (arousal, valence) or an `angle` in degrees."""

    source: str
    at: tuple[float, float] | None = None
    angle: float | None = None
    category: str | None = None

    @property
    def affect(self) -> Affect:
        """Where it lies."""
        if self.at is not None:
            return Affect(*self.at)
        radians = np.deg2rad(self.angle or 0.0)
        return Affect(ANGLE_RADIUS * float(np.sin(radians)), ANGLE_RADIUS * float(np.cos(radians)))


class Manner(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A way of speaking: which measures go which way from the speaker's usual."""

    words: tuple[str, ...] = ()
    level: Change | None = None
    projection: Change | None = None
    pitch_range: Change | None = None
    tempo: Change | None = None
    voicing: Change | None = None

    @property
    def changes(self) -> dict[Measure, Change]:
        """The measures that it says something about."""
        stated: dict[Measure, Change | None] = {
            "level": self.level,
            "projection": self.projection,
            "pitch_range": self.pitch_range,
            "tempo": self.tempo,
            "voicing": self.voicing,
        }
        return {measure: change for measure, change in stated.items() if change is not None}


class _Degrees(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    none: tuple[str, ...] = ()


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    placed: dict[str, Placed] = {}
    like: dict[str, Annotated[tuple[str, ...], Meta(min_length=1)]] = {}
    manner: dict[str, Manner] = {}
    degree: _Degrees = _Degrees()


@dataclass(frozen=True, slots=True)
class Direction:
    """What a direction asks for, as far as the lexicon knows it.

    Attributes
    ----------
    text : str
        As it stands in the script.
    terms : tuple of str
        The lexicon's terms that were found in it, in their order.
    affect : Affect or None
        Mean place of those that have one.
    category : str or None
        One of the seven, if the terms that have a place agree on it.
    manners : dict of str to {"more", "less"}
        Which measures should go which way from the speaker's usual.
    sources : tuple of str
        Where the places come from.
    """

    text: str
    terms: tuple[str, ...] = ()
    affect: Affect | None = None
    category: str | None = None
    manners: dict[Measure, Change] = field(default_factory=dict)
    sources: tuple[str, ...] = ()

    @property
    def is_known(self) -> bool:
        """False: the lexicon has none of its words, and nothing can be compared."""
        return bool(self.terms)


class DirectionLexicon:
    """Words and phrases of directions, and what they ask for.

    Parameters
    ----------
    extra : Path or None
        A TOML file in the form of `directions.toml`; its entries come on top.

    Raises
    ------
    ValueError
        A file is malformed, or an entry refers to a term or category that does not exist.
    """

    def __init__(self, extra: Path | None = None) -> None:
        built_in = resources.files("models.emotion").joinpath("directions.toml").read_bytes()
        files = [_read(built_in, "directions.toml")]
        if extra is not None:
            files.append(_read(extra.read_bytes(), str(extra)))
        self._placed: dict[str, Placed] = {}
        self._manner: dict[str, Manner] = {}
        self._terms: dict[str, set[str]] = {}  # word or phrase -> terms
        self._degree: dict[str, float] = {}
        for read in files:
            self._add(read)

    def understand(self, text: str) -> Direction:
        """Look up a parenthetical, with or without its parentheses."""
        found = list(self._find(re.findall(r"[a-z]+(?:[-'’][a-z]+)*", text.lower())))
        terms = tuple(dict.fromkeys(term for term, _ in found))
        places = [(self._placed[term], scale) for term, scale in found if term in self._placed]
        changes: dict[Measure, Change] = {}
        for term in terms:
            changes |= self._manner[term].changes if term in self._manner else {}
        categories = {place.category for place, _ in places}
        return Direction(
            text=text,
            terms=terms,
            affect=_mean_affect(places),
            category=categories.pop() if len(categories) == 1 else None,
            manners=changes,
            sources=tuple(sorted({place.source for place, _ in places})),
        )

    def _add(self, read: _File) -> None:
        for term, placed in read.placed.items():
            _check_placed(term, placed)
            self._placed[term] = placed
            self._terms.setdefault(term, set()).add(term)
        for term, manner in read.manner.items():
            self._manner[term] = manner
            for word in (term, *manner.words):
                self._terms.setdefault(word, set()).add(term)
        for term, words in read.like.items():
            if term not in self._placed:
                raise ValueError(f"[like] {term}: no such term under [placed]")
            for word in words:
                self._terms.setdefault(word, set()).add(term)
        self._degree |= dict.fromkeys(read.degree.more, MORE_DEGREE)
        self._degree |= dict.fromkeys(read.degree.less, LESS_DEGREE)
        self._degree |= dict.fromkeys(read.degree.none, 0.0)

    def _find(self, words: list[str]) -> Iterator[tuple[str, float]]:
        """Terms and the degree that each is asked for, longest phrases first; negated ones not."""
        place, degree = 0, 1.0
        while place < len(words):
            size, terms = self._longest_at(words, place)
            if terms:
                if degree > 0:
                    yield from ((term, degree) for term in sorted(terms))
                degree = 1.0
            else:
                degree = self._degree.get(words[place], degree)
            place += size

    def _longest_at(self, words: list[str], place: int) -> tuple[int, set[str]]:
        for size in range(_LONGEST_PHRASE_WORDS, 0, -1):
            phrase = " ".join(words[place : place + size])
            for form in _forms(phrase):
                if form in self._terms:
                    return size, self._terms[form]
        return 1, set()


def _forms(word: str) -> Iterator[str]:
    yield word
    for ending, instead in _ENDINGS:
        if word.endswith(ending):
            yield word.removesuffix(ending) + instead


def _mean_affect(places: list[tuple[Placed, float]]) -> Affect | None:
    if not places:
        return None
    scaled = np.mean([scale * np.array(place.affect) for place, scale in places], axis=0)
    return Affect(*np.clip(scaled, -1, 1).tolist())


def _check_placed(term: str, placed: Placed) -> None:
    if (placed.at is None) == (placed.angle is None):
        raise ValueError(f"[placed] {term}: give either `at` or `angle`")
    if placed.category is not None and placed.category not in CATEGORIES:
        raise ValueError(f"[placed] {term}: {placed.category} is none of {', '.join(CATEGORIES)}")


def _read(content: bytes, name: str) -> _File:
    try:
        return msgspec.convert(tomllib.loads(content.decode()), _File)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise ValueError(f"lexicon {name}: {error}") from error
