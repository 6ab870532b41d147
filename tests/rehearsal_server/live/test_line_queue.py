from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal_server.live.line_queue import FairQueue


def drain(queue: FairQueue[str]) -> list[str]:
    return [queue.pop() for _ in range(len(queue))]


def test_sessions_take_turns_and_keep_their_order() -> None:
    queue: FairQueue[str] = FairQueue(100)
    for item in ("a1", "a2", "a3", "b1", "c1", "c2"):
        assert queue.push(item[0], item, 1) == []
    assert drain(queue) == ["a1", "b1", "c1", "a2", "c2", "a3"]


def test_who_waits_with_most_loses_their_oldest() -> None:
    queue: FairQueue[str] = FairQueue(10)
    queue.push("a", "a1", 4)
    queue.push("a", "a2", 4)
    assert queue.push("b", "b1", 4) == ["a1"]
    assert drain(queue) == ["a2", "b1"]


def test_an_item_that_never_fits_goes_at_once() -> None:
    queue: FairQueue[str] = FairQueue(10)
    assert queue.push("a", "endless", 11) == ["endless"]
    assert len(queue) == 0
    with pytest.raises(IndexError, match="nothing waits"):
        queue.pop()


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 12)), max_size=40))
def test_every_item_comes_out_once_and_no_more_than_fits_waits(
    pushes: list[tuple[str, int]],
) -> None:
    queue: FairQueue[tuple[int, int]] = FairQueue(20)
    out = []
    for number, (session_id, size) in enumerate(pushes):
        out += queue.push(session_id, (number, size), size)
    left = [queue.pop() for _ in range(len(queue))]
    assert sum(size for _, size in left) <= 20
    assert sorted(number for number, _ in out + left) == list(range(len(pushes)))
