from __future__ import annotations

from typing import Any

import pytest

from tests.rehearsal_server.api.conftest import SignedIn

PLAY = """\
ALGERNON: Did you hear what I was playing, Lane?
LANE: I didn’t think it polite to listen, sir.
ALGY: I’m sorry for that, for your sake.
LANE: Yes, sir.
"""


@pytest.fixture
async def made(ann: SignedIn) -> dict[str, Any]:
    made: dict[str, Any] = (await ann.call("POST", "/v1/scripts", json={"text": PLAY})).json()
    return made


async def cast_of(who: SignedIn, script_id: str) -> dict[str, int]:
    answer = await who.call("GET", f"/v1/scripts/{script_id}/characters")
    return {item["name"]: item["line_count"] for item in answer.json()["items"]}


async def review(
    who: SignedIn, made: dict[str, Any], *changes: dict[str, Any], **headers: str
) -> Any:
    path = f"/v1/scripts/{made['id']}/characters"
    return await who.call("PATCH", path, json={"changes": changes}, headers=headers)


async def test_characters_are_listed_with_their_scenes(ann: SignedIn, made: dict[str, Any]) -> None:
    answer = await ann.call("GET", f"/v1/scripts/{made['id']}/characters")
    assert answer.headers["etag"] == '"1"'
    assert answer.json()["items"][1] == {"name": "Lane", "line_count": 2, "scenes": ["S1"]}


async def test_an_import_is_put_right_in_one_go(ann: SignedIn, made: dict[str, Any]) -> None:
    answer = await review(
        ann,
        made,
        {"do": "merge", "names": ["Algy"], "into": "Algernon"},
        {"do": "rename", "name": "Lane", "new_name": "Merriman"},
        {"do": "reassign", "line_ids": ["L4"], "character": "Jack"},
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["revision"] == 2
    assert await cast_of(ann, made["id"]) == {"Algernon": 2, "Merriman": 1, "Jack": 1}
    ids = [e["id"] for e in answer.json()["script"]["scenes"][0]["elements"]]
    assert ids == ["L1", "L2", "L3", "L4"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"do": "merge", "names": ["Nobody"], "into": "Lane"}, "changes[1]"),
        ({"do": "rename", "name": "Lane", "new_name": "Algernon"}, "changes[1]"),
        ({"do": "rename", "name": "Lane", "new_name": " "}, "changes[1]"),
        ({"do": "reassign", "line_ids": ["L9"], "character": "Lane"}, "changes[1]"),
        ({"do": "applaud"}, "changes[1].do"),
        ({"do": "rename", "name": "Lane", "new_name": "x", "id": 1}, "changes[1].id"),
    ],
)
async def test_a_review_is_made_whole_or_not_at_all(
    ann: SignedIn, made: dict[str, Any], change: dict[str, Any], field: str
) -> None:
    good = {"do": "rename", "name": "Algy", "new_name": "Gwendolen"}
    answer = await review(ann, made, good, change)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert await cast_of(ann, made["id"]) == {"Algernon": 1, "Lane": 2, "Algy": 1}


async def test_a_review_of_an_older_state_is_refused(ann: SignedIn, made: dict[str, Any]) -> None:
    change = {"do": "rename", "name": "Algy", "new_name": "Jack"}
    assert (await review(ann, made, change, **{"if-match": '"1"'})).status_code == 200
    back = {"do": "rename", "name": "Jack", "new_name": "Algy"}
    assert (await review(ann, made, back, **{"if-match": '"1"'})).status_code == 412
