"""The microphone's stream: how it is cut, numbered and packed. No socket, no clock."""

from __future__ import annotations

from typing import Protocol

from rehearsal_server.protocol.audio import AudioFlags, AudioHeader, AudioKind, pack_audio
from rehearsal_server.protocol.fields import AudioFormat


class AudioSource(Protocol):
    """Where the microphone's audio comes from."""

    def read(self, frames: int) -> bytes:
        """Return the next frames (one sample of each channel); fewer mean the source is over."""


class BufferSource:
    """Audio that is there already, once or over and over.

    Parameters
    ----------
    audio : AudioFormat
    samples : bytes
        Whole frames in that format.
    start : int
        Frame to begin with, so that many clients of one buffer are not in step.
    loop : bool
        Whether to go on from the first frame after the last.
    """

    def __init__(
        self, audio: AudioFormat, samples: bytes, *, start: int = 0, loop: bool = False
    ) -> None:
        self._samples = memoryview(samples)
        self._frame_bytes = audio.frame_bytes
        self._loop = loop
        self._at = start * audio.frame_bytes

    def read(self, frames: int) -> bytes:
        """Return the next frames."""
        wanted = frames * self._frame_bytes
        taken = bytes(self._samples[self._at : self._at + wanted])
        self._at += len(taken)
        while self._loop and len(taken) < wanted:
            more = bytes(self._samples[: wanted - len(taken)])
            self._at = len(more)
            taken += more
        return taken


class MicrophoneStream:
    """Cuts a source into chunks and gives each its number and position."""

    def __init__(self, audio: AudioFormat, chunk_ms: float = 20) -> None:
        self.audio = audio
        self._chunk_ms = chunk_ms
        self.seq = 0
        # Frames handed out so far: the position of the next one.
        self.position = 0
        self.is_over = False

    @property
    def next_position(self) -> int:
        """Where the next chunk will end.

        Counted from the start of the stream, so that a chunk length which is no whole number of
        frames (20 ms at 22.05 kHz) does not add up to a drift.
        """
        return round((self.seq + 1) * self._chunk_ms * self.audio.sample_rate / 1000)

    def next_chunk(self, source: AudioSource) -> bytes:
        """Take the next chunk from a source, as a message; the last one is flagged."""
        wanted = self.next_position - self.position
        samples = source.read(wanted)
        frames = len(samples) // self.audio.frame_bytes
        self.is_over = frames < wanted
        flags = AudioFlags.END if self.is_over else AudioFlags.NONE
        header = AudioHeader(AudioKind.MICROPHONE, flags, 0, self.seq, self.position)
        self.seq += 1
        self.position += frames
        return pack_audio(header, samples)
