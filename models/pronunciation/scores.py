"""Scores from 0 to 100, defined as in Azure Pronunciation Assessment; formulae and anchors.

Azure's definitions (learn.microsoft.com, "Use pronunciation assessment"): *accuracy* is how closely
the phonemes match a native speaker's; *fluency* how closely the speech matches a native speaker's
use of silent breaks between words; *completeness* the share of the text's words that were
pronounced; *prosody* how natural the speech is in stress, intonation, speed and rhythm; the
*overall* score weighs them, the lowest most. The formulae are ours, for Azure's are not published,
and lexical stress is not judged.

Anchors were read off native reading (`austen`, `ljspeech`); `python -m benchmarks.pronunciation`
measures what they give on speakers that they have not seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from models.pronunciation.durations import duration_residuals
from models.pronunciation.goodness import LineFit, PhoneFit, WordFit

VOWELS = frozenset("AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW".split())

# (goodness, accuracy): the median native word is 100, the 5th percentile of native words 80, the
# median of other words in its place 20.
_WORD_ANCHORS = ((-8.0, 0.0), (-5.0, 30.0), (-1.9, 80.0), (0.3, 100.0))
# Single phones scatter more: the same percentiles of native phones.
_PHONE_ANCHORS = ((-12.0, 0.0), (-8.0, 30.0), (-4.3, 80.0), (0.6, 100.0))
# (goodness of the whole line, how far it is this text at all): all native lines and 98 % of the
# learners' lie above, 95 % of readings of another text below the middle.
_TEXT_ANCHORS = ((-3.6, 0.0), (-2.9, 1.0))
# (share of the words that was pronounced, the same): anything has a sound like some word's.
_SHARE_ANCHORS = ((0.1, 0.0), (0.25, 1.0))
# A word whose place holds something else entirely was not pronounced.
_PRONOUNCED_GOODNESS = -6.5
# Native pace by phonation, 5th to 95th percentile, and where it is no longer natural at all.
_RATE_ANCHORS = ((1.9, 0.0), (3.8, 100.0), (6.5, 100.0), (9.5, 0.0))
# (spread of the duration residuals, score): native lines lie below 0.45.
_RHYTHM_ANCHORS = ((0.45, 100.0), (0.95, 0.0))
# (spread of F0 within the line's vowels in semitones, score): flat below one.
_INTONATION_ANCHORS = ((0.5, 0.0), (2.0, 100.0))
# A shorter silence between words is a stop's closure, not a break.
_SHORTEST_BREAK_MS = 150
# Fewer words have neither breaks nor rhythm to judge.
_FEWEST_WORDS = 3
_FEWEST_VOICED_FRAMES = 10


def word_accuracy(fit: WordFit) -> float | None:
    """How native one word sounds; None if it was not said."""
    return _along(_WORD_ANCHORS, fit.goodness) if is_pronounced(fit) else None


def phone_accuracy(fit: PhoneFit) -> float:
    """How native one phone sounds: a hint, for phones are short and scatter."""
    return _along(_PHONE_ANCHORS, fit.goodness)


def is_pronounced(fit: WordFit) -> bool:
    """Whether anything like the word was said."""
    return bool(fit.phones) and fit.goodness >= _PRONOUNCED_GOODNESS


def text_match(line: LineFit) -> float:
    """How far it is this text at all that was said, 0 to 1."""
    share = sum(map(is_pronounced, line.words)) / len(line.words)
    return _along(_TEXT_ANCHORS, line.goodness) * _along(_SHARE_ANCHORS, share)


def accuracy(fits: Sequence[WordFit], match: float) -> float:
    """Mean of the pronounced words, weighted by their phones, times `match`; 0 for a non-answer."""
    scored = [(word_accuracy(fit), len(fit.phones)) for fit in fits]
    heard = [(score, weight) for score, weight in scored if score is not None]
    weights = sum(weight for _, weight in heard)
    return match * sum(score * weight for score, weight in heard) / weights if heard else 0.0


def completeness(fits: Sequence[WordFit], match: float) -> float:
    """Share of the words that were pronounced, times `match`."""
    return 100 * match * sum(is_pronounced(fit) for fit in fits) / len(fits) if fits else 0.0


def fluency(fits: Sequence[WordFit], allowed_ms: Sequence[int]) -> float | None:
    """Time spent on words, in percent of that and of the breaks that a native would not make.

    Parameters
    ----------
    fits : sequence of WordFit
    allowed_ms : sequence of int
        How long a break is natural after each word.

    Returns
    -------
    float or None
        None with fewer than three words.
    """
    said = [(index, fit) for index, fit in enumerate(fits) if fit.phones]
    if len(said) < _FEWEST_WORDS:
        return None
    words_ms = sum(fit.phones[-1].end_ms - fit.phones[0].start_ms for _, fit in said)
    breaks_ms = 0
    for (index, before), (_, after) in pairwise(said):
        gap_ms = after.phones[0].start_ms - before.phones[-1].end_ms
        breaks_ms += max(0, gap_ms - max(_SHORTEST_BREAK_MS, allowed_ms[index]))
    return 100 * words_ms / (words_ms + breaks_ms)


def prosody(
    fits: Sequence[WordFit], f0_hz: npt.NDArray[np.float64], f0_frame_s: float
) -> float | None:
    """Mean of pace, rhythm and intonation; None with fewer than three words.

    Parameters
    ----------
    fits : sequence of WordFit
    f0_hz : float, shape (n_frames,)
        NaN where unvoiced; frame ``i`` is centred at ``i * f0_frame_s``.
    f0_frame_s : float > 0, seconds
    """
    said = [fit for fit in fits if fit.phones]
    if len(said) < _FEWEST_WORDS:
        return None
    phones = [phone for fit in said for phone in fit.phones]
    words_ms = sum(fit.phones[-1].end_ms - fit.phones[0].start_ms for fit in said)
    vowels = [phone for phone in phones if phone.phone in VOWELS]
    parts = [
        _along(_RATE_ANCHORS, 1000 * len(vowels) / words_ms),
        _along(_RHYTHM_ANCHORS, float(duration_residuals(phones).std())),
    ]
    spread_st = _vowel_pitch_spread_st(vowels, f0_hz, f0_frame_s)
    if spread_st is not None:
        parts.append(_along(_INTONATION_ANCHORS, spread_st))
    return sum(parts) / len(parts)


def overall(scores: Sequence[float]) -> float:
    """Azure's weighted sum: the lowest score weighs 0.4 of four (0.6 of three), the others 0.2."""
    lowest, *others = sorted(scores)
    return lowest * (1 - 0.2 * len(others)) + 0.2 * sum(others)


def _vowel_pitch_spread_st(
    vowels: Sequence[PhoneFit], f0_hz: npt.NDArray[np.float64], f0_frame_s: float
) -> float | None:
    """Spread of F0 over the frames of the vowels, robust against octave errors.

    The standard deviation of a normal distribution with the same 10th and 90th percentiles.
    """
    frames = [
        frame
        for vowel in vowels
        for frame in range(
            round(vowel.start_ms / 1000 / f0_frame_s),
            min(len(f0_hz), round(vowel.end_ms / 1000 / f0_frame_s)),
        )
    ]
    voiced = f0_hz[frames][f0_hz[frames] > 0] if frames else f0_hz[:0]
    if len(voiced) < _FEWEST_VOICED_FRAMES:
        return None
    low, high = np.percentile(12 * np.log2(voiced), (10, 90))
    return float(high - low) / 2.563


def _along(anchors: Sequence[tuple[float, float]], value: float) -> float:
    """Linear between anchors, constant beyond them."""
    at, scores = zip(*anchors, strict=True)
    return float(np.interp(value, at, scores))
