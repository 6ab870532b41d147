from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rehearsal_server.client.microphone import BufferSource, MicrophoneStream
from rehearsal_server.protocol.audio import AudioFlags, AudioHeader, AudioKind, unpack_audio
from rehearsal_server.protocol.fields import AudioFormat

MONO = AudioFormat(sample_rate=16000)


def ramp(frames: int) -> bytes:
    return np.arange(frames, dtype="<i2").tobytes()


def chunks(stream: MicrophoneStream, source: BufferSource) -> list[tuple[AudioHeader, bytes]]:
    found = []
    while not stream.is_over:
        header, samples = unpack_audio(stream.next_chunk(source))
        found.append((header, bytes(samples)))
    return found


def test_chunks_are_numbered_and_placed() -> None:
    found = chunks(MicrophoneStream(MONO, 20), BufferSource(MONO, ramp(700)))
    assert [header for header, _ in found] == [
        AudioHeader(AudioKind.MICROPHONE, AudioFlags.NONE, 0, 0, 0),
        AudioHeader(AudioKind.MICROPHONE, AudioFlags.NONE, 0, 1, 320),
        AudioHeader(AudioKind.MICROPHONE, AudioFlags.END, 0, 2, 640),
    ]
    assert b"".join(samples for _, samples in found) == ramp(700)


@settings(deadline=None)
@given(
    frames=st.integers(0, 5000),
    chunk_ms=st.sampled_from([10, 20, 37, 200]),
    sample_rate=st.sampled_from([8000, 16000, 22050, 44100, 48000]),
    channels=st.sampled_from([1, 2]),
)
def test_any_cut_sends_the_same_audio(
    frames: int, chunk_ms: int, sample_rate: int, channels: int
) -> None:
    audio = AudioFormat(sample_rate=sample_rate, channels=channels)  # type: ignore[arg-type]
    samples = ramp(frames * channels)
    found = chunks(MicrophoneStream(audio, chunk_ms), BufferSource(audio, samples))
    assert b"".join(payload for _, payload in found) == samples
    assert [header.seq for header, _ in found] == list(range(len(found)))
    starts = np.cumsum([0] + [len(payload) // audio.frame_bytes for _, payload in found])
    assert [header.position for header, _ in found] == starts[:-1].tolist()
    assert [header.flags for header, _ in found][-1] == AudioFlags.END


def test_a_chunk_length_of_no_whole_samples_does_not_drift() -> None:
    audio = AudioFormat(sample_rate=22050)
    stream = MicrophoneStream(audio, 37)
    source = BufferSource(audio, ramp(1000), loop=True)
    for _ in range(1000):
        stream.next_chunk(source)
    assert stream.position == 37 * 22050


def test_a_loop_goes_round_from_its_own_phase() -> None:
    source = BufferSource(MONO, ramp(5), start=3, loop=True)
    read = np.frombuffer(source.read(12), "<i2")
    assert read.tolist() == [3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4]
    assert np.frombuffer(source.read(2), "<i2").tolist() == [0, 1]


@pytest.mark.parametrize("encoding", ["s16le", "f32le", "mulaw"])
def test_a_frame_is_as_long_as_its_encoding_says(encoding: str) -> None:
    audio = AudioFormat(sample_rate=8000, encoding=encoding, channels=2)  # type: ignore[arg-type]
    stream = MicrophoneStream(audio, 10)
    message = stream.next_chunk(BufferSource(audio, bytes(10_000)))
    assert len(message) == 16 + 80 * audio.frame_bytes
