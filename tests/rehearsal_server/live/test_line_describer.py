from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Sequence

import numpy as np
import pytest

from dsp.clock import ANALYSIS_RATE_HZ
from rehearsal_server.audio_files import read_mono
from rehearsal_server.live.line_audio import Pcm
from rehearsal_server.live.line_describer import LineDescriber
from rehearsal_server.live.pronouncing import open_pronouncing
from rehearsal_server.voices.espeak.engine import EspeakEngine
from tests.shared_data import shared_data

TEXT = "He was not an ill disposed young man."


@pytest.fixture
async def describer() -> AsyncIterator[LineDescriber]:
    describer = LineDescriber()
    yield describer
    await describer.aclose()


def tone(f0_hz: float) -> Pcm:
    t = np.arange(ANALYSIS_RATE_HZ) / ANALYSIS_RATE_HZ
    harmonics = sum(np.sin(2 * np.pi * f0_hz * k * t) / k for k in range(1, 12))
    return np.asarray(8000 * harmonics, np.int16)


async def test_lines_are_described_in_another_process(describer: LineDescriber) -> None:
    low, high = await asyncio.gather(
        describer.describe("session", tone(110)), describer.describe("session", tone(220))
    )
    assert low is not None
    assert high is not None
    assert low.voice.pitch is not None
    assert high.voice.pitch is not None
    assert high.voice.pitch.mean_st - low.voice.pitch.mean_st == pytest.approx(12, abs=0.3)


async def test_after_a_dead_worker_the_next_line_is_described(describer: LineDescriber) -> None:
    assert await describer.describe("session", tone(110)) is not None
    for pid in describer.worker_pids:
        os.kill(pid, signal.SIGKILL)
    assert await describer.describe("session", tone(110)) is None
    assert await describer.describe("session", tone(110)) is not None


async def test_of_too_many_lines_one_is_given_up() -> None:
    describer = LineDescriber(max_waiting_s=0.5)
    assert await describer.describe("session", tone(110)) is None
    await describer.aclose()


async def test_the_pronunciation_of_a_line_is_judged_along(describer: LineDescriber) -> None:
    recording = read_mono(shared_data("austen") / "0880.flac", ANALYSIS_RATE_HZ)
    engine = EspeakEngine()
    written = await open_pronouncing(engine).written_words(TEXT, "en-GB")
    await engine.aclose()
    found = await describer.describe("session", np.asarray(recording * 32_767, np.int16), written)
    assert found is not None
    assert found.pronunciation is not None
    assert found.pronunciation.completeness == 100
    assert len(found.pronunciation.words) == len(TEXT.split())


async def test_a_language_without_a_model_is_not_judged(describer: LineDescriber) -> None:
    assert await open_pronouncing(NoPhonemizer()).written_words("Guten Tag", "de") == ()
    found = await describer.describe("session", tone(110))
    assert found is not None
    assert found.pronunciation is None


class NoPhonemizer:
    """Asked for nothing."""

    async def phonemize(self, language: str, clauses: Sequence[str]) -> tuple[str, ...]:
        raise AssertionError((language, clauses))
