from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest
import pytest_asyncio

from rehearsal_server.voices.engine import SynthesisError, VoiceUnavailableError
from rehearsal_server.voices.espeak.process import EspeakProcess
from rehearsal_server.voices.espeak.wire import Describe, Phonemes, Phonemize, Reply, Request, Speak
from tests.rehearsal_server.voices.speaking import drain

LONG = Speak(
    text="To be, or not to be, that is the question. " * 200,
    is_ssml=False,
    language="en-us",
    variant="",
    pitch=50,
    rate_wpm=175,
    volume=100,
    ends_in_pause=False,
)


@pytest_asyncio.fixture
async def worker() -> AsyncIterator[EspeakProcess]:
    worker = await EspeakProcess.start()
    yield worker
    await worker.close()
    assert not worker.is_alive


async def ask(worker: EspeakProcess, request: Request) -> list[Reply | bytes]:
    async with aclosing(worker.exchange(request)) as replies:
        return [reply async for reply in replies]


async def test_a_request_is_answered(worker: EspeakProcess) -> None:
    assert await ask(worker, Phonemize("en-us", ("no",))) == [Phonemes(("nˈoʊ",))]


async def test_a_closed_exchange_leaves_the_worker_free(worker: EspeakProcess) -> None:
    pid = worker.pid
    for taken in range(4):
        async with aclosing(worker.exchange(LONG)) as replies:
            for _ in range(taken):
                await anext(replies)
    assert await ask(worker, Phonemize("en-us", ("no",))) == [Phonemes(("nˈoʊ",))]
    assert worker.is_alive
    assert worker.pid == pid


async def test_a_cancelled_reader_leaves_the_worker_free(worker: EspeakProcess) -> None:
    await ask(worker, Describe())
    pid = worker.pid
    for turns in range(12):
        task = asyncio.create_task(ask(worker, LONG))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert await ask(worker, Phonemize("en-us", ("no",))) == [Phonemes(("nˈoʊ",))]
    assert worker.is_alive
    assert worker.pid == pid


async def test_a_refused_request_leaves_the_worker_free(worker: EspeakProcess) -> None:
    with pytest.raises(VoiceUnavailableError, match="tlh"):
        await ask(worker, Phonemize("tlh", ("no",)))
    assert await ask(worker, Phonemize("en-us", ("no",))) == [Phonemes(("nˈoʊ",))]


async def test_a_worker_that_dies_fails_its_request(worker: EspeakProcess) -> None:
    async with aclosing(worker.exchange(LONG)) as replies:
        await anext(replies)
        os.kill(worker.pid, signal.SIGKILL)
        with pytest.raises(SynthesisError, match="the next request starts a new one"):
            await drain(replies)
    assert not worker.is_alive


async def test_a_worker_that_hangs_is_ended(
    worker: EspeakProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ask(worker, Describe())
    os.kill(worker.pid, signal.SIGSTOP)
    monkeypatch.setattr("rehearsal_server.voices.espeak.process.REPLY_TIMEOUT_S", 0.05)
    with pytest.raises(SynthesisError, match=r"said nothing for 0\.05 s"):
        await ask(worker, Describe())
    assert not worker.is_alive


async def test_a_worker_that_ignores_a_cancel_is_ended(
    worker: EspeakProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rehearsal_server.voices.espeak.process.CANCEL_TIMEOUT_S", 0.05)
    async with aclosing(worker.exchange(LONG)) as replies:
        await anext(replies)
        os.kill(worker.pid, signal.SIGSTOP)
    assert not worker.is_alive


def environment_of(pid: int) -> bytes:
    return Path(f"/proc/{pid}/environ").read_bytes()


async def test_the_worker_inherits_no_secrets(
    worker: EspeakProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REHEARSAL_SECRET_KEYS", "hush")
    other = await EspeakProcess.start()
    await ask(other, Describe())
    assert b"hush" not in environment_of(other.pid)
    await other.close()
