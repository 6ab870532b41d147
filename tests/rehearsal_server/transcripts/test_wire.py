from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.recogniser.port import Hypothesis, RecognisedWord
from rehearsal_server.transcripts.wire import (
    HEADER,
    MAX_PAYLOAD_BYTES,
    Absent,
    Audio,
    Close,
    End,
    Heard,
    Load,
    Loaded,
    Refused,
    Reply,
    Request,
    WireError,
    decode_reply,
    decode_request,
    frame,
    payload_size,
)

HYPOTHESIS = Hypothesis((RecognisedWord("good", 10, 200, 0.5),), is_final=True)


@pytest.mark.parametrize(
    "request_",
    [Load("vosk", "/models/small"), Load("pocketsphinx", None), Audio(1, 2, b"\0\1"), End(1, 2)],
)
def test_requests_arrive_as_they_were_sent(request_: Request) -> None:
    assert decode_request(frame(request_)[HEADER.size :]) == request_


@pytest.mark.parametrize(
    "reply",
    [
        Loaded("vosk", "0.3"),
        Absent("no model"),
        Heard(1, 2, 320, HYPOTHESIS),
        Heard(1, 2, 320, None),
        Refused(3, 1, 320),
    ],
)
def test_replies_arrive_as_they_were_sent(reply: Reply) -> None:
    data = frame(reply)
    assert payload_size(data[: HEADER.size]) == len(data) - HEADER.size
    assert decode_reply(data[HEADER.size :]) == reply


@given(st.binary(max_size=64))
def test_bytes_of_something_else_are_told_apart(payload: bytes) -> None:
    for decode in (decode_request, decode_reply):
        try:
            decode(payload)
        except WireError:
            continue


def test_a_frame_has_a_greatest_length() -> None:
    with pytest.raises(ValueError, match="too long"):
        frame(Audio(1, 1, bytes(MAX_PAYLOAD_BYTES)))
    with pytest.raises(WireError, match="not a frame"):
        payload_size(HEADER.pack(MAX_PAYLOAD_BYTES + 1))


def test_the_other_sides_messages_are_not_ones_own() -> None:
    with pytest.raises(WireError):
        decode_reply(frame(Close(1))[HEADER.size :])
