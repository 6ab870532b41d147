from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rehearsal_server.voices.espeak.wire import (
    HEADER,
    MAX_PAYLOAD_BYTES,
    MESSAGE,
    PCM,
    Cancel,
    Describe,
    Description,
    Done,
    Failed,
    Language,
    Mark,
    Marks,
    Phonemes,
    Phonemize,
    Reply,
    Request,
    Speak,
    WireError,
    decode_reply,
    decode_request,
    message_frame,
    payload_size,
    pcm_frame,
)

numbers = st.integers(-(2**31), 2**31)
requests = st.one_of(
    st.just(Cancel()),
    st.just(Describe()),
    st.builds(Phonemize, st.text(), st.lists(st.text()).map(tuple)),
    st.builds(
        Speak,
        text=st.text(),
        is_ssml=st.booleans(),
        language=st.text(),
        variant=st.text(),
        pitch=numbers,
        rate_wpm=numbers,
        volume=numbers,
        ends_in_pause=st.booleans(),
    ),
)
marks = st.builds(Mark, st.sampled_from(["word", "pause"]), numbers, numbers)
replies = st.one_of(
    st.just(Done()),
    st.builds(Failed, st.text()),
    st.builds(Marks, st.lists(marks).map(tuple)),
    st.builds(Phonemes, st.lists(st.text()).map(tuple)),
    st.builds(
        Description,
        st.text(),
        st.lists(st.builds(Language, st.text(), st.text())).map(tuple),
        st.lists(st.text()).map(tuple),
    ),
)


def payload(frame: bytes) -> bytes:
    size_bytes, kind = payload_size(frame[: HEADER.size])
    assert kind == MESSAGE
    assert size_bytes == len(frame) - HEADER.size
    return frame[HEADER.size :]


@given(requests)
def test_a_request_arrives_as_it_was_sent(request: Request) -> None:
    assert decode_request(payload(message_frame(request))) == request


@given(replies)
def test_a_reply_arrives_as_it_was_sent(reply: Reply) -> None:
    assert decode_reply(payload(message_frame(reply))) == reply


def test_sound_is_framed_as_it_is() -> None:
    frame = pcm_frame(b"\x01\x02\x03\x04")
    assert payload_size(frame[: HEADER.size]) == (4, PCM)
    assert frame[HEADER.size :] == b"\x01\x02\x03\x04"


@given(st.binary(max_size=60))
@example(b"\x91\xa1\x80")
def test_any_other_bytes_are_refused(garbage: bytes) -> None:
    for decode in (decode_request, decode_reply):
        try:
            message = decode(garbage)
        except WireError:
            continue
        assert payload(message_frame(message))


@pytest.mark.parametrize(
    ("size_bytes", "kind"), [(1, 2), (MAX_PAYLOAD_BYTES + 1, PCM), (2**32 - 1, 0)]
)
def test_a_header_that_cannot_be_is_refused(size_bytes: int, kind: int) -> None:
    with pytest.raises(WireError, match=f"kind {kind}, {size_bytes} bytes"):
        payload_size(HEADER.pack(size_bytes, kind))


def test_a_message_too_long_for_a_frame_is_not_sent() -> None:
    with pytest.raises(ValueError, match="too long"):
        message_frame(Failed("x" * MAX_PAYLOAD_BYTES))
