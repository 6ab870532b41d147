"""Whatever arrives, decoding gives a message or a `DecodeError`."""

from __future__ import annotations

import contextlib

import msgpack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rehearsal_server.protocol.client_messages import MAX_CONTROL_BYTES, Goto, Ping, Skip
from rehearsal_server.protocol.codec import (
    CLIENT_MESSAGES,
    JSON,
    MSGPACK,
    SERVER_MESSAGES,
    Codec,
    DecodeError,
)
from tests.rehearsal_server.protocol.strategies import messages

both_codecs = pytest.mark.parametrize("codec", [JSON, MSGPACK], ids=lambda codec: codec.subprotocol)
_PING = b"\x82\xa4type\xa4ping\xa2id"
_GOTO = b"\x82\xa4type\xa4goto\xa7line_id"

HOSTILE_JSON = {
    "nothing": b"",
    "no object": b"null",
    "an array": b"[]",
    "trailing bytes": b'{"type":"skip"} {}',
    "a byte order mark": b'\xef\xbb\xbf{"type":"skip"}',
    "NaN": b'{"type":"ping","id":NaN}',
    "infinity": b'{"type":"ping","id":1e999}',
    "a fraction": b'{"type":"ping","id":1.5}',
    "an integer of 4000 digits": b'{"type":"ping","id":' + b"9" * 4000 + b"}",
    "a lone surrogate": b'{"type":"goto","line_id":"\\ud800"}',
    "a low surrogate first": b'{"type":"goto","line_id":"\\udc00\\ud800"}',
    "an encoded surrogate": b'{"type":"goto","line_id":"\xed\xa0\x80"}',
    "no UTF-8": b'{"type":"goto","line_id":"\xff"}',
    "an overlong slash": b'{"type":"goto","line_id":"\xc0\xaf"}',
    "two types": b'{"type":"skip","type":"stop"}',
    "a type that is no text": b'{"type":["ping"],"id":1}',
    "deep arrays": b"[" * MAX_CONTROL_BYTES,
    "deep arrays in a field": b'{"type":"ping","id":' + b"[" * 4000,
    "deep arrays in an unknown field": b'{"type":"ping","x":' + b"[" * 4000,
    "deep arrays before the type": b'{"x":' + b"[" * 2000 + b"]" * 2000 + b',"type":"skip"}',
    "deep objects": b'{"a":' * 800,
}
HOSTILE_MSGPACK = {
    "nothing": b"",
    "nil": b"\xc0",
    "a reserved byte": b"\xc1",
    "an array": b"\x90",
    "trailing bytes": _PING + b"\x01\x00",
    "cut short": _PING,
    "an extension": _PING + b"\xc7\x03\x05abc",
    "a timestamp": _PING + b"\xd6\xff\x00\x00\x00\x01",
    "NaN": _PING + b"\xcb\x7f\xf8\x00\x00\x00\x00\x00\x00",
    "a float": _PING + b"\xcb\x3f\xf0\x00\x00\x00\x00\x00\x00",
    "2**64 - 1": _PING + b"\xcf" + b"\xff" * 8,
    "-2**63": _PING + b"\xd3\x80" + b"\x00" * 7,
    "bytes for text": _GOTO + b"\xc4\x01a",
    "no UTF-8": _GOTO + b"\xa1\xff",
    "an encoded surrogate": _GOTO + b"\xa3\xed\xa0\x80",
    "text of 4 GiB": _GOTO + b"\xdb\xff\xff\xff\xff",
    "a map of 2**32 - 1 fields": b"\xdf\xff\xff\xff\xff",
    "an array of 2**32 - 1 items": b"\xdd\xff\xff\xff\xff",
    "field names that are bytes": b"\x81\xc4\x04type\xa4skip",
    "field names that are numbers": b"\x81\x01\x02",
    "two types": b"\x82\xa4type\xa4skip\xa4type\xa4stop",
    "deep arrays": b"\x91" * MAX_CONTROL_BYTES,
    "deep arrays in a field": _PING + b"\x91" * 4000,
    "deep arrays in an unknown field": b"\x82\xa4type\xa4ping\xa1x" + b"\x91" * 4000,
    "deep maps before the type": b"\x82\xa1x" + b"\x81\xa0" * 1900 + b"\xc0\xa4type\xa4skip",
}


@pytest.mark.parametrize("data", HOSTILE_JSON.values(), ids=HOSTILE_JSON)
@pytest.mark.check(18)
def test_hostile_json_is_refused(data: bytes) -> None:
    with pytest.raises(DecodeError):
        JSON.decode_client(data)


@pytest.mark.parametrize("data", HOSTILE_MSGPACK.values(), ids=HOSTILE_MSGPACK)
@pytest.mark.check(18)
def test_hostile_msgpack_is_refused(data: bytes) -> None:
    with pytest.raises(DecodeError):
        MSGPACK.decode_client(data)


def test_of_a_field_given_twice_the_last_counts() -> None:
    assert JSON.decode_client(b'{"type":"ping","id":1,"id":2}') == Ping(id=2)
    assert MSGPACK.decode_client(b"\x83\xa4type\xa4ping\xa2id\x01\xa2id\x02") == Ping(id=2)


def test_odd_but_lawful_messages_are_read() -> None:
    assert JSON.decode_client(b' {"type" : "skip"}\n') == Skip()
    assert JSON.decode_client(b'{"line_id":"\\ud83c\\udfad","type":"goto"}') == Goto(line_id="🎭")
    assert MSGPACK.decode_client(b"\xde\x00\x01\xa4type\xd9\x04skip") == Skip()


@both_codecs
@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=200))
@pytest.mark.check(18)
def test_any_bytes(codec: Codec, data: bytes) -> None:
    _decode_or_refuse(codec, data)


@both_codecs
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_damage_to_a_message(codec: Codec, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from([*CLIENT_MESSAGES.values(), *SERVER_MESSAGES.values()]))
    wire = bytearray(codec.encode(data.draw(messages(kind))))
    at = data.draw(st.integers(0, len(wire) - 1))
    wire[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    _decode_or_refuse(codec, bytes(wire))


_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text(st.characters(codec="utf-8"), max_size=8)
    | st.binary(max_size=8)
    | st.builds(msgpack.ExtType, st.integers(0, 127), st.binary(max_size=4)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(tag=st.sampled_from([*CLIENT_MESSAGES, *SERVER_MESSAGES]), rest=st.data())
def test_any_values_in_the_fields(tag: str, rest: st.DataObject) -> None:
    kind = CLIENT_MESSAGES.get(tag) or SERVER_MESSAGES[tag]
    fields = rest.draw(st.dictionaries(st.sampled_from(kind.__struct_fields__ or ("x",)), _values))
    try:
        wire = msgpack.packb({"type": tag, **fields})
    except (OverflowError, UnicodeEncodeError):
        return
    _decode_or_refuse(MSGPACK, wire)


def _decode_or_refuse(codec: Codec, data: bytes) -> None:
    for decode in (codec.decode_client, codec.decode_server):
        with contextlib.suppress(DecodeError):
            decode(data)
