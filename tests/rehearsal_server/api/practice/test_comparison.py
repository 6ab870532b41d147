from __future__ import annotations

from typing import Any

import msgspec
import pytest

from rehearsal_server.api.services import Services
from storage.results import Performance, SessionResults, Take
from storage.sessions import NewSession
from tests.rehearsal_server.api.conftest import SignedIn
from tests.rehearsal_server.saved_takes import performance, saved_voice


def to_take(saved: Performance) -> Take:
    fields: dict[str, Any] = {name: getattr(saved, name) for name in Take.__struct_fields__}
    return Take(**fields)


@pytest.fixture
async def takes(services: Services, ann: SignedIn) -> tuple[Performance, ...]:
    """Give two takes of one line with a voice, and one without."""
    me = (await ann.call("GET", "/v1/users/me")).json()
    new = NewSession(user_id=me["id"], practice="scene", role="BEN", started_at=services.clock())
    session = await services.sessions.begin(new)
    voices = (saved_voice(2.0), saved_voice(2.5, f0_hz=150), None)
    results = SessionResults(
        state="completed",
        ended_at=services.clock(),
        duration_ms=9000,
        summary={},
        takes=tuple(
            to_take(msgspec.structs.replace(performance(number, voice), started_ms=1000 * number))
            for number, voice in enumerate(voices, start=1)
        ),
    )
    return await services.sessions.save(session.id, results)


async def test_two_takes_are_compared(ann: SignedIn, takes: tuple[Performance, ...]) -> None:
    path = f"/v1/performances/{takes[0].id}/comparison/{takes[1].id}"
    compared = (await ann.call("GET", path)).json()
    assert compared["pitch_shift_st"] > 1
    assert compared["first"]["performance_id"] == takes[0].id
    assert compared["second"]["emotion"]["label"] == "anger"
    assert len(compared["contours"]["first_st"]) == len(compared["contours"]["second_st"])


async def test_two_takes_are_drawn(ann: SignedIn, takes: tuple[Performance, ...]) -> None:
    path = f"/v1/performances/{takes[0].id}/comparison/{takes[1].id}/plot"
    answer = await ann.call("GET", path)
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.text.startswith("<svg ")


async def test_a_take_without_a_voice_cannot_be_compared(
    ann: SignedIn, takes: tuple[Performance, ...]
) -> None:
    answer = await ann.call("GET", f"/v1/performances/{takes[0].id}/comparison/{takes[2].id}")
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/not_comparable"
    assert "no voice is kept" in answer.json()["detail"]


async def test_to_somebody_else_neither_take_is_there(
    ann: SignedIn, bob: SignedIn, takes: tuple[Performance, ...]
) -> None:
    path = f"/v1/performances/{takes[0].id}/comparison"
    assert (await bob.call("GET", f"{path}/{takes[1].id}")).status_code == 404
    assert (await ann.call("GET", f"{path}/{'0' * 32}")).status_code == 404
