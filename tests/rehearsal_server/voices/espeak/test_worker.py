"""The worker process by itself: frames in, frames out."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

import pytest

import rehearsal_server
from rehearsal_server.voices.espeak.wire import (
    HEADER,
    PCM,
    Cancel,
    Describe,
    Description,
    Done,
    Failed,
    Marks,
    Phonemes,
    Phonemize,
    Reply,
    Request,
    Speak,
    decode_reply,
    message_frame,
    payload_size,
)

EXIT_TIMEOUT_S = 20
LONG_TEXT = "To be, or not to be, that is the question. " * 200


class Worker:
    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "rehearsal_server.voices.espeak.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=Path(rehearsal_server.__file__).parents[1],
        )
        self.stdin = _open(self.process.stdin)
        self.stdout = _open(self.process.stdout)
        self.stderr = _open(self.process.stderr)

    def send(self, request: Request) -> None:
        self.stdin.write(message_frame(request))
        self.stdin.flush()

    def receive(self) -> Reply | bytes:
        size_bytes, kind = payload_size(self.stdout.read(HEADER.size))
        payload = self.stdout.read(size_bytes)
        return payload if kind == PCM else decode_reply(payload)

    def ask(self, request: Request) -> list[Reply | bytes]:
        """All replies to a request, the last included."""
        self.send(request)
        replies = [self.receive()]
        while not isinstance(replies[-1], Done | Failed):
            replies.append(self.receive())
        return replies


def _open(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None
    return stream


@pytest.fixture(scope="module")
def shared() -> Iterator[Worker]:
    """A worker that no test ends."""
    yield from _worker()


@pytest.fixture
def worker() -> Iterator[Worker]:
    yield from _worker()


def _worker() -> Iterator[Worker]:
    worker = Worker()
    yield worker
    worker.process.kill()
    worker.process.wait()
    for stream in (worker.stdin, worker.stdout, worker.stderr):
        # What a test could not write any more is not written now either.
        with suppress(BrokenPipeError):
            stream.close()


def speak(text: str, language: str = "en-us", variant: str = "") -> Speak:
    return Speak(
        text=text,
        is_ssml=False,
        language=language,
        variant=variant,
        pitch=50,
        rate_wpm=175,
        volume=100,
        ends_in_pause=False,
    )


def test_it_describes_its_voices(shared: Worker) -> None:
    description, done = shared.ask(Describe())
    assert isinstance(description, Description)
    assert {"en-us", "en-gb", "de", "fr-fr"} <= {language.id for language in description.languages}
    assert {"f2", "m3"} <= set(description.variants)
    assert done == Done()


def test_it_speaks_and_marks_the_words(shared: Worker) -> None:
    *replies, done = shared.ask(speak("Hello, you there."))
    assert done == Done()
    assert sum(len(reply) for reply in replies if isinstance(reply, bytes)) > 20_000
    marks = [mark for reply in replies if isinstance(reply, Marks) for mark in reply.marks]
    assert [mark.char for mark in marks if mark.kind == "word"] == [0, 7, 11]
    assert [mark.at_ms for mark in marks] == sorted(mark.at_ms for mark in marks)
    assert {mark.kind for mark in marks} == {"word", "pause"}


@pytest.mark.parametrize("language", ["en-us", "en", "fr", "fr-fr", "de", "cmn"])
def test_it_knows_a_language_by_all_its_names(shared: Worker, language: str) -> None:
    assert shared.ask(Phonemize(language, ("no",)))[-1] == Done()


def test_it_turns_clauses_into_ipa(shared: Worker) -> None:
    assert shared.ask(Phonemize("en-us", ("hello there", "", "naïve"))) == [
        Phonemes(("həlˈoʊ ðˈɛɹ", "", "naɪˈiːv")),
        Done(),
    ]


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (speak("hi", language="tlh"), "no voice for the language 'tlh'"),
        (speak("hi", language="../../etc/passwd"), "no voice for the language"),
        (speak("hi", variant="nobody"), "no voice variant 'nobody'"),
        (speak("hi", variant="../en_dict"), "no voice variant"),
        (Phonemize("tlh", ("hi",)), "no voice for the language 'tlh'"),
    ],
)
def test_a_voice_that_is_not_listed_is_refused(
    shared: Worker, request_: Request, reason: str
) -> None:
    (failed,) = shared.ask(request_)
    assert isinstance(failed, Failed)
    assert reason in failed.reason


def test_a_cancel_ends_the_request_under_way(shared: Worker) -> None:
    whole_bytes = sum(len(r) for r in shared.ask(speak(LONG_TEXT)) if isinstance(r, bytes))
    shared.send(speak(LONG_TEXT))
    shared.receive()
    shared.send(Cancel())
    replies = [shared.receive()]
    while replies[-1] != Done():
        replies.append(shared.receive())
    assert sum(len(r) for r in replies if isinstance(r, bytes)) < whole_bytes / 2


def test_nothing_of_a_cancelled_text_is_left_behind(shared: Worker) -> None:
    for taken in range(1, 6):
        shared.send(speak(LONG_TEXT))
        for _ in range(taken):
            shared.receive()
        shared.send(Cancel())
        while shared.receive() != Done():
            pass
        assert shared.ask(Phonemize("en-us", ("no",))) == [Phonemes(("nˈoʊ",)), Done()]


def test_a_cancel_that_comes_too_late_means_nothing(shared: Worker) -> None:
    shared.ask(speak("Hello."))
    shared.send(Cancel())
    assert shared.ask(Phonemize("en-us", ("no",))) == [Phonemes(("nˈoʊ",)), Done()]


def test_it_ends_when_its_input_does(worker: Worker) -> None:
    worker.ask(Describe())
    worker.stdin.close()
    assert worker.process.wait(EXIT_TIMEOUT_S) == 0


def test_it_ends_in_the_middle_of_a_request_when_its_input_does(worker: Worker) -> None:
    worker.send(speak(LONG_TEXT))
    worker.receive()
    worker.stdin.close()
    worker.stdout.read()
    assert worker.process.wait(EXIT_TIMEOUT_S) == 0


def test_it_ends_when_nobody_reads_any_more(worker: Worker) -> None:
    worker.send(speak(LONG_TEXT))
    worker.receive()
    worker.stdout.close()
    assert worker.process.wait(EXIT_TIMEOUT_S) == 0


def test_it_ends_when_it_is_told_nonsense(worker: Worker) -> None:
    worker.stdin.write(b"GET / HTTP/1.1\r\n\r\n")
    worker.stdin.flush()
    assert worker.process.wait(EXIT_TIMEOUT_S) == 1
    assert b"WireError" in worker.stderr.read()
