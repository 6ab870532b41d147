from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rehearsal_server.protocol.audio import (
    HEADER_BYTES,
    AudioFlags,
    AudioHeader,
    AudioHeaderError,
    AudioKind,
    is_audio,
    pack_audio,
    unpack_audio,
)
from rehearsal_server.protocol.client_messages import Ping
from rehearsal_server.protocol.codec import MSGPACK

headers = st.builds(
    AudioHeader,
    st.sampled_from(AudioKind),
    st.sampled_from([AudioFlags(bits) for bits in range(4)]),
    st.integers(0, 2**16 - 1),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**64 - 1),
)
_MESSAGE = bytes.fromhex("02 01 0300 04000000 0500000000000000 0100 ffff")


def test_the_header_byte_by_byte() -> None:
    header, samples = unpack_audio(_MESSAGE)
    assert header == AudioHeader(AudioKind.PARTNER, AudioFlags.END, stream=3, seq=4, position=5)
    assert bytes(samples) == b"\x01\x00\xff\xff"
    assert pack_audio(header, bytes(samples)) == _MESSAGE
    assert HEADER_BYTES == 16


@settings(deadline=None)
@given(header=headers, samples=st.binary(max_size=64))
def test_every_header_survives_the_wire(header: AudioHeader, samples: bytes) -> None:
    message = pack_audio(header, samples)
    read, rest = unpack_audio(message)
    assert (read, bytes(rest)) == (header, samples)
    assert is_audio(message)


@pytest.mark.parametrize("length", range(HEADER_BYTES))
def test_a_header_cut_short_is_refused(length: int) -> None:
    with pytest.raises(AudioHeaderError, match=f"16-byte header; got {length} bytes"):
        unpack_audio(_MESSAGE[:length])


@pytest.mark.parametrize("kind", [0, 3, 255])
def test_an_unknown_kind_is_refused(kind: int) -> None:
    with pytest.raises(AudioHeaderError, match=f"unknown audio kind {kind}"):
        unpack_audio(bytes([kind]) + _MESSAGE[1:])


@pytest.mark.parametrize("flags", [4, 8, 0x80, 0xFF])
def test_unknown_flags_are_refused(flags: int) -> None:
    with pytest.raises(AudioHeaderError, match=f"unknown audio flags {flags:#x}"):
        unpack_audio(_MESSAGE[:1] + bytes([flags]) + _MESSAGE[2:])


@settings(deadline=None)
@given(message=st.binary(max_size=40))
@pytest.mark.check(20)
def test_any_bytes_are_a_chunk_or_refused(message: bytes) -> None:
    try:
        header, samples = unpack_audio(message)
    except AudioHeaderError:
        return
    assert pack_audio(header, bytes(samples)) == message


def test_a_control_message_is_not_audio() -> None:

    assert not is_audio(MSGPACK.encode(Ping(id=1)))
    assert not is_audio(b"\xde\x00\x10")
    assert not is_audio(b"")
