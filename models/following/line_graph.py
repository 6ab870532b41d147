"""The words of a line as a chain of states, one for each piece of each phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.acoustic.acoustic_model import (
    SILENCE,
    STATES_PER_PHONE,
    AcousticModel,
    Senones,
    WordPosition,
)
from models.acoustic.dictionary import Pronunciation

# Of a word's pronunciations, so many are listened for.
MOST_VARIANTS = 3


@dataclass(frozen=True, slots=True)
class LineGraph:
    """What a stream's line sounds like; arrays over states but where told.

    Attributes
    ----------
    senones : int32, shape (n_senones,)
        The distinct senones of the line.
    column : int32
        Which of them a state emits.
    word : int32
        Whose state it is.
    stay, leave : float32
        Log-probabilities to stay in a state for another frame, and to go on.
    is_late : bool
        The word is as good as said: the second half of its last phone.
    entry_state, entry_word : int32, shape (n_pronunciations,)
        The first state of each pronunciation, and its word.
    exit_state : int32, shape (n_words, MOST_VARIANTS)
        The last states of each word's pronunciations; -1 where there are fewer.
    """

    senones: Senones
    column: npt.NDArray[np.int32]
    word: npt.NDArray[np.int32]
    stay: npt.NDArray[np.float32]
    leave: npt.NDArray[np.float32]
    is_late: npt.NDArray[np.bool_]
    entry_state: npt.NDArray[np.int32]
    entry_word: npt.NDArray[np.int32]
    exit_state: npt.NDArray[np.int32]

    @property
    def states(self) -> int:
        """How many there are."""
        return len(self.column)

    @property
    def words(self) -> int:
        """How many there are."""
        return len(self.exit_state)


@dataclass(frozen=True, slots=True)
class _Phone:
    name: str
    left: str
    right: str
    position: WordPosition


def build_line_graph(
    model: AcousticModel, pronunciations: Sequence[Sequence[Pronunciation]]
) -> LineGraph:
    """Build the graph of a line.

    Parameters
    ----------
    model : AcousticModel
    pronunciations : sequence of sequences of pronunciations
        For each word of the line, at least one.

    Raises
    ------
    ValueError
        The line has no words, or a word no pronunciation.
    """
    if not pronunciations or not all(pronunciations):
        raise ValueError("every word of a line needs a pronunciation, and a line needs words")
    senones: list[Senones] = []
    stay: list[npt.NDArray[np.float32]] = []
    leave: list[npt.NDArray[np.float32]] = []
    word_of: list[int] = []
    is_late: list[bool] = []
    entry_state: list[int] = []
    entry_word: list[int] = []
    exit_state = np.full((len(pronunciations), MOST_VARIANTS), -1, np.int32)
    for word, variants in enumerate(pronunciations):
        before = pronunciations[word - 1][0][-1] if word else SILENCE
        after = pronunciations[word + 1][0][0] if word + 1 < len(pronunciations) else SILENCE
        for variant, phones in enumerate(variants[:MOST_VARIANTS]):
            entry_state.append(len(word_of))
            entry_word.append(word)
            for phone in _in_context(phones, before, after):
                senones.append(
                    model.senones_in_context(phone.name, phone.left, phone.right, phone.position)
                )
                stays, leaves = model.transition_logs(phone.name)
                stay.append(stays)
                leave.append(leaves)
                is_last = phone.position in (WordPosition.END, WordPosition.SINGLE)
                is_late += [False, *[is_last] * (STATES_PER_PHONE - 1)]
                word_of += [word] * STATES_PER_PHONE
            exit_state[word, variant] = len(word_of) - 1
    distinct, column = np.unique(np.concatenate(senones), return_inverse=True)
    return LineGraph(
        senones=distinct.astype(np.int32),
        column=column.astype(np.int32),
        word=np.array(word_of, np.int32),
        stay=np.concatenate(stay).astype(np.float32),
        leave=np.concatenate(leave).astype(np.float32),
        is_late=np.array(is_late),
        entry_state=np.array(entry_state, np.int32),
        entry_word=np.array(entry_word, np.int32),
        exit_state=exit_state,
    )


def _in_context(phones: Pronunciation, before: str, after: str) -> list[_Phone]:
    """The phones of a word with their neighbours, those across the word's borders included."""
    around = (before, *phones, after)
    last = len(phones) - 1
    positions = [
        WordPosition.SINGLE
        if last == 0
        else WordPosition.BEGIN
        if index == 0
        else WordPosition.END
        if index == last
        else WordPosition.INTERNAL
        for index in range(len(phones))
    ]
    return [
        _Phone(phone, around[index], around[index + 2], positions[index])
        for index, phone in enumerate(phones)
    ]
