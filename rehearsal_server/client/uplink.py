"""What the client has said, in order, kept until the server has it for good. No socket, no clock.

Chunks are numbered by their `seq`, control messages by their place among the control messages.
After a resume both are sent again from where the server says, in their old order: a message stands
between the same two chunks as before, so the server decides as if nothing had happened.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import islice

from rehearsal_server.protocol.audio import AudioFlags

_FLAGS_AT = 1  # in the audio header
# Longer than any server waits for a resume, by what its checkpoints lag behind: 16 kHz, 16 bit.
MAX_KEPT_BYTES = 8 * 2**20


@dataclass(frozen=True)
class Said:
    """One frame for the socket."""

    data: bytes
    is_text: bool
    is_chunk: bool
    number: int


class Uplink:
    """An ordered log of chunks and messages, and how far it was sent over the present socket.

    Parameters
    ----------
    max_kept_bytes : int
        Above it the oldest chunk is dropped, which the next one then declares.
    """

    def __init__(self, max_kept_bytes: int = MAX_KEPT_BYTES) -> None:
        self._max_kept_bytes = max_kept_bytes
        self._kept: deque[Said] = deque()
        self._kept_bytes = 0
        self._messages = 0
        # How many of those kept were sent, and what the server had before this socket.
        self._sent = 0
        self._had_seq = 0
        self._had_messages = 0

    @property
    def kept_bytes(self) -> int:
        """Size of what would be sent again at most."""
        return self._kept_bytes

    def add_chunk(self, seq: int, data: bytes) -> None:
        """Say a chunk of the microphone."""
        self._add(Said(data, is_text=False, is_chunk=True, number=seq))
        while self._kept_bytes > self._max_kept_bytes:
            self._drop_oldest_chunk()

    def add_message(self, data: bytes, *, is_text: bool) -> None:
        """Say a control message."""
        self._add(Said(data, is_text, is_chunk=False, number=self._messages))
        self._messages += 1

    def next(self) -> Said | None:
        """What is to be sent now; None if everything was."""
        while self._sent < len(self._kept):
            said = self._kept[self._sent]
            self._sent += 1
            if not self._was_had(said):
                return said
        return None

    def acknowledge(self, durable_seq: int | None, durable_messages: int) -> None:
        """Forget what the server has for good."""
        while self._kept and self._sent:
            said = self._kept[0]
            last = durable_seq if said.is_chunk else durable_messages - 1
            if last is None or said.number > last:
                return
            self._kept.popleft()
            self._kept_bytes -= len(said.data)
            self._sent -= 1

    def rewind(self, next_seq: int, next_message: int) -> None:
        """Begin a new socket, on whose other end everything before these is there."""
        self._sent = 0
        self._had_seq, self._had_messages = next_seq, next_message

    def _was_had(self, said: Said) -> bool:
        return said.number < (self._had_seq if said.is_chunk else self._had_messages)

    def _add(self, said: Said) -> None:
        self._kept.append(said)
        self._kept_bytes += len(said.data)

    def _drop_oldest_chunk(self) -> None:
        index = next(i for i, said in enumerate(self._kept) if said.is_chunk)
        self._kept_bytes -= len(self._kept[index].data)
        del self._kept[index]
        self._sent -= self._sent > index
        for later, said in enumerate(islice(self._kept, index, None), index):
            if said.is_chunk:
                flags = bytes([said.data[_FLAGS_AT] | AudioFlags.DISCONTINUITY])
                data = said.data[:_FLAGS_AT] + flags + said.data[_FLAGS_AT + 1 :]
                self._kept[later] = Said(data, False, True, said.number)
                return
