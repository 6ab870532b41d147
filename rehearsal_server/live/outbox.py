"""What waits to be sent to one client, bounded.

A client that stops reading must cost us nothing: its meters are overwritten, its voice waits at its
source, and when events pile up the socket is closed. What must be durable before it is told waits
for the journal, and whatever comes after it waits with it, so that the order stays.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass

import msgspec

from rehearsal_server.protocol.codec import Codec
from rehearsal_server.protocol.server_messages import (
    Ack,
    Emotion,
    Event,
    Level,
    Progress,
    ServerMessage,
)

MAX_MESSAGES = 512
# With the audio and one frame of it, 256 KiB at most.
MAX_MESSAGE_BYTES = 128 * 1024
# Partner audio waits at its source above this; one frame of it may still be added.
MAX_AUDIO_BYTES = 64 * 1024

# Passing messages of which only the newest matters.
_LATEST_WINS = (Level, Progress, Emotion, Ack)


class OutboxFull(Exception):
    """The client reads too slowly."""


@dataclass
class _Message:
    content: ServerMessage
    received_s: float | None
    # The journal's frame that must be durable first; 0 if none.
    after_frame: int = 0
    is_replayed: bool = False
    # Of what was queued first; a meter that takes its place is as long, to a byte or two.
    size_bytes: int = 0


@dataclass(frozen=True)
class _Frame:
    utterance: int
    data: bytes


class Outbox:
    """A queue of messages and audio in the order in which they are due."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._entries: deque[_Message | _Frame] = deque()
        self._latest: dict[type[ServerMessage], _Message] = {}
        self._audio_bytes = 0
        self._message_bytes = 0
        self._replayed = 0
        self._durable_frame = 0
        self._filled = asyncio.Event()
        self._has_room = asyncio.Event()
        self._has_room.set()

    def put(
        self, message: ServerMessage, received_s: float | None = None, after_frame: int = 0
    ) -> None:
        """Queue a message.

        Parameters
        ----------
        message : ServerMessage
        received_s : when the audio that decided it came
        after_frame : frame of the journal without which it must not be told

        Raises
        ------
        OutboxFull
            `MAX_MESSAGES` are waiting, or `MAX_MESSAGE_BYTES` of them.
        """
        waiting = self._latest.get(type(message))
        if waiting is not None:
            waiting.content, waiting.received_s = message, received_s
            return
        if len(self._entries) - self._replayed >= MAX_MESSAGES:
            raise OutboxFull(f"{MAX_MESSAGES} messages wait to be read")
        size_bytes = len(self._codec.encode(message))
        if self._message_bytes + size_bytes > MAX_MESSAGE_BYTES:
            raise OutboxFull(f"{self._message_bytes} bytes of messages wait to be read")
        self._message_bytes += size_bytes
        entry = _Message(message, received_s, after_frame, size_bytes=size_bytes)
        if isinstance(message, _LATEST_WINS):
            self._latest[type(message)] = entry
        self._add(entry)

    def put_again(self, event: Event, after_frame: int) -> None:
        """Queue an event that a client missed; however many they are, they don't fill the queue."""
        self._replayed += 1
        self._add(_Message(event, None, after_frame, is_replayed=True))

    def release(self, durable_frame: int) -> None:
        """Let go what waits for a frame of the journal up to this one."""
        self._durable_frame = max(self._durable_frame, durable_frame)
        self._filled.set()

    def drop_held(self) -> None:
        """Forget what waits for the journal, which will never be durable, and all behind it."""
        held = next((i for i, entry in enumerate(self._entries) if self._is_held(entry)), None)
        while held is not None and len(self._entries) > held:
            self._discount(self._entries.pop())

    async def put_audio(self, utterance: int, frame: bytes) -> None:
        """Queue a frame of partner audio, as soon as there is room for it."""
        await self._has_room.wait()
        self._add(_Frame(utterance, frame))
        self._count_audio(len(frame))

    async def get(self) -> str | bytes:
        """The next frame to send, text or binary, encoded now."""
        while not self._entries or self._is_held(self._entries[0]):
            self._filled.clear()
            await self._filled.wait()
        entry = self._entries.popleft()
        self._discount(entry)
        if isinstance(entry, _Frame):
            return entry.data
        return self._encode(entry.content, entry.received_s)

    @property
    def is_empty(self) -> bool:
        """Whether everything was taken out."""
        return not self._entries

    def drop_audio(self, utterance: int) -> None:
        """Forget what is not sent yet of an utterance that was cut short."""
        dropped = [e for e in self._entries if isinstance(e, _Frame) and e.utterance == utterance]
        self._entries = deque(
            e for e in self._entries if isinstance(e, _Message) or e.utterance != utterance
        )
        self._count_audio(-sum(len(frame.data) for frame in dropped))

    def _is_held(self, entry: _Message | _Frame) -> bool:
        return isinstance(entry, _Message) and entry.after_frame > self._durable_frame

    def _add(self, entry: _Message | _Frame) -> None:
        self._entries.append(entry)
        self._filled.set()

    def _discount(self, entry: _Message | _Frame) -> None:
        """Take an entry that was taken out off every count."""
        if isinstance(entry, _Frame):
            self._count_audio(-len(entry.data))
            return
        self._latest.pop(type(entry.content), None)
        self._message_bytes -= entry.size_bytes
        self._replayed -= entry.is_replayed

    def _count_audio(self, change_bytes: int) -> None:
        self._audio_bytes += change_bytes
        if self._audio_bytes > MAX_AUDIO_BYTES:
            self._has_room.clear()
        else:
            self._has_room.set()

    def _encode(self, message: ServerMessage, received_s: float | None) -> str | bytes:
        if isinstance(message, Event) and received_s is not None:
            proc_ms = round(1000 * (time.perf_counter() - received_s), 2)
            message = msgspec.structs.replace(message, proc_ms=proc_ms)
        data = self._codec.encode(message)
        return data.decode() if self._codec.is_text else data
