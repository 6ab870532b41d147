"""The espeak-ng process: requests on standard input, replies on standard output.

Run as ``python -m rehearsal_server.voices.espeak.worker``. It ends when its input does, however
the server ended.
"""

from __future__ import annotations

import os
import select
import signal
import sys

from rehearsal_server.voices.espeak.library import EspeakError, EspeakLibrary
from rehearsal_server.voices.espeak.wire import (
    HEADER,
    Cancel,
    Describe,
    Done,
    Failed,
    Mark,
    Marks,
    Phonemes,
    Phonemize,
    Reply,
    Request,
    Speak,
    decode_request,
    message_frame,
    payload_size,
    pcm_frame,
)


class _ServerGoneError(Exception):
    """The other end of a pipe is closed."""


class _Pipes:
    """Unbuffered, so that polling the input tells the truth."""

    def __init__(self, input_fd: int, output_fd: int) -> None:
        self._input_fd = input_fd
        self._output_fd = output_fd

    def receive(self) -> Request:
        size_bytes, _ = payload_size(self._read(HEADER.size))
        return decode_request(self._read(size_bytes))

    def has_request(self) -> bool:
        return bool(select.select([self._input_fd], [], [], 0)[0])

    def send(self, frame: bytes) -> None:
        view = memoryview(frame)
        while view:
            try:
                view = view[os.write(self._output_fd, view) :]
            except BrokenPipeError as error:
                raise _ServerGoneError from error

    def reply(self, message: Reply) -> None:
        self.send(message_frame(message))

    def _read(self, size_bytes: int) -> bytes:
        data = b""
        while len(data) < size_bytes:
            piece = os.read(self._input_fd, size_bytes - len(data))
            if not piece:
                raise _ServerGoneError
            data += piece
        return data


def serve(pipes: _Pipes, library: EspeakLibrary) -> None:
    """Answer requests until the server is gone."""
    while True:
        request = pipes.receive()
        try:
            _answer(request, pipes, library)
        except EspeakError as error:
            pipes.reply(Failed(str(error)))


def _answer(request: Request, pipes: _Pipes, library: EspeakLibrary) -> None:
    match request:
        case Cancel():
            return  # it crossed the `Done` of what it was meant for
        case Describe():
            pipes.reply(library.describe())
        case Phonemize(language, clauses):
            pipes.reply(Phonemes(tuple(library.phonemize(language, clause) for clause in clauses)))
        case Speak():
            _speak(request, pipes, library)
    pipes.reply(Done())


def _speak(request: Speak, pipes: _Pipes, library: EspeakLibrary) -> None:
    def on_audio(pcm: bytes, marks: tuple[Mark, ...]) -> bool:
        if pipes.has_request():
            # One request at a time: what comes in between can only be a cancel.
            assert isinstance(pipes.receive(), Cancel)
            return False
        if marks:
            pipes.reply(Marks(marks))
        if pcm:
            pipes.send(pcm_frame(pcm))
        return True

    library.speak(request, on_audio)


def main() -> None:
    """Serve on the process's own standard streams."""
    # Ctrl-C in a terminal reaches the whole process group; when to end is the server's decision.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    pipes = _Pipes(os.dup(0), os.dup(1))
    # Whatever the library prints must not land between the frames.
    os.dup2(2, 1)
    try:
        serve(pipes, EspeakLibrary())
    except _ServerGoneError:
        sys.exit(0)


if __name__ == "__main__":
    main()
