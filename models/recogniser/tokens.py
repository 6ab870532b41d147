"""Words out of the sub-word tokens of neural recognisers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from models.recogniser.port import RecognisedWord

# SentencePiece marks a word's first token with U+2581; sherpa-onnx shows it as a space.
_WORD_STARTS = ("▁", " ")
# How long the last token is taken to last: an engine tells when a token was found, not its end.
_LAST_TOKEN_MS = 120


def words_of_tokens(
    tokens: Sequence[str], starts_s: Sequence[float], log_probs: Sequence[float]
) -> tuple[RecognisedWord, ...]:
    """Put words together.

    Parameters
    ----------
    tokens : sequence of str
    starts_s : sequence of float, seconds
        When each token was found; a word ends where the next begins. Empty where the engine tells
        none: all words then lie at 0.
    log_probs : sequence of float
        Natural logarithms; a word's confidence is the geometric mean of its tokens'. Empty where
        the engine tells none.
    """
    starts_ms = [round(1000 * start) for start in starts_s] or [0] * len(tokens)
    firsts = [i for i, token in enumerate(tokens) if i == 0 or token.startswith(_WORD_STARTS)]
    words = []
    for first, after in pairwise([*firsts, len(tokens)]):
        text = "".join(tokens[first:after]).strip("".join(_WORD_STARTS)).lower()
        if text:
            words.append(
                RecognisedWord(
                    text=text,
                    start_ms=starts_ms[first],
                    end_ms=_end_ms(starts_ms, after),
                    confidence=_confidence(log_probs[first:after]),
                )
            )
    return tuple(words)


def _end_ms(starts_ms: Sequence[int], after: int) -> int:
    longest = starts_ms[after - 1] + _LAST_TOKEN_MS
    return min(longest, starts_ms[after]) if after < len(starts_ms) else longest


def _confidence(log_probs: Sequence[float]) -> float | None:
    if not log_probs:
        return None
    return min(1.0, math.exp(sum(log_probs) / len(log_probs)))
