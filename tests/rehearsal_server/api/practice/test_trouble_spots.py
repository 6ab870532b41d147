from __future__ import annotations

import msgspec
import pytest

from rehearsal_server.api.services import Services
from storage.sessions import NewSession
from tests.rehearsal_server.api.conftest import SignedIn
from tests.storage.samples import RESULTS, TAKE

LINE = "The last train left at ten"


def outcomes(*missed: int) -> dict[str, object]:
    words = [
        {"text": word, "outcome": "omitted" if index in missed else "said"}
        for index, word in enumerate(LINE.split())
    ]
    return {"wording": {"words": words}}


@pytest.fixture
async def script_id(services: Services, ann: SignedIn) -> str:
    """Give a script of Ann's, whose line she has missed words of twice."""
    me = (await ann.call("GET", "/v1/users/me")).json()
    body = {"format": "name_colon", "text": f"Anna: Well?\nBen: {LINE}\n"}
    script: str = (await ann.call("POST", "/v1/scripts", json=body)).json()["id"]
    new = NewSession(
        user_id=me["id"],
        practice="scene",
        script_id=script,
        role="Ben",
        started_at=services.clock(),
    )
    session = await services.sessions.begin(new)
    takes = [
        msgspec.structs.replace(TAKE, take=number, line_text=LINE, character="Ben", scores=scores)
        for number, scores in enumerate([outcomes(1, 2), outcomes(2), {}], 1)
    ]
    await services.sessions.save(
        session.id, msgspec.structs.replace(RESULTS, takes=tuple(takes), remarks=())
    )
    return script


async def test_words_that_are_missed_again_are_a_spot(ann: SignedIn, script_id: str) -> None:
    found = (await ann.call("GET", f"/v1/scripts/{script_id}/trouble-spots")).json()
    assert found["takes"] == 2
    (spot,) = found["items"]
    assert (spot["line_id"], spot["text"], spot["failed_takes"]) == ("L2", "last train", 2)
    assert spot["outcomes"] == {"omitted": 3}


async def test_another_role_has_its_own(ann: SignedIn, script_id: str) -> None:
    query = {"role": "Anna"}
    answer = await ann.call("GET", f"/v1/scripts/{script_id}/trouble-spots", params=query)
    assert answer.json() == {"items": [], "takes": 0}


async def test_to_somebody_else_the_script_is_not_there(bob: SignedIn, script_id: str) -> None:
    answer = await bob.call("GET", f"/v1/scripts/{script_id}/trouble-spots")
    assert answer.status_code == 404
