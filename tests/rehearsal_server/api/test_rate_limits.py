from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal_server.api.problems import Problem
from rehearsal_server.api.rate_limits import (
    MemoryRateLimiter,
    NoRateLimiter,
    Rate,
    address_key,
    spend,
)

RATE = Rate(burst=3, every_s=10.0)


class Clock:
    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limiter(clock: Clock) -> MemoryRateLimiter:
    return MemoryRateLimiter(max_keys=10, clock_s=clock)


async def take(limiter: MemoryRateLimiter, times: int) -> list[float]:
    return [await limiter.take("k", RATE) for _ in range(times)]


async def test_after_a_burst_comes_one_every_so_often(
    limiter: MemoryRateLimiter, clock: Clock
) -> None:
    assert await take(limiter, 5) == [0, 0, 0, 10, 10]
    clock.now_s += 9
    assert await take(limiter, 1) == [1]
    clock.now_s += 1
    assert await take(limiter, 2) == [0, 10]


async def test_a_rest_gives_back_the_burst_and_no_more(
    limiter: MemoryRateLimiter, clock: Clock
) -> None:
    await take(limiter, 3)
    clock.now_s += 1_000_000
    assert await take(limiter, 4) == [0, 0, 0, 10]


async def test_keys_do_not_count_for_each_other(limiter: MemoryRateLimiter) -> None:
    await take(limiter, 4)
    assert await limiter.take("other", RATE) == 0


async def test_what_is_given_back_may_be_taken_again(limiter: MemoryRateLimiter) -> None:
    await take(limiter, 3)
    await limiter.give_back("k", RATE)
    await limiter.give_back("unknown", RATE)
    assert await take(limiter, 2) == [0, 10]


async def test_many_keys_take_no_more_room_and_a_waiting_one_is_kept(
    limiter: MemoryRateLimiter, clock: Clock
) -> None:
    for n in range(10):
        await limiter.take(f"passing {n}", Rate(burst=1, every_s=0.1))
    clock.now_s += 1
    assert await take(limiter, 4) == [0, 0, 0, 10]
    assert len(limiter._worked_off_s) <= 10


async def test_a_flood_of_keys_is_bounded(limiter: MemoryRateLimiter) -> None:
    for n in range(1000):
        await limiter.take(str(n), RATE)
    assert len(limiter._worked_off_s) <= 10


@given(
    pauses_s=st.lists(st.floats(0, 30), max_size=40),
    burst=st.integers(1, 5),
    every_s=st.floats(0.1, 10),
)
async def test_no_stretch_of_time_sees_more_than_the_rate(
    pauses_s: list[float], burst: int, every_s: float
) -> None:
    clock = Clock()
    limiter = MemoryRateLimiter(clock_s=clock)
    taken_s = []
    for pause_s in pauses_s:
        clock.now_s += pause_s
        if await limiter.take("k", Rate(burst, every_s)) == 0:
            taken_s.append(clock.now_s)
    for first, start_s in enumerate(taken_s):
        for last, end_s in enumerate(taken_s[first:], first):
            assert last - first + 1 <= burst + (end_s - start_s) / every_s + 1e-6


async def test_too_often_is_a_problem_that_says_when_to_come_back(
    limiter: MemoryRateLimiter,
) -> None:
    await take(limiter, 3)
    with pytest.raises(Problem) as caught:
        await spend(limiter, "k", RATE)
    assert caught.value.kind.status == 429
    assert caught.value.headers == {"retry-after": "10"}


async def test_limits_can_be_left_to_a_gateway() -> None:
    limiter = NoRateLimiter()
    for _ in range(100):
        await spend(limiter, "k", RATE)
    await limiter.give_back("k", RATE)


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("", ""),
    ],
)
def test_one_client_is_one_key(host: str, key: str) -> None:
    assert address_key(host) == key
