from __future__ import annotations

import asyncio
import json

import httpx
import pytest

from tests.rehearsal_server.api.conftest import SignedIn

PLAY = """\
ALGERNON: Did you hear what I was playing, Lane?
LANE: I didn’t think it polite to listen, sir.
ALGERNON: I’m sorry for that, for your sake.
LANE: Yes, sir.
"""
ABSENT = "0" * 32


async def upload(who: SignedIn, text: str = PLAY, **fields: str) -> httpx.Response:
    return await who.call("POST", "/v1/scripts", json={"text": text, **fields})


async def test_an_uploaded_text_becomes_a_script(ann: SignedIn) -> None:
    answer = await upload(ann, title="Earnest")
    assert answer.status_code == 201
    view = answer.json()
    assert answer.headers["location"] == f"/v1/scripts/{view['id']}"
    assert view["revision"] == 1
    script = view["script"]
    assert script["title"] == "Earnest"
    assert [c["line_count"] for c in script["characters"]] == [2, 2]
    lines = [e for e in script["scenes"][0]["elements"] if e["type"] == "line"]
    assert lines[1]["text"] == "I didn’t think it polite to listen, sir."
    assert lines[1]["source_line"] == 2
    assert (await ann.call("GET", answer.headers["location"])).json() == view


async def test_plain_text_is_taken_as_it_is(ann: SignedIn) -> None:
    answer = await ann.call(
        "POST",
        "/v1/scripts",
        content=b"\xef\xbb\xbf" + PLAY.encode(),
        headers={"content-type": "text/plain; charset=UTF-8"},
    )
    assert answer.status_code == 201
    assert len(answer.json()["script"]["characters"]) == 2


@pytest.mark.parametrize(
    ("content", "content_type", "status", "said"),
    [
        (b"LANE: Sir.\n", "image/png", 415, "application/json, text/plain, application/pdf"),
        (b"LANE: Si\0r.\n", "text/plain", 422, "no text that we can read"),
        (json.dumps({"text": "LANE: Si\0r."}).encode(), "application/json", 422, "zero byte"),
        (b'{"text": "\\ud800"}', "application/json", 400, "not JSON"),
        (b'{"text": 1}', "application/json", 422, "Expected `str`"),
        (b'{"text": "", "format": "pdf"}', "application/json", 422, "fountain"),
        (b'{"text": "", "user_id": "x"}', "application/json", 422, "user_id"),
    ],
)
async def test_what_is_no_text_is_refused(
    ann: SignedIn, content: bytes, content_type: str, status: int, said: str
) -> None:
    headers = {"content-type": content_type}
    answer = await ann.call("POST", "/v1/scripts", content=content, headers=headers)
    assert answer.status_code == status
    assert said in answer.json()["detail"]


@pytest.mark.parametrize("as_json", [True, False])
async def test_a_text_may_have_so_many_bytes(ann: SignedIn, as_json: bool) -> None:
    line = "LANE: " + "é" * 29 + "\n"  # 65 bytes
    fits, too_long = line * 1008, line * 1009  # 65,520 and 65,585 bytes; allowed are 65,536
    for text, status in ((fits, 201), (too_long, 413)):
        if as_json:
            content, content_type = json.dumps({"text": text}).encode(), "application/json"
        else:
            content, content_type = text.encode(), "text/plain"
        headers = {"content-type": content_type}
        answer = await ann.call("POST", "/v1/scripts", content=content, headers=headers)
        assert answer.status_code == status


async def test_a_text_without_lines_is_refused_with_a_reason(ann: SignedIn) -> None:
    answer = await upload(ann, text="")
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["type"] == "/problems/unreadable_script"
    assert problem["errors"][0]["field"] == "text"


async def test_a_list_is_read_page_by_page(ann: SignedIn) -> None:
    made = [(await upload(ann, title=str(n))).json()["id"] for n in range(5)]
    seen: list[str] = []
    query: dict[str, str] = {"limit": "2"}
    while True:
        page = (await ann.call("GET", "/v1/scripts", params=query)).json()
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert seen == made[::-1]
    assert "document" not in page["items"][0]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"cursor": "x"}, "cursor"),
        ({"cursor": "WzEsMl0="}, "cursor"),
        ({"cursor": "é"}, "cursor"),
        ({"sort": "title"}, "sort"),
    ],
)
async def test_a_query_that_does_not_fit_is_refused(
    ann: SignedIn, query: dict[str, str], field: str
) -> None:
    answer = await ann.call("GET", "/v1/scripts", params=query)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


