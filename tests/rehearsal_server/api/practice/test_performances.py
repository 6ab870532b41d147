from __future__ import annotations

from typing import Any

import pytest

from tests.rehearsal_server.api.conftest import SignedIn
from tests.rehearsal_server.api.practice.test_sessions import Rehearsed, rehearsed

__all__ = ["rehearsed"]


async def listed(who: SignedIn, **query: Any) -> list[dict[str, Any]]:
    answer = await who.call("GET", "/v1/performances", params=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_performances_are_searched(
    ann: SignedIn, bob: SignedIn, rehearsed: Rehearsed
) -> None:
    session, saved = rehearsed
    assert {take["id"] for take in await listed(ann)} == {take.id for take in saved}
    assert len(await listed(ann, session_id=session.id, line_id="L2")) == 2
    assert [take["outcome"] for take in await listed(ann, outcome="skipped")] == ["skipped"]
    assert await listed(ann, character="ALGERNON") == []
    assert await listed(ann, script_id="0" * 32) == []
    assert await listed(bob) == []


@pytest.mark.parametrize("sort", ["newest", "oldest", "slowest_pickup", "longest"])
async def test_a_list_is_read_page_by_page_in_each_order(
    ann: SignedIn, rehearsed: Rehearsed, sort: str
) -> None:
    whole = await listed(ann, sort=sort)
    seen, query = [], {"limit": 1, "sort": sort}
    while True:
        page = (await ann.call("GET", "/v1/performances", params=query)).json()
        seen += page["items"]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert seen == whole
    assert len(whole) == (1 if sort == "slowest_pickup" else 2)


async def test_a_cursor_of_another_order_is_refused(ann: SignedIn, rehearsed: Rehearsed) -> None:
    page = (await ann.call("GET", "/v1/performances?limit=1&sort=longest")).json()
    answer = await ann.call(
        "GET", "/v1/performances", params={"sort": "newest", "cursor": page["next_cursor"]}
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "cursor"
