"""A session on disk, for `rehearsal-server replay`: what was sent, when, and what came back.

A directory of

- `start.json`: the `start` message;
- `script.json`: the parsed script, where it is known;
- `microphone.wav`: the audio as it was sent;
- `messages.jsonl`: the other control messages, one a line as
  ``{"position": samples sent before it, "message": {...}}``;
- `events.jsonl`: the final events that were received, one a line;
- `voices.jsonl`: the `voice` messages, which tell how long each utterance is.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

import msgspec

from rehearsal_server.audio_files import WavWriter
from rehearsal_server.protocol.client_messages import ClientMessage, Start
from rehearsal_server.protocol.codec import JSON
from rehearsal_server.protocol.server_messages import Event, ServerMessage, Voice
from rehearsal_server.scripts.model import Script


class SessionRecording:
    """Writes a session while it goes on, so that one which breaks off is there as well.

    Raises
    ------
    AudioFileError
        The microphone's encoding can't be kept as it is (mu-law).
    """

    def __init__(self, directory: Path, start: Start, script: Script | None = None) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "start.json").write_bytes(JSON.encode(start))
        if script is not None:
            (directory / "script.json").write_bytes(msgspec.json.encode(script))
        self._microphone = WavWriter(directory / "microphone.wav", start.audio)
        self._messages = (directory / "messages.jsonl").open("wb")
        self._events = (directory / "events.jsonl").open("wb")
        self._voices = (directory / "voices.jsonl").open("wb")

    def audio_sent(self, samples: bytes | memoryview) -> None:
        """Keep microphone audio, in the order in which it was sent."""
        self._microphone.write(samples)

    def message_sent(self, message: ClientMessage, position: int) -> None:
        """Keep a control message that was sent after `position` samples."""
        line = b'{"position":%d,"message":%b}\n' % (position, JSON.encode(message))
        self._messages.write(line)

    def received(self, message: ServerMessage) -> None:
        """Keep a message if it is final, or tells of a voice."""
        if isinstance(message, Voice):
            self._voices.write(JSON.encode(message) + b"\n")
        if isinstance(message, Event) and message.event:
            self._events.write(JSON.encode(message) + b"\n")

    def close(self) -> None:
        """Finish the files."""
        self._microphone.close()
        self._messages.close()
        self._events.close()
        self._voices.close()

    def __enter__(self) -> SessionRecording:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
