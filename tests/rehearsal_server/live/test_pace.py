from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rehearsal_server.live.pace import TokenBucket


def test_a_burst_is_allowed_and_then_the_rate() -> None:
    bucket = TokenBucket(rate_per_s=2, burst=3, now_s=0)
    assert [bucket.take(1, 0) for _ in range(4)] == [True, True, True, False]
    assert bucket.take(1, 0.5)
    assert not bucket.take(1, 0.6)


def test_unused_tokens_do_not_pile_up() -> None:
    bucket = TokenBucket(rate_per_s=1, burst=2, now_s=0)
    assert [bucket.take(1, 1000) for _ in range(3)] == [True, True, False]


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 5)), max_size=60))
def test_never_more_than_burst_and_rate(steps: list[tuple[float, float]]) -> None:
    bucket = TokenBucket(rate_per_s=3, burst=4, now_s=0)
    now_s = taken = 0.0
    for wait_s, amount in steps:
        now_s += wait_s
        taken += amount if bucket.take(amount, now_s) else 0
        assert taken <= 4 + 3 * now_s + 1e-6
