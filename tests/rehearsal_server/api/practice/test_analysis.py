from __future__ import annotations

from typing import Any

import httpx
import numpy as np
import pytest

from tests.rehearsal_server.api.conftest import SignedIn
from tests.rehearsal_server.test_offline import room, synthesise
from tests.rehearsal_server.test_uploaded_take import file_of

TEXT = "He was not an ill disposed young man."
PLAY = f"Anna: Was he a good man?\nBen: {TEXT}\nAnna: And his sister?\nBen: {TEXT}\n"


async def analyze(
    who: SignedIn, script_id: str, data: bytes, media_type: str = "audio/flac", **query: str
) -> httpx.Response:
    which = {"script_id": script_id, "scene": "S1", "role": "Ben", **query}
    headers = {"content-type": media_type}
    return await who.call(
        "POST", "/v1/performances/analyze", params=which, content=data, headers=headers
    )


@pytest.fixture
async def script_id(ann: SignedIn) -> str:
    return str((await ann.call("POST", "/v1/scripts", json={"text": PLAY})).json()["id"])


async def test_a_recording_is_measured_and_not_kept(ann: SignedIn, script_id: str) -> None:
    recording = file_of(np.concatenate((room(0.3), await synthesise(TEXT))))
    answer = await analyze(ann, script_id, recording, line_id="L4")
    assert answer.status_code == 200, answer.text
    analysis: dict[str, Any] = answer.json()
    (take,) = analysis["takes"]
    assert (take["line_id"], take["outcome"], analysis["completed"]) == ("L4", "spoken", True)
    assert take["timing"]["speech_rate"] > 1
    assert take["voice"] is not None
    assert (await ann.call("GET", "/v1/performances")).json()["items"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"scene": "S9"}, "scene"),
        ({"role": "Nobody"}, "role"),
        ({"line_id": "L1"}, "line_id"),
        ({"keep": "yes"}, "keep"),
    ],
)
async def test_only_lines_that_are_there_can_be_recorded(
    ann: SignedIn, script_id: str, query: dict[str, str], field: str
) -> None:
    answer = await analyze(ann, script_id, b"x", **query)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    absent = await analyze(ann, "0" * 32, b"x")
    assert absent.json()["errors"][0]["field"] == "script_id"


async def test_to_somebody_else_the_script_is_absent(bob: SignedIn, script_id: str) -> None:
    assert (await analyze(bob, script_id, b"x")).status_code == 422


async def test_what_is_no_audio_is_refused(ann: SignedIn, script_id: str) -> None:
    answer = await analyze(ann, script_id, b"%PDF-1.7")
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/unusable_recording")
    assert (await analyze(ann, script_id, b"x", "image/png")).status_code == 415
