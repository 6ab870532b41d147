from __future__ import annotations

from tests.rehearsal_server.api.conftest import SignedIn

PLAY = """\
INT. FLAT - DAY

ALGERNON
Did you hear?

LANE
No, sir.

EXT. GARDEN - DAY

MISS PRISM
Cecily, Cecily!
"""


async def test_scenes_are_listed_and_shown(ann: SignedIn) -> None:
    body = {"text": PLAY, "format": "fountain"}
    made = (await ann.call("POST", "/v1/scripts", json=body)).json()
    path = f"/v1/scripts/{made['id']}/scenes"
    items = (await ann.call("GET", path)).json()["items"]
    assert [(item["id"], item["line_count"]) for item in items] == [("S1", 2), ("S2", 1)]
    assert items[1]["characters"] == ["Miss Prism"]
    scene = (await ann.call("GET", f"{path}/S2")).json()
    assert scene == made["script"]["scenes"][1]


async def test_a_scene_that_is_not_there(ann: SignedIn) -> None:
    made = (await ann.call("POST", "/v1/scripts", json={"text": PLAY})).json()
    for scene in ("S9", "S", "1", "S1234567", "%2e"):
        answer = await ann.call("GET", f"/v1/scripts/{made['id']}/scenes/{scene}")
        assert answer.status_code == 404
