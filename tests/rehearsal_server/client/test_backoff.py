from __future__ import annotations

import random
from itertools import islice

from rehearsal_server.client.backoff import FIRST_S, MAX_S, delays_s


def test_pauses_grow_to_a_bound_and_differ() -> None:
    runs = [list(islice(delays_s(random.Random(seed)), 12)) for seed in range(200)]
    assert all(0 <= run[0] <= FIRST_S for run in runs)
    assert MAX_S / 2 < max(run[-1] for run in runs) <= MAX_S
    assert len({run[0] for run in runs}) == 200
