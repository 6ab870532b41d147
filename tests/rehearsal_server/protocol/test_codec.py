from __future__ import annotations

import json
from typing import Any

import msgpack
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rehearsal_server.protocol.client_messages import (
    MAX_CONTROL_BYTES,
    AckEvent,
    AnyClientMessage,
    Continue,
    Goto,
    LinePlease,
    Ping,
    Playback,
    Start,
)
from rehearsal_server.protocol.codec import (
    CLIENT_MESSAGES,
    CODECS,
    JSON,
    MSGPACK,
    SERVER_MESSAGES,
    Codec,
    DecodeError,
    TooLarge,
)
from rehearsal_server.protocol.fields import AudioFormat, Interval, Options
from rehearsal_server.protocol.server_messages import (
    AnyServerMessage,
    Cue,
    Pong,
    ServerMessage,
    Timing,
)
from tests.rehearsal_server.protocol.strategies import messages

both_codecs = pytest.mark.parametrize("codec", [JSON, MSGPACK], ids=lambda codec: codec.subprotocol)


def packed(value: object) -> bytes:
    data: bytes = msgpack.packb(value)
    return data


WRITTEN: list[tuple[dict[str, Any], AnyClientMessage]] = [
    (
        {
            "type": "start",
            "mode": "scene",
            "script_id": "abc",
            "role": "Lady Bracknell",
            "audio": {"sample_rate": 48000, "encoding": "f32le", "channels": 2},
            "options": {"prompt_after_ms": 1500, "headphones": True, "language": "de-CH"},
        },
        Start(
            mode="scene",
            script_id="abc",
            role="Lady Bracknell",
            audio=AudioFormat(sample_rate=48000, encoding="f32le", channels=2),
            options=Options(prompt_after_ms=1500, headphones=True, language="de-CH"),
        ),
    ),
    (
        {"type": "playback", "utterance": 3, "state": "ended", "at_ms": 4210},
        Playback(utterance=3, state="ended", at_ms=4210),
    ),
    ({"type": "line"}, LinePlease()),
    ({"type": "continue"}, Continue()),
    ({"type": "goto", "line_id": "L12"}, Goto(line_id="L12")),
    ({"type": "ack", "event": 7}, AckEvent(event=7)),
]


@pytest.mark.parametrize(("written", "message"), WRITTEN)
def test_a_message_is_read_from_its_bytes(written: dict[str, Any], message: object) -> None:
    assert JSON.decode_client(json.dumps(written).encode()) == message
    assert MSGPACK.decode_client(packed(written)) == message


def test_server_messages_on_the_wire() -> None:
    cue = Cue(event=4, proc_ms=1.5, action="speak", line_id="L2", text="Here.", at_ms=900)
    assert JSON.encode(cue) == (
        b'{"type":"cue","event":4,"proc_ms":1.5,"action":"speak","line_id":"L2","text":"Here.",'
        b'"at_ms":900}'
    )
    assert MSGPACK.encode(Pong(id=5)) == b"\x82\xa4type\xa4pong\xa2id\x05"


def test_nested_fields_on_the_wire() -> None:
    timing = Timing(
        line_id="L2",
        take=1,
        pickup_ms=None,
        pickup_basis=None,
        start_ms=0,
        end_ms=900,
        duration_ms=900,
        speech_rate=4.0,
        articulation_rate=5.0,
        phonation_ratio=0.8,
        pauses=(Interval(start_ms=300, end_ms=600),),
    )
    read = msgpack.unpackb(MSGPACK.encode(timing))
    assert read["pauses"] == [{"start_ms": 300, "end_ms": 600}]
    assert read["pickup_ms"] is None


@both_codecs
@pytest.mark.parametrize("tag", CLIENT_MESSAGES)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_every_client_message_survives_the_wire(
    codec: Codec, tag: str, data: st.DataObject
) -> None:
    message = data.draw(messages(CLIENT_MESSAGES[tag]))
    wire = codec.encode(message)
    assert _reference(codec, wire)["type"] == tag
    if len(wire) <= MAX_CONTROL_BYTES:
        assert codec.decode_client(wire) == message


@both_codecs
@pytest.mark.parametrize("tag", SERVER_MESSAGES)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_every_server_message_survives_the_wire(
    codec: Codec, tag: str, data: st.DataObject
) -> None:
    message = data.draw(messages(SERVER_MESSAGES[tag]))
    wire = codec.encode(message)
    read = _reference(codec, wire)
    assert read["type"] == tag
    assert codec.decode_server(wire) == message
    assert read == _plain(message)


def _reference(codec: Codec, wire: bytes) -> Any:
    """Read with an implementation that is not ours."""
    return json.loads(wire) if codec.is_text else msgpack.unpackb(wire)


