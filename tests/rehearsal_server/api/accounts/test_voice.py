from __future__ import annotations

from rehearsal_server.api.services import Services
from tests.rehearsal_server.api.conftest import SignedIn
from tests.storage.samples import SPEAKER

PATH = "/v1/users/me/voice"


async def test_a_voice_never_heard_is_unknown(ann: SignedIn) -> None:
    shown = (await ann.call("GET", PATH)).json()
    assert (shown["state"], shown["voiced_s"], shown["usual"]) == ("none", 0, None)


async def test_what_was_learnt_is_shown_to_its_owner_and_can_be_forgotten(
    services: Services, ann: SignedIn, bob: SignedIn
) -> None:
    me = (await ann.call("GET", "/v1/users/me")).json()
    await services.speakers.put(me["id"], SPEAKER)
    shown = (await ann.call("GET", PATH)).json()
    assert (shown["state"], shown["voiced_s"]) == ("ready", 21.5)
    assert shown["usual"]["pitch_st"] == 27.25
    assert shown["calibrated_at"] is not None
    assert (await bob.call("GET", PATH)).json()["state"] == "none"
    assert (await ann.call("DELETE", PATH)).status_code == 204
    assert (await ann.call("GET", PATH)).json()["state"] == "none"
    assert (await ann.call("DELETE", PATH)).status_code == 204
