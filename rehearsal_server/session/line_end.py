"""How long a silence has to be before it ends the actor's line.

A partner who waits for a fixed silence is both too hasty (inside a line) and too slow (at its end).
The more of the line is said, the less silence it takes: people leave gaps of about 200 ms between
turns (Stivers et al. 2009), and pause for longer inside their own. Where the words are followed, a
line whose last word was heard needs hardly any.
"""

from __future__ import annotations

from itertools import pairwise

from rehearsal_server.protocol.fields import Advance, Options, Strictness
from rehearsal_server.session.following import Position

# (share of the line said, silence that then ends it); linear in between. Less than the first share
# is never an ending: the actor is prompted instead.
_SILENCE_BY_FRACTION = ((0.4, 2200), (0.6, 1200), (0.8, 700), (0.95, 400))
# `advance: silence` does not weigh the text.
_ANY_SILENCE_MS = 1200

# After the last word was heard: long enough that it is no stop consonant (about 100 ms at most).
_HEARD_END_MS = 100
# Share of the line's words that must have been heard for that.
_HEARD_SHARE = {"word_perfect": 0.9, "close": 0.7, "gist": 0.4}
# The last word was heard, but too few before it: it may have been another line's.
_DOUBTFUL_END_MS = 700
# Words are left, and it is known that they were not said yet.
_WORDS_LEFT_MS = 500


def is_over(
    position: Position,
    silent_ms: int,
    options: Options,
    *,
    patience_ms: int,
) -> bool:
    """Whether the line is over.

    Parameters
    ----------
    position : Position
    silent_ms : int
        Since when no speech is heard, by the voice activity; 0 while it is.
    options : Options
    patience_ms : int
        Length of a written pause here.
    """
    needed_ms = silence_that_ends_ms(position, options.advance, options.strictness)
    if needed_ms is None:
        return False
    at_end_ms = position.silent_at_end_ms or 0
    # The follower hears a silence sooner than the voice activity, which waits for its hangover.
    heard_ms = max(silent_ms, at_end_ms) if options.advance == "auto" else silent_ms
    return heard_ms >= needed_ms + patience_ms


def silence_that_ends_ms(
    position: Position, advance: Advance, strictness: Strictness = "close"
) -> int | None:
    """Silence after which the line is over; None if no silence ends it here."""
    if advance == "manual":
        return None
    if advance == "silence":
        return _ANY_SILENCE_MS
    if position.heard_share is None:
        return _by_fraction(position.fraction)
    if position.silent_at_end_ms is not None:
        is_sure = position.heard_share >= _HEARD_SHARE[strictness]
        return _HEARD_END_MS if is_sure else _DOUBTFUL_END_MS
    if strictness == "word_perfect":
        return None
    by_fraction = _by_fraction(position.fraction)
    return None if by_fraction is None else by_fraction + _WORDS_LEFT_MS


def _by_fraction(fraction: float) -> int | None:
    if fraction < _SILENCE_BY_FRACTION[0][0]:
        return None
    for (low, longer), (high, shorter) in pairwise(_SILENCE_BY_FRACTION):
        if fraction < high:
            share = (fraction - low) / (high - low)
            return round(longer + share * (shorter - longer))
    return _SILENCE_BY_FRACTION[-1][1]
