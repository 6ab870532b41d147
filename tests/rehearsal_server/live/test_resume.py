"""A session that goes on over another socket, as a bare client meets it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.rehearsal_server.live.running_server import SCRIPT, RunningServer, Talk

pytestmark = pytest.mark.asyncio(loop_scope="module")

CHUNK = bytes(640)
LONG_SCRIPT = SCRIPT + "Anna: Still?\nBen: Still.\nAnna: Well.\nBen: Well.\n"


def resume_of(started: dict[str, Any], last_event: int = 0, **changes: Any) -> dict[str, Any]:
    known = {name: started[name] for name in ("session_id", "secret", "epoch")}
    return {"type": "resume", **known, "last_event": last_event, **changes}


@asynccontextmanager
async def brief_socket(server: RunningServer) -> AsyncIterator[Talk]:
    """A socket that is dropped, whatever of it is unread."""
    async with server.socket() as talk:
        yield talk
        talk.websocket.transport.abort()


async def resumed(talk: Talk, message: dict[str, Any]) -> dict[str, Any]:
    await talk.say(message)
    return await talk.until("resumed")


async def events_until(talk: Talk, number: int) -> list[dict[str, Any]]:
    """Final events up to a number."""
    events: list[dict[str, Any]] = []
    while not events or events[-1]["event"] < number:
        message = await talk.next_message()
        if message.get("event"):
            events.append(message)
    return events


@pytest_asyncio.fixture(loop_scope="module")
async def broken(
    server: RunningServer,
) -> AsyncIterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """A session whose socket broke: what it started with, and its events up to the first line."""
    async with server.socket() as talk:
        started = await talk.start(script=LONG_SCRIPT)
        for _ in range(5):
            await talk.speak(CHUNK)
        await talk.say({"type": "skip"})
        await talk.say({"type": "skip"})
        events: list[dict[str, Any]] = []
        while not events or events[-1]["type"] != "line":
            message = await talk.next_message()
            if message.get("event"):
                events.append(message)
        talk.websocket.transport.abort()
    yield started, events


async def test_what_was_missed_is_told_again(server: RunningServer, broken: Any) -> None:
    started, events = broken
    async with server.socket() as talk:
        answer = await resumed(talk, resume_of(started, last_event=1))
        assert (answer["next_seq"], answer["next_message"]) == (5, 2)
        assert await events_until(talk, events[-1]["event"]) == events[1:]
        await talk.say({"type": "stop"})
        assert (await talk.until("saved"))["performances"] == 1
        assert await talk.close_code() == 1000


async def test_the_session_goes_on(server: RunningServer, broken: Any) -> None:
    started, events = broken
    async with server.socket() as talk:
        await resumed(talk, resume_of(started, events[-1]["event"]))
        talk.seq, talk.position = 5, 5 * 320
        for _ in range(20):
            await talk.speak(CHUNK)
        while (await talk.until("ack"))["seq"] < 24:
            pass
        await talk.say({"type": "skip"})
        await talk.say({"type": "skip"})
        line = await talk.until("line")
        assert line["line_id"] == "L4"
        await talk.say({"type": "stop"})
        saved = await talk.until("saved")
    assert (saved["performances"], saved["summary"]["duration_ms"]) == (2, 500)


async def test_audio_that_comes_again_is_not_heard_again(
    server: RunningServer, broken: Any
) -> None:
    started, _ = broken
    async with server.socket() as talk:
        await resumed(talk, resume_of(started))
        for _ in range(5):
            await talk.speak(CHUNK)  # from the first on
        await talk.speak(CHUNK)
        while (await talk.until("ack"))["seq"] < 5:
            pass
        await talk.say({"type": "stop"})
        assert (await talk.until("saved"))["summary"]["duration_ms"] == 120


async def test_the_partner_is_heard_from_the_start(server: RunningServer) -> None:
    async with server.socket() as talk:
        started = await talk.start()
        await talk.until("audio")
        talk.websocket.transport.abort()
    async with server.socket() as talk:
        assert (await resumed(talk, resume_of(started)))["speaking"] == [1]
        assert (await talk.until("voice"))["state"] == "started"
        assert (await talk.until("voice"))["state"] == "complete"


@pytest.mark.parametrize(
    "changes",
    [
        {"secret": "guessed"},
        {"session_id": "0" * 32},
        {"session_id": "../../etc"},
        {"epoch": 2},
        {"last_event": 999},
    ],
)
async def test_who_may_not_resume(
    server: RunningServer, broken: Any, changes: dict[str, Any]
) -> None:
    started, _ = broken
    async with server.socket() as talk:
        await talk.say(resume_of(started, **changes))
        assert await talk.fatal_error() == ("no_such_session", None, 4404)
    async with brief_socket(server) as talk:
        await resumed(talk, resume_of(started))


async def test_another_account_may_not_resume(server: RunningServer, broken: Any) -> None:
    started, _ = broken
    stranger = await server.another_account()
    async with stranger.socket() as talk:
        await talk.say(resume_of(started))
        assert await talk.fatal_error() == ("no_such_session", None, 4404)


async def test_the_former_socket_is_told_that_it_is_superseded(server: RunningServer) -> None:
    async with server.socket() as first, brief_socket(server) as second:
        started = await first.start()
        await resumed(second, resume_of(started))
        assert await first.close_code() == 4410
        await second.say({"type": "ping", "id": 1})
        await second.until("pong")


async def test_a_used_secret_is_valid_until_its_successor_is_used(server: RunningServer) -> None:
    async with brief_socket(server) as talk:
        started = await talk.start()
    async with brief_socket(server) as talk:
        lost = await resumed(talk, resume_of(started))  # say that this answer was lost
    async with brief_socket(server) as talk:
        answer = await resumed(talk, resume_of(started))
    async with brief_socket(server) as talk:
        await resumed(talk, resume_of(answer))
    for secret in (started["secret"], lost["secret"]):
        async with server.socket() as talk:
            await talk.say(resume_of(started, secret=secret))
            assert (await talk.fatal_error())[0] == "no_such_session"


async def test_a_session_that_ended_meanwhile_is_told_to_its_end(server: RunningServer) -> None:
    async with server.socket() as talk:
        started = await talk.start()
        await talk.say({"type": "stop"})
        saved = await talk.until("saved")
        assert await talk.close_code() == 1000
    async with server.socket() as talk:
        await resumed(talk, resume_of(started))
        assert await talk.until("saved") == saved
        assert await talk.close_code() == 1000


async def test_a_session_is_resumed_before_it_is_started_again(server: RunningServer) -> None:
    async with server.socket() as talk:
        started = await talk.start()
        await talk.say(resume_of(started))
        assert (await talk.fatal_error())[0] == "out_of_order"


async def test_messages_become_durable(server: RunningServer) -> None:
    async with server.socket() as talk:
        await talk.start()
        await talk.say({"type": "skip"})
        async with asyncio.timeout(20):
            while (await talk.until("ack"))["durable_messages"] < 1:
                pass


async def test_audio_becomes_durable_once_its_line_is_over(server: RunningServer) -> None:
    async with server.socket() as talk:
        started = await talk.start(script=LONG_SCRIPT)
    async with brief_socket(server) as talk:
        await resumed(talk, resume_of(started))  # may send a minute at once
        for _ in range(60):
            await talk.speak(bytes(6400))
        while (ack := await talk.until("ack"))["seq"] < 59:
            pass
        assert ack["durable_seq"] is None  # the actor may have been speaking all along
        await talk.say({"type": "skip"})
        while (ack := await talk.until("ack"))["durable_seq"] is None:
            pass
    assert 24 <= ack["durable_seq"] < 59


async def test_sessions_that_are_over_hold_few_files(server: RunningServer) -> None:
    for _ in range(8):
        async with server.socket() as talk:
            await talk.start()
            await talk.say({"type": "stop"})
            await talk.close_code()
    for _ in range(200):
        if open_journals() <= 4:  # as many as may go on at a time
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{open_journals()} journals are open")


def open_journals() -> int:
    """How many journals this process, which is the server's too, has open."""
    paths = []
    for descriptor in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            paths.append(str(descriptor.readlink()))
    return sum("/journal/" in path and path.endswith(".log") for path in paths)
