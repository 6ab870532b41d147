"""How long a silence has to be before it ends the actor's line.

A partner who waits for a fixed silence is both too hasty (inside a line) and too slow (at its end).
The more of the line is said, the less silence it takes: people leave gaps of about 200 ms between
turns (Stivers et al. 2009), and pause for longer inside their own. Where the words are followed, a
line whose last word was heard needs hardly any.
"""

from __future__ import annotations

import math
from itertools import pairwise

from rehearsal_server.protocol.fields import Advance, Options, Strictness
from rehearsal_server.session.following import HeardEnd, Position

# (share of the line said, silence that then ends it); linear in between. Less than the first share
# is never an ending: the actor is prompted instead.
_SILENCE_BY_FRACTION = ((0.4, 2200), (0.6, 1200), (0.8, 700), (0.95, 400))
# `advance: silence` does not weigh the text.
_ANY_SILENCE_MS = 1200

# After the last word was heard: long enough that it is no stop consonant.
_HEARD_END_MS = 130
# Shares of the line's words. Where fewer were heard it was another line; up to the second, or where
# the word before the last was not heard, it may have been; up to the third, some doubt is left.
_LEAST_SHARE = {"word_perfect": 0.7, "close": 0.55, "gist": 0.35}
_LIKELY_SHARE = {"word_perfect": 0.85, "close": 0.65, "gist": 0.45}
_SURE_SHARE = 0.8
_OTHER_LINE_MS, _LEAP_MS, _DOUBT_MS = 500, 300, 100
# A last word that fits worse than the first may be noise, and the more so the worse.
_FITTING, _MISFIT_MS, _MS_PER_NAT, _MOST_MISFIT_MS = -0.5, 50, 300, 300
# Words are left, and it is known that they were not said yet. That ends a line only if of those up
# to here this share was heard; never where every word counts.
_WORDS_LEFT_MS = 500
_SHARE_SO_FAR = {"word_perfect": math.inf, "close": 0.8, "gist": 0.45}


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
    at_end_ms = position.end.silent_ms if position.end else 0
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
    if position.end is not None:
        return _after_last_word(position.end, position.heard_share, strictness)
    if position.heard_share < _SHARE_SO_FAR[strictness] * position.fraction:
        return None
    by_fraction = _by_fraction(position.fraction)
    return None if by_fraction is None else by_fraction + _WORDS_LEFT_MS


def _after_last_word(end: HeardEnd, heard_share: float, strictness: Strictness) -> int | None:
    """The surer it is that this was the line, and its last word, the less it takes."""
    if heard_share < _LEAST_SHARE[strictness]:
        return None
    needed_ms = _HEARD_END_MS
    if heard_share < _LIKELY_SHARE[strictness]:
        needed_ms += _OTHER_LINE_MS
    elif heard_share < _SURE_SHARE:
        needed_ms += _DOUBT_MS
    if not end.is_joined:
        needed_ms += _LEAP_MS
    if end.fit < _FITTING:
        misfit_ms = _MISFIT_MS + _MS_PER_NAT * (_FITTING - end.fit)
        needed_ms += min(_MOST_MISFIT_MS, round(misfit_ms))
    return needed_ms


def _by_fraction(fraction: float) -> int | None:
    if fraction < _SILENCE_BY_FRACTION[0][0]:
        return None
    for (low, longer), (high, shorter) in pairwise(_SILENCE_BY_FRACTION):
        if fraction < high:
            share = (fraction - low) / (high - low)
            return round(longer + share * (shorter - longer))
    return _SILENCE_BY_FRACTION[-1][1]