async def test_a_text_can_be_replaced(ann: SignedIn) -> None:
    first = (await upload(ann)).json()
    path = f"/v1/scripts/{first['id']}"
    second = await ann.call("PUT", path, json={"text": PLAY.replace("LANE", "MERRIMAN")})
    assert second.status_code == 200
    view = second.json()
    assert (view["id"], view["revision"]) == (first["id"], 2)
    assert view["created_at"] == first["created_at"] < view["updated_at"]
    assert "merriman" in second.text.lower()
    assert (await ann.call("GET", path)).json() == view


async def test_title_and_author_can_be_changed(ann: SignedIn) -> None:
    first = (await upload(ann, title="Earnest")).json()
    path = f"/v1/scripts/{first['id']}"
    changed = (await ann.call("PATCH", path, json={"author": "Oscar Wilde"})).json()
    assert changed["script"] == {**first["script"], "author": "Oscar Wilde"}
    (entry,) = (await ann.call("GET", "/v1/scripts")).json()["items"]
    assert (entry["title"], entry["author"], entry["revision"]) == ("Earnest", "Oscar Wilde", 2)


@pytest.mark.parametrize(
    "changes", [{"id": ABSENT}, {"revision": 1}, {"title": None}, {"title": "x" * 301}]
)
async def test_nothing_else_can_be_changed(ann: SignedIn, changes: dict[str, object]) -> None:
    path = f"/v1/scripts/{(await upload(ann)).json()['id']}"
    assert (await ann.call("PATCH", path, json=changes)).status_code == 422


async def test_a_deleted_script_is_gone(ann: SignedIn) -> None:
    path = f"/v1/scripts/{(await upload(ann)).json()['id']}"
    assert (await ann.call("DELETE", path)).status_code == 204
    assert (await ann.call("DELETE", path)).status_code == 404
    assert (await ann.call("GET", path)).status_code == 404


async def test_a_change_on_condition_is_made_once(ann: SignedIn) -> None:
    first = await upload(ann)
    path, etag = first.headers["location"], first.headers["etag"]
    assert (await ann.call("GET", path)).headers["etag"] == etag
    condition = {"if-match": etag}
    changed = await ann.call("PATCH", path, json={"title": "A"}, headers=condition)
    assert changed.status_code == 200
    assert changed.headers["etag"] != etag
    for method, body in (("PATCH", {"title": "B"}), ("PUT", {"text": PLAY}), ("DELETE", None)):
        answer = await ann.call(method, path, json=body, headers=condition)
        assert answer.status_code == 412, method
    condition = {"if-match": changed.headers["etag"]}
    assert (await ann.call("DELETE", path, headers=condition)).status_code == 204
    assert (await ann.call("DELETE", path, headers=condition)).status_code == 404


@pytest.mark.parametrize(
    ("condition", "status"),
    [("*", 200), ('"1"', 200), ('W/"1"', 412), ("1", 412), ('"x"', 412), ('"99999999999"', 412)],
)
async def test_only_a_tag_that_was_given_out_matches(
    ann: SignedIn, condition: str, status: int
) -> None:
    path = (await upload(ann)).headers["location"]
    answer = await ann.call("PATCH", path, json={"title": "A"}, headers={"if-match": condition})
    assert answer.status_code == status


async def test_a_request_sent_again_creates_nothing_anew(ann: SignedIn, bob: SignedIn) -> None:
    headers = {"idempotency-key": "8e03978e"}
    body = {"text": PLAY}
    first, second = await asyncio.gather(
        *(ann.call("POST", "/v1/scripts", json=body, headers=headers) for _ in range(2))
    )
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert first.headers["location"] == second.headers["location"]
    assert len((await ann.call("GET", "/v1/scripts")).json()["items"]) == 1
    bobs = await bob.call("POST", "/v1/scripts", json=body, headers=headers)
    assert bobs.json()["id"] != first.json()["id"]


async def test_a_key_is_for_one_request(ann: SignedIn) -> None:
    headers = {"idempotency-key": "8e03978e"}
    await ann.call("POST", "/v1/scripts", json={"text": PLAY}, headers=headers)
    other = {"text": PLAY, "title": "Another"}
    answer = await ann.call("POST", "/v1/scripts", json=other, headers=headers)
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/key_reused"


@pytest.mark.parametrize("key", ["", "x" * 201])
async def test_a_key_is_short(ann: SignedIn, key: str) -> None:
    headers = {"idempotency-key": key}
    answer = await ann.call("POST", "/v1/scripts", json={"text": PLAY}, headers=headers)
    assert answer.status_code == 422
