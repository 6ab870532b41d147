from __future__ import annotations

import pytest

from tests.rehearsal_server.api.conftest import SignedIn
from tests.rehearsal_server.api.practice.test_sessions import Rehearsed, rehearsed

__all__ = ["rehearsed"]


async def test_practice_is_counted(ann: SignedIn, bob: SignedIn, rehearsed: Rehearsed) -> None:
    query = {"days": "7", "time_zone": "America/New_York"}
    shown = (await ann.call("GET", "/v1/statistics", params=query)).json()
    assert (shown["sessions"], shown["minutes"]) == (1, 0.2)
    assert shown["streaks"] == {"current_days": 1, "longest_days": 1}
    assert sum(day["sessions"] for day in shown["days"]) == 1
    others = (await bob.call("GET", "/v1/statistics")).json()
    assert (others["sessions"], others["days"]) == (0, [])


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "/etc/passwd", ""])
async def test_a_zone_that_nobody_knows(ann: SignedIn, zone: str) -> None:
    answer = await ann.call("GET", "/v1/statistics", params={"time_zone": zone})
    assert answer.status_code == 422
