from __future__ import annotations

import httpx
import pytest

from rehearsal_server.api.services import Services
from storage.results import Performance
from storage.sessions import NewSession, Session
from tests.rehearsal_server.api.conftest import SignedIn
from tests.storage.samples import RESULTS

Rehearsed = tuple[Session, tuple[Performance, ...]]


@pytest.fixture
async def rehearsed(services: Services, ann: SignedIn) -> Rehearsed:
    """Give what a socket of Ann's has left behind."""
    me = (await ann.call("GET", "/v1/users/me")).json()
    new = NewSession(user_id=me["id"], practice="scene", role="LANE", started_at=services.clock())
    session = await services.sessions.begin(new)
    return session, await services.sessions.save(session.id, RESULTS)


async def test_sessions_are_listed(ann: SignedIn, rehearsed: Rehearsed) -> None:
    session, _ = rehearsed
    page = (await ann.call("GET", "/v1/sessions")).json()
    assert page["next_cursor"] is None
    (item,) = page["items"]
    assert (item["id"], item["state"], item["role"]) == (session.id, "completed", "LANE")
    assert item["summary"] == {"lines": 1, "takes": 2}


async def test_a_session_shows_all_that_came_out_of_it(ann: SignedIn, rehearsed: Rehearsed) -> None:
    session, saved = rehearsed
    detail = (await ann.call("GET", f"/v1/sessions/{session.id}")).json()
    assert [p["id"] for p in detail["performances"]] == [p.id for p in saved]
    assert [f["code"] for f in detail["feedback"]] == ["late_pickup", "pace_even"]
    assert detail["duration_ms"] == 12_000


async def test_a_performance_shows_its_timing(ann: SignedIn, rehearsed: Rehearsed) -> None:
    _, (first, _) = rehearsed
    shown = (await ann.call("GET", f"/v1/performances/{first.id}")).json()
    assert (shown["line_id"], shown["take"], shown["pickup_ms"]) == ("L2", 1, 180)
    assert shown["timing"]["pauses"] == [[5.0, 5.3]]


async def test_a_performance_shows_its_feedback(ann: SignedIn, rehearsed: Rehearsed) -> None:
    _, (first, second) = rehearsed
    said = (await ann.call("GET", f"/v1/performances/{first.id}/feedback")).json()
    assert [f["evidence"][0]["value"] for f in said["items"]] == [180.0]
    said = (await ann.call("GET", f"/v1/performances/{second.id}/feedback")).json()
    assert said["items"] == []


async def test_to_somebody_else_nothing_of_it_is_there(bob: SignedIn, rehearsed: Rehearsed) -> None:
    session, saved = rehearsed
    assert (await bob.call("GET", "/v1/sessions")).json()["items"] == []
    for path in (
        f"/v1/sessions/{session.id}",
        f"/v1/performances/{saved[0].id}",
        f"/v1/performances/{saved[0].id}/feedback",
    ):
        answer: httpx.Response = await bob.call("GET", path)
        assert answer.status_code == 404


async def test_sessions_are_searched(ann: SignedIn, rehearsed: Rehearsed) -> None:
    for query, found in (
        ({"state": "completed"}, 1),
        ({"state": "live"}, 0),
        ({"role": "LANE", "practice": "scene", "sort": "longest"}, 1),
        ({"script_id": "0" * 32}, 0),
    ):
        page = (await ann.call("GET", "/v1/sessions", params=query)).json()
        assert len(page["items"]) == found, query


async def test_a_session_for_recordings_is_begun_and_ended(ann: SignedIn, bob: SignedIn) -> None:
    script = (await ann.call("POST", "/v1/scripts", json={"text": "LANE: No, sir.\n"})).json()
    plan = {"script_id": script["id"], "scene": "S1", "role": "Lane"}
    made = await ann.call("POST", "/v1/sessions", json=plan)
    assert made.status_code == 201
    path = made.headers["location"]
    assert made.json()["state"] == "open"
    assert (await bob.call("POST", f"{path}/complete")).status_code == 404
    assert (await ann.call("POST", f"{path}/complete")).json()["state"] == "completed"
    again = await ann.call("POST", f"{path}/complete")
    assert (again.status_code, again.json()["detail"]) == (
        409,
        "The session is completed, not open.",
    )
    assert (await bob.call("DELETE", path)).status_code == 404
    assert (await ann.call("DELETE", path)).status_code == 204
    assert (await ann.call("GET", path)).status_code == 404


@pytest.mark.parametrize(
    "change", [{"script_id": "0" * 32}, {"scene": "S9"}, {"role": "Nobody"}, {"role": ""}]
)
async def test_only_what_can_be_rehearsed_is_begun(
    ann: SignedIn, bob: SignedIn, change: dict[str, str]
) -> None:
    script = (await ann.call("POST", "/v1/scripts", json={"text": "LANE: No, sir.\n"})).json()
    plan = {"script_id": script["id"], "scene": "S1", "role": "Lane", **change}
    answer = await ann.call("POST", "/v1/sessions", json=plan)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == next(iter(change))
    theirs = await bob.call("POST", "/v1/sessions", json={**plan, "script_id": script["id"]})
    assert theirs.status_code == 422


async def test_a_session_that_goes_on_is_not_deleted(ann: SignedIn, services: Services) -> None:
    me = (await ann.call("GET", "/v1/users/me")).json()
    new = NewSession(user_id=me["id"], practice="scene", started_at=services.clock())
    session = await services.sessions.begin(new)
    answer = await ann.call("DELETE", f"/v1/sessions/{session.id}")
    assert answer.status_code == 409


async def test_a_session_asked_for_again_is_begun_once(ann: SignedIn, bob: SignedIn) -> None:
    text = "LANE: No, sir.\nALGERNON: I am sorry.\n"
    script = (await ann.call("POST", "/v1/scripts", json={"text": text})).json()
    plan = {"script_id": script["id"], "scene": "S1", "role": "Lane"}
    headers = {"idempotency-key": "k1"}
    first, second = [
        await ann.call("POST", "/v1/sessions", json=plan, headers=headers) for _ in range(2)
    ]
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] == second.json()["id"]
    other = {**plan, "role": "Algernon"}
    assert (await ann.call("POST", "/v1/sessions", json=other, headers=headers)).status_code == 409
    theirs = (await bob.call("POST", "/v1/scripts", json={"text": text})).json()
    bobs = await bob.call(
        "POST", "/v1/sessions", json={**plan, "script_id": theirs["id"]}, headers=headers
    )
    assert bobs.status_code == 201
    assert bobs.json()["id"] != first.json()["id"]
