"""Text -> the phoneme ids that a Piper voice is fed, and which of them are which word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np

from rehearsal_server.voices.engine import Word
from rehearsal_server.voices.piper.model import PiperSpeech
from rehearsal_server.voices.spoken import Span, SpokenText, SpokenWord
from rehearsal_server.voices.word_times import timed_word

_BEGIN, _PAD, _END = "^", "_", "$"
_CLAUSE = re.compile(r"\S.*?(?:[.?!,;:]+(?=\s)|$)", re.DOTALL)
# espeak-ng marks words that it reads in another language: "(en)hello(de)".
_LANGUAGE_SWITCH = re.compile(r"\([^)]*\)")


class _TimedIds(NamedTuple):
    word: SpokenWord
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
        places: list[Span] = []
        for ipa_word, ending in zip(ipa_words, _endings(len(ipa_words), stop + gap), strict=True):
            first = len(ids)
            ids += _encode(ipa_word, id_map)
            places.append((first, len(ids)))
            ids += _encode(ending, id_map)
        words += _words_of(spoken, span, places)
    return PhonemeIds([*ids, *id_map[_END]], words)


def timed_words(
    spoken: SpokenText,
    phonemes: PhonemeIds,
    speech: PiperSpeech,
    *,
    heard: Span,
    sample_rate: int,
    begin_ms: float,
) -> tuple[Word, ...]:
    """Time the words by the voice's alignments, or else as if all ids were equally long.

    Parameters
    ----------
    spoken : SpokenText
    phonemes : PhonemeIds
    speech : PiperSpeech
        What the model made of them.
    heard : (int, int)
        The samples that are kept of it.
    sample_rate : int, Hz
    begin_ms : float
        When the first of these is heard, since the utterance began.
    """
    id_samples = speech.id_samples
    if id_samples is None:
        even = len(speech.samples) / len(phonemes.ids)
        borders = np.arange(len(phonemes.ids) + 1) * even
    else:
        borders = np.concatenate(([0], np.cumsum(id_samples)))
    borders_ms = (np.clip(borders, *heard) - heard[0]) * 1000 / sample_rate + begin_ms
    return tuple(
        timed_word(
            spoken,
            timed.word,
            borders_ms[timed.first],
            borders_ms[timed.end],
            estimated=id_samples is None or not timed.is_exact,
        )
        for timed in phonemes.words
    )


def _endings(count: int, last: str) -> list[str]:
    """What follows each of a clause's words."""
    return [" "] * (count - 1) + [last] * min(count, 1)


def _encode(ipa: str, id_map: Mapping[str, Sequence[int]]) -> Iterator[int]:
    for phoneme in unicodedata.normalize("NFD", ipa):
        if phoneme in id_map:
            yield from id_map[phoneme]
            yield from id_map[_PAD]


def _words_of(spoken: SpokenText, clause: Span, places: Sequence[Span]) -> Iterator[_TimedIds]:
    """Tell whose ids are whose: word by word, else by the length of the words."""
    words = spoken.words_in(clause)
    is_exact = len(places) == len(words)
    if not is_exact:
        places = _shared_out(words, places)
    for word, (first, end) in zip(words, places, strict=True):
        yield _TimedIds(word, first, end, is_exact)


def _shared_out(words: Sequence[SpokenWord], places: Sequence[Span]) -> list[Span]:
    begin, end = (places[0][0], places[-1][1]) if places else (0, 0)
    letters = list(accumulate((word.end - word.start for word in words), initial=0))
    ids_per_letter = (end - begin) / max(letters[-1], 1)
    return list(pairwise(begin + round(count * ids_per_letter) for count in letters))
