from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator

import numpy as np
import pytest

from dsp.clock import ANALYSIS_RATE_HZ
from rehearsal_server.live.line_audio import Pcm
from rehearsal_server.live.line_describer import LineDescriber


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
    low, high = await asyncio.gather(describer.describe(tone(110)), describer.describe(tone(220)))
    assert low is not None
    assert high is not None
    assert low.pitch is not None
    assert high.pitch is not None
    assert high.pitch.mean_st - low.pitch.mean_st == pytest.approx(12, abs=0.3)


async def test_after_a_dead_worker_the_next_line_is_described(describer: LineDescriber) -> None:
    assert await describer.describe(tone(110)) is not None
    for pid in describer.worker_pids:
        os.kill(pid, signal.SIGKILL)
    assert await describer.describe(tone(110)) is None
    assert await describer.describe(tone(110)) is not None
