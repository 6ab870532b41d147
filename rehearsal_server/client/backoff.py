"""When to try again: later each time, and not when everybody else does."""

from __future__ import annotations

import random
from collections.abc import Iterator

FIRST_S = 0.2
MAX_S = 5.0


def delays_s(chance: random.Random) -> Iterator[float]:
    """Yield pauses before the first attempt, the second, and so on.

    Each is drawn from zero to a bound that doubles ("full jitter"): clients that lost one server at
    one moment come back spread out.
    """
    bound_s = FIRST_S
    while True:
        yield chance.uniform(0, bound_s)
        bound_s = min(MAX_S, 2 * bound_s)