def _plain(value: Any) -> Any:
    """Give the maps and lists that a message should be on the wire."""
    if isinstance(value, ServerMessage):
        return {"type": tag_of(value), **_plain(msgspec.structs.asdict(value))}
    if isinstance(value, msgspec.Struct):
        return _plain(msgspec.structs.asdict(value))
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def tag_of(message: ServerMessage) -> str:
    return next(tag for tag, kind in SERVER_MESSAGES.items() if kind is type(message))


def test_a_client_ignores_what_a_newer_server_adds() -> None:
    wire = b'{"type":"pong","id":1,"added_later":{"x":[1]}}'
    assert JSON.decode_server(wire) == Pong(id=1)


def test_no_two_messages_share_a_tag() -> None:
    assert len(CLIENT_MESSAGES) == len(AnyClientMessage.__args__)
    assert len(SERVER_MESSAGES) == len(AnyServerMessage.__args__)


def test_the_subprotocols_are_told_apart_by_their_first_byte() -> None:
    for message in (Ping(id=1), Pong(id=1)):
        assert MSGPACK.encode(message)[0] in range(0x80, 0x90)
        assert JSON.encode(message)[:1] == b"{"
    assert set(CODECS) == {"rehearsal.v1.json", "rehearsal.v1.msgpack"}


def start(**changes: object) -> dict[str, object]:
    plain: dict[str, object] = {"mode": "scene", "role": "A", "audio": {"sample_rate": 16000}}
    return {"type": "start", **plain, **changes}


FAULTS = [
    ({"type": "nope"}, "type", "allowed: start, resume, playback, line, skip"),
    ({}, "type", "missing required field `type`"),
    ({"type": "ping"}, "id", "missing required field"),
    ({"type": "ping", "id": -1}, "id", ">= 0"),
    ({"type": "ping", "id": 2**53 + 1}, "id", "<= 9007199254740992"),
    ({"type": "ping", "id": "1"}, "id", "Expected `int`, got `str`"),
    ({"type": "ping", "id": True}, "id", "Expected `int`, got `bool`"),
    ({"type": "skip", "why": 1}, "why", "unknown field"),
    (start(mode="interview"), "mode", "allowed: scene"),
    (start(role=""), "role", "length >= 1"),
    (start(script=""), "script", "length >= 1"),
    (start(script="x" * 4001), "script", "length <= 4000"),
    (start(audio={}), "audio.sample_rate", "missing required field"),
    (start(audio={"sample_rate": 7}), "audio.sample_rate", ">= 8000"),
    (start(audio={"sample_rate": 16000, "channels": 3}), "audio.channels", "allowed: 1, 2"),
    (
        start(audio={"sample_rate": 16000, "encoding": "mp3"}),
        "audio.encoding",
        "allowed: s16le, f32le, mulaw",
    ),
    (start(options={"volume": 3}), "options.volume", "unknown field"),
    (start(options={"advance": "soon"}), "options.advance", "allowed: auto, silence, manual"),
    (start(options={"language": "english!"}), "options.language", "matching regex"),
    (
        {"type": "playback", "utterance": 1, "state": "heard", "at_ms": 1},
        "state",
        "allowed: started, ended, stopped",
    ),
]


@pytest.mark.parametrize(("written", "field", "reason"), FAULTS)
@pytest.mark.check(18)
def test_a_fault_names_its_field_and_what_is_allowed(
    written: dict[str, object], field: str, reason: str
) -> None:
    for codec, wire in ((JSON, json.dumps(written).encode()), (MSGPACK, packed(written))):
        with pytest.raises(DecodeError) as caught:
            codec.decode_client(wire)
        assert caught.value.field == field
        assert reason in str(caught.value)


@both_codecs
def test_a_long_field_name_is_not_quoted_at_length(codec: Codec) -> None:
    name = "x" * 3000
    wire = (
        json.dumps({"type": "skip", name: 1}).encode()
        if codec.is_text
        else packed({"type": "skip", name: 1})
    )
    with pytest.raises(DecodeError, match="unknown field") as caught:
        codec.decode_client(wire)
    assert len(str(caught.value)) <= 200
    assert caught.value.field is not None
    assert len(caught.value.field) <= 64


@both_codecs
@pytest.mark.check(9)
def test_an_oversized_message_is_refused_before_it_is_read(codec: Codec) -> None:
    message = Start(mode="scene", role="A", script="x" * 3700, audio=AudioFormat(sample_rate=16000))
    assert isinstance(codec.decode_client(codec.encode(message)), Start)
    with pytest.raises(TooLarge, match="may have 4096 bytes; this one has 4097"):
        codec.decode_client(b"[" * (MAX_CONTROL_BYTES + 1))
