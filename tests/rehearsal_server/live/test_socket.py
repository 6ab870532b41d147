"""The socket as a client meets it: a true server, bytes over loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgpack
import numpy as np
import pytest
import pytest_asyncio
from websockets.exceptions import InvalidStatus

from rehearsal_server.protocol.audio import AudioFlags, AudioKind
from tests.rehearsal_server.live.running_server import (
    JSON_PROTOCOL,
    SCRIPT,
    START,
    RunningServer,
    Talk,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

CHUNK = bytes(640)


@pytest_asyncio.fixture(loop_scope="module")
async def talk(server: RunningServer) -> AsyncIterator[Talk]:
    """A socket on which `hello` has been read; afterwards the server still serves others."""
    async with server.socket() as talk:
        await talk.until("hello")
        yield talk
    async with server.socket() as other:
        await other.start()
        await other.speak(CHUNK)
        await other.until("ack")


async def refused(server: RunningServer, **how: Any) -> InvalidStatus:
    with pytest.raises(InvalidStatus) as refusal:
        async with server.socket(**how):
            raise AssertionError("the socket was opened")
    return refusal.value


# -- opening ---------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["", "nonsense", "eyJhbGciOiJub25lIn0.e30."])
@pytest.mark.check(13)
async def test_without_a_valid_token_no_socket(server: RunningServer, token: str) -> None:
    response = (await refused(server, token=token)).response
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "https://stage.example.evil.example",
        "https://stage.example:8443",
        "http://stage.example",
    ],
)
@pytest.mark.check(2, 3)
async def test_a_foreign_page_may_not_open_a_socket(server: RunningServer, origin: str) -> None:
    assert (await refused(server, origin=origin)).response.status_code == 403


@pytest.mark.check(2)
async def test_an_allowed_page_may(server: RunningServer) -> None:
    async with server.socket(origin="https://stage.example") as talk:
        await talk.until("hello")


@pytest.mark.check(2)
async def test_a_page_of_this_server_may(server: RunningServer) -> None:
    async with server.socket(origin=f"http://{server.address}") as talk:
        await talk.until("hello")


@pytest.mark.check(4)
async def test_a_ticket_opens_one_socket_and_is_not_echoed(server: RunningServer) -> None:
    async with server.http() as http:
        ticket = (await http.post("/v1/live/tickets")).raise_for_status().json()["ticket"]
    offered = (JSON_PROTOCOL, f"ticket.{ticket}")
    async with server.socket(token="", subprotocols=offered) as talk:
        assert talk.websocket.subprotocol == JSON_PROTOCOL
    again = await refused(server, token="", subprotocols=offered)
    assert again.response.status_code == 401


async def test_an_unknown_subprotocol_is_refused(server: RunningServer) -> None:
    response = (await refused(server, subprotocols=("rehearsal.v9.xml",))).response
    assert response.status_code == 400
    assert b"rehearsal.v1.json" in response.body


@pytest.mark.check(21)
async def test_a_full_server_says_when_to_come_back(server: RunningServer) -> None:
    async with server.socket(), server.socket(), server.socket(), server.socket():
        response = (await refused(server)).response
    assert response.status_code == 503
    assert int(response.headers["retry-after"]) > 0


async def test_hello_names_what_is_there_and_what_is_not(server: RunningServer) -> None:
    async with server.socket() as talk:
        hello = await talk.until("hello")
    assert hello["practices"] == ["scene"]
    engines = {engine["name"]: engine for engine in hello["engines"]}
    assert engines["voice:espeak-ng"]["available"]
    assert engines["script_following"]["available"]
    assert engines["script_following"]["detail"]


@pytest.mark.check(17)
async def test_both_subprotocols_say_the_same(server: RunningServer) -> None:
    async with server.socket(subprotocols=("rehearsal.v1.msgpack",)) as talk:
        hello = msgpack.unpackb(await talk.websocket.recv())
        await talk.websocket.send(msgpack.packb({"type": "ping", "id": 4}))
        pong = msgpack.unpackb(await talk.websocket.recv())
    assert hello["protocol"] == "rehearsal.v1"
    assert pong == {"type": "pong", "id": 4}


# -- control messages ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "code", "field", "close_code"),
    [
        ("{", "malformed", None, 4422),
        ('{"type": "applause"}', "malformed", "type", 4422),
        ({**START, "colour": 1}, "malformed", "colour", 4422),
        ({**START, "audio": {"sample_rate": 1}}, "malformed", "audio.sample_rate", 4422),
        ({**START, "audio": {"sample_rate": "16k"}}, "malformed", "audio.sample_rate", 4422),
        ({**START, "script_id": "x"}, "malformed", "script_id", 4422),
        ({**START, "script": "\n"}, "bad_script", "script", 4422),
        (b"\x81\xa4type\xa4ping", "malformed", None, 4422),
        (" " * 5000, "too_large", None, 1009),
        ({"type": "skip"}, "out_of_order", None, 4409),
        ({**START, "role": "Nobody"}, "unknown_role", "role", 4409),
        ({**START, "scene": "S9"}, "unknown_scene", "scene", 4409),
        ({**START, "script": None, "script_id": "0" * 32}, "not_found", "script_id", 4409),
        ({**START, "options": {"record": True}}, "unavailable", "options.record", 4409),
        (
            {**START, "options": {"partner_voice": "hal"}},
            "unavailable",
            "options.partner_voice",
            4409,
        ),
        (
            {"type": "resume", "session_id": "s", "secret": "s", "epoch": 1, "last_event": 0},
            "no_such_session",
            None,
            4404,
        ),
    ],
)
@pytest.mark.check(9, 18, 19)
async def test_a_message_that_cannot_be_obeyed(
    talk: Talk, message: dict[str, Any] | str | bytes, code: str, field: str | None, close_code: int
) -> None:
    await talk.say(message)
    assert await talk.fatal_error() == (code, field, close_code)


@pytest.mark.check(14)
async def test_a_message_beyond_the_limit_closes_at_once(talk: Talk) -> None:
    await talk.say(bytes(70_000))
    assert await talk.close_code() == 1009


@pytest.mark.check(19)
async def test_a_session_starts_once(talk: Talk) -> None:
    await talk.start()
    await talk.say(START)
    assert await talk.fatal_error() == ("out_of_order", None, 4409)


@pytest.mark.check(19)
async def test_a_message_out_of_place_changes_nothing(talk: Talk) -> None:
    await talk.start()
    await talk.say({"type": "continue"})
    error = await talk.until("error")
    assert (error["code"], error["fatal"]) == ("out_of_order", False)
    await talk.say({"type": "stop"})
    assert await talk.close_code() == 1000


@pytest.mark.check(15)
async def test_too_many_messages(talk: Talk) -> None:
    for number in range(60):
        await talk.say({"type": "ping", "id": number})
    assert await talk.fatal_error() == ("too_fast", None, 4429)


# -- audio -----------------------------------------------------------------------------------


@pytest.mark.check(19)
async def test_audio_before_start(talk: Talk) -> None:
    await talk.speak(CHUNK)
    assert await talk.fatal_error() == ("out_of_order", None, 4409)


@pytest.mark.parametrize(
    ("pcm", "changes"),
    [
        (bytes(641), {}),
        (CHUNK, {"kind": AudioKind.PARTNER}),
        (CHUNK, {"stream": 1}),
        (CHUNK, {"position": 99}),
        (bytes(6402), {}),
    ],
)
@pytest.mark.check(20)
async def test_audio_that_breaks_the_rules(talk: Talk, pcm: bytes, changes: dict[str, Any]) -> None:
    await talk.start()
    await talk.speak(pcm, **changes)
    assert await talk.fatal_error() == ("bad_audio", None, 4422)


@pytest.mark.check(20)
async def test_float_audio_that_is_not_finite(talk: Talk) -> None:
    await talk.start(audio={"sample_rate": 16_000, "encoding": "f32le"})
    await talk.speak(np.full(320, np.inf, "<f4").tobytes())
    assert await talk.fatal_error() == ("bad_audio", None, 4422)


@pytest.mark.check(20)
async def test_a_truncated_header(talk: Talk) -> None:
    await talk.start()
    await talk.say(b"\x01\x00\x00")
    assert await talk.fatal_error() == ("bad_audio", None, 4422)


async def test_a_missing_chunk_is_asked_for(talk: Talk) -> None:
    await talk.start()
    await talk.speak(CHUNK)
    await talk.speak(CHUNK, seq=5)
    error = await talk.until("error")
    assert (error["code"], error["fatal"]) == ("audio_gap", False)
    await talk.speak(CHUNK, seq=1, position=320)
    while (await talk.until("ack"))["seq"] < 1:
        pass


async def test_a_declared_loss_goes_on(talk: Talk) -> None:
    await talk.start()
    await talk.speak(CHUNK, seq=7, position=7 * 320, flags=AudioFlags.DISCONTINUITY)
    assert (await talk.until("ack"))["seq"] == 7


@pytest.mark.check(15)
async def test_audio_faster_than_life(talk: Talk) -> None:
    await talk.start()
    for _ in range(60):
        await talk.speak(bytes(6400))
    assert await talk.fatal_error() == ("too_fast", None, 4429)


# -- what is left ----------------------------------------------------------------------------


async def saved_session(server: RunningServer, session_id: str) -> dict[str, Any]:
    """The session as REST has it, once it is no longer live."""
    async with server.http() as http, asyncio.timeout(20):
        while True:
            detail = (await http.get(f"/v1/sessions/{session_id}")).raise_for_status().json()
            if detail["state"] != "live":
                return dict(detail)
            await asyncio.sleep(0.02)


async def test_the_results_are_there_after_stop(server: RunningServer) -> None:
    async with server.socket() as talk:
        started = await talk.start()
        await talk.say({"type": "skip"})
        await talk.say({"type": "skip"})
        await talk.say({"type": "stop"})
        saved = await talk.until("saved")
        assert await talk.close_code() == 1000
    assert saved["performances"] == 1
    detail = await saved_session(server, started["session_id"])
    assert detail["state"] == "completed"
    assert [p["line_id"] for p in detail["performances"]] == ["L2"]


async def test_a_client_that_vanishes_gets_its_results_saved(server: RunningServer) -> None:
    async with server.socket() as talk:
        started = await talk.start(script=SCRIPT + "Anna: Still?\nBen: Still.\n")
        await talk.say({"type": "skip"})
        await talk.say({"type": "skip"})
        await talk.until("line")
        talk.websocket.transport.abort()
    detail = await saved_session(server, started["session_id"])
    assert detail["state"] == "abandoned"
    assert len(detail["performances"]) == 1


async def test_the_partner_is_heard(server: RunningServer) -> None:
    async with server.socket() as talk:
        await talk.start()
        cue = await talk.until("cue")
        # The first event says how lines are followed.
        assert (cue["action"], cue["event"]) == ("listen", 2)
        assert (await talk.until("voice"))["state"] == "started"
        await talk.until("audio")
        complete = await talk.until("voice")
    assert complete["state"] == "complete"
    assert [word["text"] for word in complete["words"]] == ["Good", "evening", "to", "you", "all"]


async def test_a_line_without_words_is_a_beat(server: RunningServer) -> None:
    async with server.socket() as talk:
        await talk.start(script="Anna: ...\nBen: Say something.")
        await talk.until("cue")
        for _ in range(100):
            await talk.speak(CHUNK)
        cue = await talk.until("cue")
    assert (cue["action"], cue["line_id"]) == ("speak", "L2")


@pytest.mark.check(11)
async def test_signing_out_closes_the_sockets_of_the_login(server: RunningServer) -> None:
    login = await server.another_login()
    async with login.socket() as talk, server.socket() as other:
        await talk.start()
        async with login.http() as http:
            (await http.post("/v1/auth/logout")).raise_for_status()
        assert await talk.fatal_error() == ("token_expired", None, 4401)
        await other.start()
