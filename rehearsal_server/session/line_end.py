"""How long a silence has to be before it ends the actor's line.

A partner who waits for a fixed silence is both too hasty (inside a line) and too slow (at its end).
The more of the line is said, the less silence it takes: people leave gaps of about 200 ms between
turns (Stivers et al. 2009), and pause for longer inside their own.
"""

from __future__ import annotations

from itertools import pairwise

from rehearsal_server.protocol.fields import Advance
from rehearsal_server.session.following import Position

# (share of the line said, silence that then ends it); linear in between. Less than the first share
# is never an ending: the actor is prompted instead.
_SILENCE_BY_FRACTION = ((0.4, 2200), (0.6, 1200), (0.8, 700), (0.95, 400))
# `advance: silence` does not weigh the text.
_ANY_SILENCE_MS = 1200


def silence_that_ends_ms(position: Position, advance: Advance) -> int | None:
    """Silence after which the line is over; None if no silence ends it here."""
    if advance == "manual":
        return None
    if advance == "silence":
        return _ANY_SILENCE_MS
    if position.fraction < _SILENCE_BY_FRACTION[0][0]:
        return None
    for (low, longer), (high, shorter) in pairwise(_SILENCE_BY_FRACTION):
        if position.fraction < high:
            share = (position.fraction - low) / (high - low)
            return round(longer + share * (shorter - longer))
    return _SILENCE_BY_FRACTION[-1][1]
