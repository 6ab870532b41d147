"""Which heard word is which written one, by a weighted edit distance over their atoms."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from rehearsal_server.scripts.words import words
from rehearsal_server.wording.forms import Atom, atoms_as_in, meanings, plain

Int32s = npt.NDArray[np.int32]

# A substitution is dearer than an omission or an insertion, and cheaper than both together.
_SUBSTITUTION = 4
_OMISSION = 3
_INSERTION = 3
# An atom means at most so many different words.
_MEANINGS = 2
_NOWHERE = -1


@dataclass(frozen=True)
class HeardWord:
    """A word as a recogniser gave it."""

    text: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class Said:
    """One stretch of what was heard.

    Attributes
    ----------
    word : int or None
        Index of the written word that it is, or stands for; None for what is not in the line.
    is_right : bool
        It is that word, and not another in its place.
    text : str
        Plain, as it was heard; empty where that is not known.
    start_ms, end_ms : int
    """

    word: int | None
    is_right: bool
    text: str
    start_ms: int
    end_ms: int


def align(text: str, heard: Sequence[HeardWord]) -> tuple[Said, ...]:
    """Align what was heard with a line.

    Of words that were said twice the last are the line's: people repeat to get something right.

    Parameters
    ----------
    text : str
        The line.
    heard : sequence of HeardWord
        In order of time.

    Returns
    -------
    tuple of Said
        In order of time; a heard contraction of two written words ("I'm" for "I am") comes twice.
    """
    of_line, of_heard = [word.text for word in words(text)], [word.text for word in heard]
    written = _take_apart(of_line, meanings(of_heard))
    spoken = _take_apart(of_heard, meanings(of_line))
    same = _same([entry.atom for entry in written], [entry.atom for entry in spoken])
    partners = _partners(same)
    whole = _whole_words(written, partners, same)
    said: dict[tuple[int, int | None], Said] = {}
    for (_, index), partner in zip(spoken, partners, strict=True):
        word = written[partner].word if partner != _NOWHERE else None
        said[index, word] = _said(heard[index], word, is_right=word in whole)
    return tuple(_joined(_without_strays(said)))


class _Part(NamedTuple):
    """An atom and the word that it is part of."""

    atom: Atom
    word: int


def _take_apart(spelled: Sequence[str], others: Collection[str]) -> list[_Part]:
    return [
        _Part(atom, index)
        for index, word in enumerate(spelled)
        for atom in atoms_as_in(word, others)
    ]


def _said(heard: HeardWord, word: int | None, *, is_right: bool) -> Said:
    return Said(word, is_right, plain(heard.text), heard.start_ms, heard.end_ms)


def _without_strays(said: dict[tuple[int, int | None], Said]) -> list[Said]:
    """Leave out the part of a contraction that fits nothing, where another part fits a word."""
    placed = {index for index, word in said if word is not None}
    return [
        found for (index, word), found in said.items() if word is not None or index not in placed
    ]


def _joined(said: Sequence[Said]) -> Iterator[Said]:
    """Make one of several heard words that are one written word ("I am" for "I'm")."""
    for word, group in groupby(said, key=lambda one: one.word):
        parts = list(group)
        if word is None:
            yield from parts
        else:
            text = " ".join(part.text for part in parts)
            yield replace(parts[0], text=text, end_ms=parts[-1].end_ms)


def _whole_words(
    written: Sequence[_Part], partners: Sequence[int], same: npt.NDArray[np.bool_]
) -> set[int | None]:
    """The written words of which every atom was heard."""
    heard = {i for j, i in enumerate(partners) if i != _NOWHERE and same[i, j]}
    broken = {entry.word for index, entry in enumerate(written) if index not in heard}
    return {entry.word for entry in written if entry.word not in broken}


def _same(written: Sequence[Atom], heard: Sequence[Atom]) -> npt.NDArray[np.bool_]:
    """Whether each written atom may be each heard one, shape (n_written, n_heard)."""
    numbers: dict[str, int] = {}
    rows, columns = (_numbered(side, numbers, fill) for side, fill in ((written, -1), (heard, -2)))
    same: npt.NDArray[np.bool_] = np.zeros((len(written), len(heard)), np.bool_)
    for i in range(_MEANINGS):
        for j in range(_MEANINGS):
            same |= rows[:, i, None] == columns[None, :, j]
    return same


def _numbered(atoms: Sequence[Atom], numbers: dict[str, int], fill: int) -> Int32s:
    table = np.full((len(atoms), _MEANINGS), fill, np.int32)
    for row, atom in enumerate(atoms):
        for column, meaning in enumerate(sorted(atom)):
            table[row, column] = numbers.setdefault(meaning, len(numbers))
    return table


def _partners(same: npt.NDArray[np.bool_]) -> list[int]:
    """For each heard atom the written one that it is or stands for, or `_NOWHERE`."""
    distance, i, j = _distances(same), *same.shape
    partners = [_NOWHERE] * j
    while i and j:
        change = 0 if same[i - 1, j - 1] else _SUBSTITUTION
        # From the end, and pairs first: of words said twice, the last are the line's.
        if distance[i, j] == distance[i - 1, j - 1] + change:
            i, j = i - 1, j - 1
            partners[j] = i
        elif distance[i, j] == distance[i, j - 1] + _INSERTION:
            j -= 1
        else:
            i -= 1
    return partners


def _distances(same: npt.NDArray[np.bool_]) -> Int32s:
    """Edit distances of all prefixes, shape (n_written + 1, n_heard + 1)."""
    n_written, n_heard = same.shape
    inserted = _INSERTION * np.arange(n_heard + 1, dtype=np.int32)
    distances = np.empty((n_written + 1, n_heard + 1), np.int32)
    distances[0] = inserted
    for i in range(n_written):
        above = distances[i]
        row = above + _OMISSION
        change = np.where(same[i], 0, _SUBSTITUTION)
        row[1:] = np.minimum(row[1:], above[:-1] + change)
        # Insertions run along the row; relative to their cost that is a running minimum.
        distances[i + 1] = np.minimum.accumulate(row - inserted) + inserted
    return distances
