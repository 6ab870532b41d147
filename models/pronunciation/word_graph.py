"""The words of a line as phones in their states, with what natural speech does between words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.acoustic.acoustic_model import SILENCE, STATES_PER_PHONE, AcousticModel, WordPosition
from models.acoustic.dictionary import Pronunciation

Int32s = npt.NDArray[np.int32]

# Of a word's pronunciations, so many are tried.
MOST_VARIANTS = 8


@dataclass(frozen=True, slots=True)
class WordGraph:
    """States of all words and all their pronunciations, one after the other.

    Attributes
    ----------
    senones : int32, shape (n_states,)
        What each state emits.
    phone : int32, shape (n_states,)
        Which of `phones` a state belongs to.
    is_first : bool, shape (n_states,)
        The first state of a pronunciation.
    stay, leave : float32, shape (n_states,)
        Log-probabilities.
    entries, exits : int32, shape (n_words, MOST_VARIANTS)
        First and last state of each pronunciation; -1 where there are fewer.
    phones : tuple of str
        By number, every pronunciation's.
    phone_word : int32, shape (n_phones,)
    """

    senones: Int32s
    phone: Int32s
    is_first: npt.NDArray[np.bool_]
    stay: npt.NDArray[np.float32]
    leave: npt.NDArray[np.float32]
    entries: Int32s
    exits: Int32s
    phones: tuple[str, ...]
    phone_word: Int32s

    @property
    def words(self) -> int:
        """How many there are."""
        return len(self.entries)


def build_word_graph(
    model: AcousticModel, pronunciations: Sequence[Sequence[Pronunciation]]
) -> WordGraph:
    """Build the graph of a line.

    Parameters
    ----------
    model : AcousticModel
    pronunciations : sequence of sequences of pronunciations
        For each word of the line, at least one.

    Raises
    ------
    ValueError
        There are no words, or a word has no pronunciation.
    """
    if not pronunciations or not all(pronunciations):
        raise ValueError("every word of a line needs a pronunciation, and a line needs words")
    entries = np.full((len(pronunciations), MOST_VARIANTS), -1, np.int32)
    exits = entries.copy()
    senones: list[Int32s] = []
    logs: list[tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]] = []
    phones: list[str] = []
    phone_word: list[int] = []
    around = [((SILENCE,),), *pronunciations, ((SILENCE,),)]
    for word, variants in enumerate(pronunciations):
        before, after = around[word][0][-1], around[word + 2][0][0]
        for variant, pronunciation in enumerate(variants[:MOST_VARIANTS]):
            entries[word, variant] = STATES_PER_PHONE * len(phones)
            for phone, left, right, position in _in_context(pronunciation, before, after):
                senones.append(model.senones_in_context(phone, left, right, position))
                logs.append(model.transition_logs(phone))
                phones.append(phone)
                phone_word.append(word)
            exits[word, variant] = STATES_PER_PHONE * len(phones) - 1
    states = STATES_PER_PHONE * len(phones)
    is_first = np.zeros(states, np.bool_)
    is_first[entries[entries >= 0]] = True
    return WordGraph(
        senones=np.concatenate(senones).astype(np.int32),
        phone=np.repeat(np.arange(len(phones), dtype=np.int32), STATES_PER_PHONE),
        is_first=is_first,
        stay=np.concatenate([stay for stay, _ in logs]),
        leave=np.concatenate([leave for _, leave in logs]),
        entries=entries,
        exits=exits,
        phones=tuple(phones),
        phone_word=np.array(phone_word, np.int32),
    )


def _in_context(
    pronunciation: Pronunciation, before: str, after: str
) -> list[tuple[str, str, str, WordPosition]]:
    around = (before, *pronunciation, after)
    last = len(pronunciation) - 1
    return [
        (phone, around[index], around[index + 2], _position(index, last))
        for index, phone in enumerate(pronunciation)
    ]


def _position(index: int, last: int) -> WordPosition:
    if last == 0:
        return WordPosition.SINGLE
    if index == 0:
        return WordPosition.BEGIN
    return WordPosition.END if index == last else WordPosition.INTERNAL
