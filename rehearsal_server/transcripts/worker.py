"""The recogniser's process: requests on standard input, replies on standard output.

Run as ``python -m rehearsal_server.transcripts.worker``. It ends when its input does, however the
server ended.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import numpy as np

from models.recogniser.engines import ENGINES
from models.recogniser.port import (
    Recogniser,
    RecogniserAbsentError,
    RecogniserBusyError,
    RecogniserStream,
)
from rehearsal_server.transcripts.wire import (
    HEADER,
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
    decode_request,
    frame,
    payload_size,
)

# Words can wait; a step of the live analysis cannot.
NICENESS = 10


class Streams:
    """Every speaker's stream of one recogniser."""

    def __init__(self, recogniser: Recogniser, reply: Callable[[Reply], None]) -> None:
        self._recogniser = recogniser
        self._reply = reply
        self._open: dict[int, RecogniserStream] = {}
        # Of each stream, the utterance that there was no room for.
        self._refused: dict[int, int] = {}

    def take(self, request: Request) -> None:
        """Answer one request."""
        match request:
            case Audio():
                self._accept(request)
            case End(stream=stream, utterance=utterance):
                is_refused = self._refused.pop(stream, None) == utterance
                hypothesis = None if is_refused else self._stream(stream).finish()
                self._reply(Heard(stream, utterance, 0, hypothesis))
            case Close(stream=stream):
                self._refused.pop(stream, None)
                if (closed := self._open.pop(stream, None)) is not None:
                    closed.close()
            case Load():
                raise AssertionError("an engine is loaded once, before anything else")

    def _accept(self, audio: Audio) -> None:
        samples = np.frombuffer(audio.pcm, "<i2")
        if self._refused.get(audio.stream) == audio.utterance:
            self._reply(Heard(audio.stream, audio.utterance, len(samples), None))
            return
        try:
            hypothesis = self._stream(audio.stream).accept(samples)
        except RecogniserBusyError:
            self._refused[audio.stream] = audio.utterance
            self._reply(Refused(audio.stream, audio.utterance, len(samples)))
            return
        self._reply(Heard(audio.stream, audio.utterance, len(samples), hypothesis))

    def _stream(self, number: int) -> RecogniserStream:
        if number not in self._open:
            self._open[number] = self._recogniser.open()
        return self._open[number]


def serve(requests: BinaryIO, replies: BinaryIO) -> None:
    """Answer requests until there are no more."""

    def reply(message: Reply) -> None:
        replies.write(frame(message))
        replies.flush()

    first = _receive(requests)
    if not isinstance(first, Load):
        return
    try:
        recogniser = ENGINES[first.engine].load(Path(first.model) if first.model else None)
    except RecogniserAbsentError as absence:
        reply(Absent(str(absence)))
        return
    reply(Loaded(recogniser.name, recogniser.detail))
    streams = Streams(recogniser, reply)
    while (request := _receive(requests)) is not None:
        streams.take(request)


def _receive(requests: BinaryIO) -> Request | None:
    """The next request; None once the server is gone."""
    header = requests.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    size_bytes = payload_size(header)
    payload = requests.read(size_bytes)
    return decode_request(payload) if len(payload) == size_bytes else None


def main() -> None:
    """Serve on the process's own standard streams."""
    os.nice(NICENESS)
    # Ctrl-C in a terminal reaches the whole process group; when to end is the server's decision.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    replies = os.fdopen(os.dup(1), "wb")
    # Whatever an engine prints must not land between the frames.
    os.dup2(2, 1)
    try:
        serve(sys.stdin.buffer, replies)
    except BrokenPipeError:
        sys.exit(0)


if __name__ == "__main__":
    main()
