"""The recogniser's process, as the server meets it: real processes, real engines."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from rehearsal_server.transcripts.transcriber import (
    MAX_WAITING_S,
    NotTranscribed,
    Transcribed,
    Transcriber,
    TranscriberStream,
)
from rehearsal_server.transcripts.utterances import Piece, UtteranceEnd
from tests.models.voices import voice

pytestmark = pytest.mark.asyncio(loop_scope="module")

PIECE_SAMPLES = 1600


class Told:
    """What a stream delivers."""

    def __init__(self) -> None:
        self.all: list[Transcribed | NotTranscribed] = []

    @property
    def gaps(self) -> list[NotTranscribed]:
        return [told for told in self.all if isinstance(told, NotTranscribed)]

    @property
    def finals(self) -> list[Transcribed]:
        return [t for t in self.all if isinstance(t, Transcribed) and t.hypothesis.is_final]


def pieces(utterance: int, start_ms: int = 0, seconds: float = 2.0) -> list[Piece]:
    pcm = np.asarray(voice(seconds, seed=utterance) * 32_767, np.int16)
    return [
        Piece(utterance, start_ms, pcm[at : at + PIECE_SAMPLES].tobytes())
        for at in range(0, len(pcm), PIECE_SAMPLES)
    ]


def send(stream: TranscriberStream, *items: Piece | UtteranceEnd) -> None:
    for item in items:
        stream.send(item)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def transcriber() -> AsyncIterator[Transcriber]:
    transcriber = Transcriber("pocketsphinx")
    await transcriber.load()
    yield transcriber
    await transcriber.aclose()


async def test_utterances_become_partial_and_final_words(transcriber: Transcriber) -> None:
    told = Told()
    stream = transcriber.open(told.all.append)
    send(stream, *pieces(1, 500), UtteranceEnd(1), *pieces(2, 9000), UtteranceEnd(2))
    await stream.drain(30)
    stream.close()
    assert told.gaps == []
    assert [(final.utterance, final.start_ms) for final in told.finals] == [(1, 500), (2, 9000)]
    assert {t.engine for t in told.finals} == {"pocketsphinx"}
    assert len(told.all) > len(told.finals)


async def test_audio_that_comes_too_fast_is_left_out_and_said_so(
    transcriber: Transcriber,
) -> None:
    told = Told()
    stream = transcriber.open(told.all.append)
    send(stream, *pieces(1, seconds=MAX_WAITING_S + 3), UtteranceEnd(1))
    assert [gap.reason for gap in told.gaps] == ["the recogniser can't keep up"]
    await stream.drain(30)
    assert len(told.finals) == 1
    stream.close()


async def test_a_closed_stream_hears_nothing_more(transcriber: Transcriber) -> None:
    told = Told()
    stream = transcriber.open(told.all.append)
    send(stream, *pieces(1))
    stream.close()
    other = transcriber.open(told.all.append)
    send(other, *pieces(1, 77), UtteranceEnd(1))
    await other.drain(30)
    other.close()
    assert {t.start_ms for t in told.all if isinstance(t, Transcribed)} == {77}


async def test_after_a_dead_process_the_next_utterances_are_heard_again() -> None:
    transcriber, told = Transcriber("pocketsphinx"), Told()
    await transcriber.load()
    stream = transcriber.open(told.all.append)
    send(stream, *pieces(1))
    assert transcriber.worker_pid is not None
    os.kill(transcriber.worker_pid, signal.SIGKILL)
    await stream.drain(30)
    await transcriber.load()
    send(stream, *pieces(2), UtteranceEnd(2))
    await stream.drain(30)
    stream.close()
    await transcriber.aclose()
    assert [gap.utterance for gap in told.gaps] == [1]
    assert [final.utterance for final in told.finals] == [2]


async def test_what_is_said_while_the_engine_loads_is_left_out_and_said_so() -> None:
    transcriber, told = Transcriber("pocketsphinx"), Told()
    stream = transcriber.open(told.all.append)
    stream.send(pieces(1)[0])
    await transcriber.load()
    stream.close()
    await transcriber.aclose()
    assert [gap.reason for gap in told.gaps] == ["the recogniser is being loaded"]


async def test_an_engine_without_its_model_is_absent_with_what_to_do(tmp_path: Path) -> None:
    for part in ("encoder.onnx", "decoder.onnx", "joiner.onnx", "tokens.txt"):
        (tmp_path / part).write_text("nonsense 0\n")
    pytest.importorskip("sherpa_onnx")
    transcriber = Transcriber("sherpa-onnx", tmp_path)
    assert transcriber.absence_for("de") is None
    await transcriber.load()
    absence = transcriber.absence_for("de")
    assert absence is not None
    assert "can't be loaded" in absence
    statuses = {status.name: status for status in transcriber.statuses()}
    assert statuses["sherpa-onnx"].absence == absence
    assert all(status.absence for status in statuses.values())


async def test_the_default_knows_only_english() -> None:
    transcriber = Transcriber("pocketsphinx")
    assert transcriber.absence_for("en-GB") is None
    assert "REHEARSAL_RECOGNISER_MODEL" in (transcriber.absence_for("de") or "")
    assert "turned off" in (Transcriber(None).absence_for("en") or "")
