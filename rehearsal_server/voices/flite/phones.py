"""Which of an utterance's phones are which word."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

from rehearsal_server.voices.engine import Word
from rehearsal_server.voices.flite.command import PAUSE, Phone
from rehearsal_server.voices.spoken import SpokenText, SpokenWord
from rehearsal_server.voices.word_times import timed_word


def timed_words(
    spoken: SpokenText,
    words: Sequence[SpokenWord],
    phone_counts: Sequence[int],
    phones: Sequence[Phone],
    offset_ms: float,
) -> tuple[Word, ...]:
    """Time each word by its phones.

    flite tells phones but not which word they belong to; `phone_counts` says how many each word
    has on its own. Where they add up to what was said (56 of 60 lines of *Earnest*) the times are
    flite's own; where a word is said otherwise in its context they are estimated in proportion.

    Parameters
    ----------
    spoken : SpokenText
    words : sequence of SpokenWord
        Those that were spoken.
    phone_counts : sequence of int
        One per word; anything else is taken for unknown.
    phones : sequence of Phone
        All phones and pauses of the utterance.
    offset_ms : float
        Added to all times.
    """
    said = [phone for phone in phones if phone.name != PAUSE]
    if not said or not words:
        return ()
    if len(phone_counts) != len(words) or not all(phone_counts):
        phone_counts = [word.end - word.start for word in words]
    total = sum(phone_counts)
    borders = [round(count * len(said) / total) for count in accumulate(phone_counts, initial=0)]
    timed = []
    for word, (first, following) in zip(words, pairwise(borders), strict=True):
        last = max(first, following - 1)
        first, last = min(first, len(said) - 1), min(last, len(said) - 1)
        timed.append(
            timed_word(
                spoken,
                word,
                said[first].start_ms + offset_ms,
                said[last].end_ms + offset_ms,
                estimated=total != len(said),
            )
        )
    return tuple(timed)


def spoken_interval(phones: Sequence[Phone]) -> tuple[float, float]:
    """From the first phone to the end of the last, in milliseconds; equal where there is none."""
    said = [phone for phone in phones if phone.name != PAUSE]
    return (said[0].start_ms, said[-1].end_ms) if said else (0.0, 0.0)
