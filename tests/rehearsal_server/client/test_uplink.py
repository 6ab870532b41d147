"""What is kept of what was said, and what is said again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rehearsal_server.client.uplink import Uplink
from rehearsal_server.protocol.audio import (
    AudioFlags,
    AudioHeader,
    AudioKind,
    pack_audio,
    unpack_audio,
)


def chunk(seq: int) -> bytes:
    return pack_audio(
        AudioHeader(AudioKind.MICROPHONE, AudioFlags.NONE, 0, seq, 4 * seq), b"12345678"
    )


def filled(what: str) -> tuple[Uplink, list[bytes]]:
    """An uplink that was told chunks ("c") and messages ("m") in this order; and all frames."""
    uplink, frames = Uplink(), []
    chunks = messages = 0
    for one in what:
        if one == "c":
            frames.append(chunk(chunks))
            uplink.add_chunk(chunks, frames[-1])
            chunks += 1
        else:
            frames.append(b"message %d" % messages)
            uplink.add_message(frames[-1], is_text=True)
            messages += 1
    return uplink, frames


def drain(uplink: Uplink) -> list[bytes]:
    sent = []
    while (said := uplink.next()) is not None:
        sent.append(said.data)
    return sent


def test_everything_is_sent_once_and_in_order() -> None:
    uplink, frames = filled("ccmcmm")
    assert drain(uplink) == frames
    assert drain(uplink) == []


def test_after_a_resume_only_what_is_missing_is_sent_again() -> None:
    uplink, frames = filled("ccmcmc")
    drain(uplink)
    uplink.rewind(next_seq=2, next_message=2)
    assert drain(uplink) == [frames[3], frames[5]]


def test_a_message_stands_between_the_same_chunks_as_before() -> None:
    uplink, frames = filled("cmcmc")
    drain(uplink)
    uplink.rewind(next_seq=0, next_message=1)
    assert drain(uplink) == [frames[0], frames[2], frames[3], frames[4]]


def test_what_is_durable_is_forgotten() -> None:
    uplink, frames = filled("cmcmc")
    drain(uplink)
    uplink.acknowledge(durable_seq=1, durable_messages=1)
    assert uplink.kept_bytes == len(frames[3] + frames[4])
    uplink.rewind(next_seq=2, next_message=1)
    assert drain(uplink) == frames[3:]


def test_what_was_not_sent_is_never_forgotten() -> None:
    uplink, frames = filled("cc")
    uplink.acknowledge(durable_seq=5, durable_messages=0)
    assert drain(uplink) == frames


@given(st.text("cm", max_size=30), st.data())
def test_the_server_gets_everything_once_whatever_breaks(what: str, data: st.DataObject) -> None:
    uplink, frames = filled(what)
    got: list[bytes] = []
    while len(got) < len(frames):
        sent = drain(uplink)
        had = data.draw(st.integers(min(len(sent), 1), len(sent)))
        got += sent[:had]
        chunks = sum(frame[:1] == b"\x01" for frame in got)
        uplink.acknowledge(data.draw(st.integers(0, chunks)) - 1, len(got) - chunks)
        uplink.rewind(chunks, len(got) - chunks)
    assert got == frames


def test_too_much_is_dropped_and_said_so() -> None:
    uplink = Uplink(max_kept_bytes=3 * len(chunk(0)))
    for seq in range(5):
        uplink.add_chunk(seq, chunk(seq))
    first, *rest = drain(uplink)
    header, _ = unpack_audio(first)
    assert (header.seq, header.flags, header.position) == (2, AudioFlags.DISCONTINUITY, 8)
    assert rest == [chunk(3), chunk(4)]
