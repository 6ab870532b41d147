"""Text -> the phoneme ids that a Piper voice is fed, and which of them are which word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from rehearsal_server.voices.engine import Word
from rehearsal_server.voices.spoken import Span, SpokenText
from rehearsal_server.voices.word_times import timed_word

_BEGIN, _PAD, _END = "^", "_", "$"
_CLAUSE = re.compile(r"\S.*?(?:[.?!,;:]+(?=\s)|$)", re.DOTALL)
# espeak-ng marks words that it reads in another language: "(en)hello(de)".
_LANGUAGE_SWITCH = re.compile(r"\([^)]*\)")


class _TimedIds(NamedTuple):
    span: Span
    first: int
    end: int
    # Whether espeak-ng's phonemes could be told apart word by word.
    is_exact: bool


class PhonemeIds(NamedTuple):
    """The input of the model for one passage."""

    ids: list[int]
    words: list[_TimedIds]


def clauses(spoken: SpokenText, passage: Span) -> tuple[Span, ...]:
    """Cut a passage after its stops, which Piper voices take as phonemes."""
    return tuple(match.span() for match in _CLAUSE.finditer(spoken.text[: passage[1]], passage[0]))


def phoneme_ids(
    spoken: SpokenText,
    clause_spans: Sequence[Span],
    ipa: Sequence[str],
    id_map: Mapping[str, Sequence[int]],
) -> PhonemeIds:
    """Encode clauses as Piper's own ``phonemes_to_ids`` does: ``^ _ p _ p _ $``.

    Phonemes that the voice was not trained on are left out, as Piper does.

    Parameters
    ----------
    spoken : SpokenText
    clause_spans : sequence of (int, int)
        From `clauses`.
    ipa : sequence of str
        Of each clause, words separated by spaces.
    id_map : mapping
        The voice's ``phoneme_id_map``.
    """
    ids = [*id_map[_BEGIN], *id_map[_PAD]]
    words: list[_TimedIds] = []
    for number, (span, clause_ipa) in enumerate(zip(clause_spans, ipa, strict=True), start=1):
        ipa_words = _LANGUAGE_SWITCH.sub("", clause_ipa).split()
        last = spoken.text[span[1] - 1]
        stop = "" if last.isalnum() else last
        gap = " " if number < len(clause_spans) else ""
        borders = [len(ids)]
        for ending, ipa_word in zip(_endings(len(ipa_words), stop + gap), ipa_words, strict=True):
            ids += _encode(ipa_word + ending, id_map)
            borders.append(len(ids))
        words += _words_of(spoken, span, borders)
    return PhonemeIds([*ids, *id_map[_END]], words)


def timed_words(
    spoken: SpokenText,
    phonemes: PhonemeIds,
    id_samples: npt.NDArray[np.int64] | None,
    *,
    samples: int,
    sample_rate: int,
    offset_ms: float,
) -> tuple[Word, ...]:
    """Time the words by the voice's alignments, or else as if all ids were equally long."""
    is_told = id_samples is not None
    if id_samples is None:
        shares = np.full(len(phonemes.ids), samples / len(phonemes.ids))
    else:
        shares = id_samples.astype(np.float64)
    ends_ms = np.concatenate(([0.0], np.cumsum(shares))) * 1000 / sample_rate + offset_ms
    last_ms = offset_ms + 1000 * samples / sample_rate
    return tuple(
        timed_word(
            spoken,
            word.span,
            min(ends_ms[word.first], last_ms),
            min(ends_ms[word.end], last_ms),
            estimated=not (is_told and word.is_exact),
        )
        for word in phonemes.words
    )


def _endings(count: int, last: str) -> list[str]:
    """What follows each of a clause's words."""
    return [" "] * (count - 1) + [last] * min(count, 1)


def _encode(ipa: str, id_map: Mapping[str, Sequence[int]]) -> Iterator[int]:
    for phoneme in unicodedata.normalize("NFD", ipa):
        if phoneme in id_map:
            yield from id_map[phoneme]
            yield from id_map[_PAD]


def _words_of(spoken: SpokenText, clause: Span, id_borders: Sequence[int]) -> Iterator[_TimedIds]:
    """Tell whose ids are whose: word by word, else by the length of the words."""
    spans = [span for span in spoken.words if clause[0] <= span[0] < clause[1]]
    is_exact = len(id_borders) == len(spans) + 1
    borders = list(id_borders)
    if not is_exact:
        letters = list(accumulate((b - a for a, b in spans), initial=0))
        ids_per_letter = (borders[-1] - borders[0]) / max(letters[-1], 1)
        borders = [borders[0] + round(count * ids_per_letter) for count in letters]
    for span, (first, end) in zip(spans, pairwise(borders), strict=True):
        yield _TimedIds(span, first, end, is_exact)
