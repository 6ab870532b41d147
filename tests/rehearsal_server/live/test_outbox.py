from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from rehearsal_server.live.outbox import (
    MAX_AUDIO_BYTES,
    MAX_MESSAGE_BYTES,
    MAX_MESSAGES,
    Outbox,
    OutboxFull,
)
from rehearsal_server.protocol.codec import JSON, MSGPACK
from rehearsal_server.protocol.server_messages import Error, Level, Pong, Speech


def level(at_ms: int) -> Level:
    return Level(at_ms=at_ms, level_dbfs=-30, loudness_lufs=None, f0_hz=None, speaking=False)


async def read_all(outbox: Outbox) -> list[Any]:
    frames = []
    while not outbox.is_empty:
        frame = await outbox.get()
        frames.append(json.loads(frame) if isinstance(frame, str) else frame)
    return frames


async def test_messages_leave_in_order() -> None:
    outbox = Outbox(JSON)
    for number in range(3):
        outbox.put(Pong(id=number))
    assert [frame["id"] for frame in await read_all(outbox)] == [0, 1, 2]


@pytest.mark.check(16)
async def test_of_meters_only_the_latest_is_sent() -> None:
    outbox = Outbox(JSON)
    for at_ms in (20, 40, 60):
        outbox.put(level(at_ms))
    assert [frame["at_ms"] for frame in await read_all(outbox)] == [60]
    outbox.put(level(80))
    assert [frame["at_ms"] for frame in await read_all(outbox)] == [80]


@pytest.mark.check(16)
async def test_a_client_that_does_not_read_is_given_up() -> None:
    outbox = Outbox(JSON)
    for number in range(MAX_MESSAGES):
        outbox.put(Pong(id=number))
    with pytest.raises(OutboxFull, match="wait to be read"):
        outbox.put(Pong(id=0))


@pytest.mark.check(16)
async def test_audio_waits_at_its_source() -> None:
    outbox = Outbox(JSON)
    frame = bytes(MAX_AUDIO_BYTES)
    await outbox.put_audio(1, frame)
    await outbox.put_audio(1, frame)
    waiting = asyncio.ensure_future(outbox.put_audio(1, frame))
    await asyncio.sleep(0)
    assert not waiting.done()
    await outbox.get()
    await outbox.get()
    await waiting


async def test_an_utterance_cut_short_leaves_the_queue() -> None:
    outbox = Outbox(JSON)
    await outbox.put_audio(1, b"first")
    outbox.put(Pong(id=1))
    await outbox.put_audio(2, b"second")
    outbox.drop_audio(1)
    frames = await read_all(outbox)
    assert frames == [{"type": "pong", "id": 1}, b"second"]


async def test_processing_time_is_taken_when_a_message_leaves() -> None:
    outbox = Outbox(MSGPACK)
    outbox.put(Speech(event=1, state="started", at_ms=0), received_s=0.0)
    frame = await outbox.get()
    assert isinstance(frame, bytes)
    message = MSGPACK.decode_server(frame)
    assert isinstance(message, Speech)
    assert message.proc_ms > 0


@pytest.mark.check(16)
async def test_few_long_messages_fill_the_queue_too() -> None:
    outbox = Outbox(JSON)
    long = Error(code="internal", message="x" * 4000, fatal=False)
    fits = MAX_MESSAGE_BYTES // (len(JSON.encode(long)))
    for _ in range(3):
        for _ in range(fits):
            outbox.put(long)
        with pytest.raises(OutboxFull, match="bytes of messages"):
            outbox.put(long)
        assert len(await read_all(outbox)) == fits
    assert MAX_MESSAGE_BYTES + 2 * MAX_AUDIO_BYTES <= 256 * 1024


async def test_what_will_never_be_durable_takes_along_what_is_behind_it() -> None:
    outbox = Outbox(JSON)
    outbox.put(Pong(id=1))
    outbox.put(Speech(event=1, state="started", at_ms=0), after_frame=2)
    outbox.put(Pong(id=2))
    await outbox.put_audio(1, b"voice")
    outbox.drop_held()
    outbox.put(Pong(id=3))
    assert [await outbox.get(), await outbox.get()] == [
        '{"type":"pong","id":1}',
        '{"type":"pong","id":3}',
    ]
    assert outbox.is_empty


async def test_what_is_durable_is_let_go_in_order() -> None:
    outbox = Outbox(JSON)
    outbox.put(Pong(id=1), after_frame=3)
    outbox.put(Pong(id=2))
    reading = asyncio.create_task(outbox.get())
    outbox.release(2)
    await asyncio.sleep(0)
    assert not reading.done()
    outbox.release(3)
    assert await reading == '{"type":"pong","id":1}'
    assert await outbox.get() == '{"type":"pong","id":2}'
