"""The rules that a microphone's chunks have to follow, in order, at their pace."""

from __future__ import annotations

from rehearsal_server.live.checkpoint import BEFORE_THE_FIRST, ChunkEnd
from rehearsal_server.protocol.audio import AudioFlags, AudioHeader, AudioKind
from rehearsal_server.protocol.fields import AudioFormat

MAX_CHUNK_MS = 200
# A gap that the client declares is filled with silence, so that the sample clock stays true.
MAX_GAP_MS = 10_000


class BadAudio(ValueError):
    """A chunk breaks the protocol; the session can't go on."""


class AudioGap(ValueError):
    """Chunks are missing before this one."""

    def __init__(self, expected_seq: int, seq: int) -> None:
        super().__init__(
            f"chunk {seq} came where {expected_seq} was due; send again from {expected_seq}, or "
            "set the discontinuity flag if those samples are lost"
        )


class ChunkSequence:
    """Checks chunks against each other; holds no audio."""

    def __init__(self, audio: AudioFormat, first: ChunkEnd = BEFORE_THE_FIRST) -> None:
        self._audio = audio
        self._max_chunk_bytes = MAX_CHUNK_MS * audio.sample_rate * audio.frame_bytes // 1000
        self.next_seq = first.next_seq
        self.next_position = first.next_position

    @property
    def end(self) -> ChunkEnd:
        """What is due after the last chunk."""
        return ChunkEnd(self.next_seq, self.next_position)

    def seconds(self, payload: bytes | memoryview) -> float:
        """How long `payload` lasts."""
        return len(payload) / (self._audio.frame_bytes * self._audio.sample_rate)

    def bytes_in(self, seconds: float) -> int:
        """How many bytes last that long."""
        return round(seconds * self._audio.sample_rate) * self._audio.frame_bytes

    def accept(self, header: AudioHeader, payload: memoryview) -> bytes | memoryview | None:
        """The audio to analyse for a chunk; None for one that came before.

        Raises
        ------
        BadAudio
            The chunk is not microphone audio of the announced format, or claims another position.
        AudioGap
            Chunks are missing before it.
        """
        if header.kind is not AudioKind.MICROPHONE or header.stream != 0:
            raise BadAudio("a client sends kind 1 (microphone) on stream 0")
        if len(payload) > self._max_chunk_bytes:
            raise BadAudio(f"a chunk may last {MAX_CHUNK_MS} ms; this one is longer")
        if len(payload) % self._audio.frame_bytes:
            raise BadAudio(
                f"{len(payload)} bytes of audio are not whole {self._audio.frame_bytes}-byte frames"
            )
        if header.seq < self.next_seq:
            return None
        if header.seq > self.next_seq and not header.flags & AudioFlags.DISCONTINUITY:
            raise AudioGap(self.next_seq, header.seq)
        silence = self._silence_before(header)
        self.next_seq = header.seq + 1
        self.next_position = header.position + len(payload) // self._audio.frame_bytes
        return silence + bytes(payload) if silence else payload

    def _silence_before(self, header: AudioHeader) -> bytes:
        missing = header.position - self.next_position
        if missing == 0:
            return b""
        if missing < 0 or not header.flags & AudioFlags.DISCONTINUITY:
            raise BadAudio(
                f"the chunk starts at sample {header.position}, but {self.next_position} were sent"
            )
        if missing > MAX_GAP_MS * self._audio.sample_rate // 1000:
            raise BadAudio(f"a gap may last {MAX_GAP_MS} ms; start a new session instead")
        # In mu-law, silence is the code 0xff.
        silent_byte = b"\xff" if self._audio.encoding == "mulaw" else b"\x00"
        return silent_byte * (missing * self._audio.frame_bytes)
