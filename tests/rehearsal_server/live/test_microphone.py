from __future__ import annotations

import pytest

from rehearsal_server.live.microphone import AudioGap, BadAudio, ChunkSequence
from rehearsal_server.protocol.audio import AudioFlags, AudioHeader, AudioKind
from rehearsal_server.protocol.fields import AudioFormat

SILENCE = memoryview(bytes(640))  # 20 ms at 16 kHz


def header(
    seq: int,
    position: int,
    *,
    kind: AudioKind = AudioKind.MICROPHONE,
    flags: AudioFlags = AudioFlags.NONE,
    stream: int = 0,
) -> AudioHeader:
    return AudioHeader(kind, flags, stream, seq, position)


@pytest.fixture
def chunks() -> ChunkSequence:
    return ChunkSequence(AudioFormat(sample_rate=16_000))


def test_chunks_in_order_are_passed_on(chunks: ChunkSequence) -> None:
    assert chunks.accept(header(0, 0), SILENCE) == bytes(640)
    assert chunks.accept(header(1, 320), SILENCE) == bytes(640)
    assert (chunks.next_seq, chunks.next_position) == (2, 640)


def test_a_chunk_that_came_before_is_not_analysed_again(chunks: ChunkSequence) -> None:
    chunks.accept(header(0, 0), SILENCE)
    assert chunks.accept(header(0, 0), SILENCE) is None
    assert chunks.next_position == 320


def test_a_missing_chunk_is_asked_for(chunks: ChunkSequence) -> None:
    with pytest.raises(AudioGap, match="chunk 2 came where 0 was due; send again from 0"):
        chunks.accept(header(2, 640), SILENCE)
    assert chunks.next_seq == 0


def test_a_declared_loss_keeps_the_clock_true(chunks: ChunkSequence) -> None:
    flags = AudioFlags.DISCONTINUITY
    payload = chunks.accept(header(2, 640, flags=flags), memoryview(b"\x01" * 640))
    assert payload == bytes(1280) + b"\x01" * 640
    assert (chunks.next_seq, chunks.next_position) == (3, 960)


def test_a_lost_stretch_of_mu_law_is_silent_too() -> None:
    chunks = ChunkSequence(AudioFormat(sample_rate=8000, encoding="mulaw"))
    flags = AudioFlags.DISCONTINUITY
    assert chunks.accept(header(1, 2, flags=flags), memoryview(b"\x00")) == b"\xff\xff\x00"


@pytest.mark.parametrize(
    ("wrong", "payload", "message"),
    [
        (header(0, 0, kind=AudioKind.PARTNER), SILENCE, "kind 1"),
        (header(0, 0, stream=3), SILENCE, "stream 0"),
        (header(0, 0), memoryview(bytes(6402)), "may last 200 ms"),
        (header(0, 0), memoryview(bytes(3)), "not whole 2-byte frames"),
        (header(0, 320), SILENCE, "starts at sample 320, but 0 were sent"),
        (header(0, 2**40, flags=AudioFlags.DISCONTINUITY), SILENCE, "a gap may last"),
    ],
)
def test_audio_that_breaks_the_rules_is_refused(
    chunks: ChunkSequence, wrong: AudioHeader, payload: memoryview, message: str
) -> None:
    with pytest.raises(BadAudio, match=message):
        chunks.accept(wrong, payload)
