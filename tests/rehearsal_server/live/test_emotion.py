"""One model for all sessions; each session has one window under way and one that waits."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence

import numpy as np
import pytest

from dsp.bank import StreamBank
from dsp.clock import HOP_MS, HOP_SAMPLES
from models.card import ModelCard
from models.emotion.analysis import describe_recordings
from models.emotion.descriptors import DESCRIPTORS
from models.emotion.estimate import Abstention, EmotionEstimate, EmotionWindow
from rehearsal_server.live.emotion import EmotionFeed, EmotionJudge, describe_for_emotion
from rehearsal_server.live.line_audio import LineAudio
from rehearsal_server.session.requests import DescribeLine, JudgeWindow
from tests.models.graphs import loudness_card
from tests.models.voices import voice

PATIENCE_S = 10.0


class FakeEmotionModel:
    """Takes the number of hops for the arousal; holds every batch until it is opened."""

    def __init__(self) -> None:
        self.card: ModelCard = loudness_card(b"")  # takes a waveform, at most 3 s
        self.windows: list[EmotionWindow] = []
        self.opened = threading.Semaphore(0)

    def predict(self, windows: Sequence[EmotionWindow]) -> list[EmotionEstimate]:
        assert self.opened.acquire(timeout=PATIENCE_S)
        self.windows += windows
        if any(len(window.descriptors) == 13 for window in windows):
            raise RuntimeError("thirteen")
        return [EmotionEstimate(arousal=float(len(window.descriptors))) for window in windows]


class RecordingAnswers:
    """Keeps what was answered, in order."""

    def __init__(self) -> None:
        self.given: list[tuple[int, float | Abstention | None]] = []
        self._came = asyncio.Event()

    def __call__(self, request: JudgeWindow, estimate: EmotionEstimate) -> None:
        self.given.append((request.end_ms, estimate.abstained or estimate.arousal))
        self._came.set()

    async def until(self, count: int) -> list[tuple[int, float | Abstention | None]]:
        async with asyncio.timeout(PATIENCE_S):
            while len(self.given) < count:
                self._came.clear()
                await self._came.wait()
        return self.given


@pytest.fixture
def model() -> FakeEmotionModel:
    return FakeEmotionModel()


@pytest.fixture
async def judge(model: FakeEmotionModel) -> AsyncIterator[EmotionJudge]:
    judge = EmotionJudge(model, max_waiting=2)
    yield judge
    model.opened.release(100)
    await judge.aclose()


def feed_of(judge: EmotionJudge, answers: RecordingAnswers) -> EmotionFeed:
    feed = EmotionFeed(judge, answers)
    feed.push(np.zeros((200, DESCRIPTORS), np.float32))
    return feed


def audio() -> LineAudio:
    audio = LineAudio()
    audio.push(np.zeros((200, HOP_SAMPLES), np.float32))
    return audio


def window(end_ms: int, length_ms: int = 2000) -> JudgeWindow:
    return JudgeWindow("L1", end_ms - length_ms, end_ms)


async def test_a_window_is_answered_and_brings_what_the_model_reads(
    judge: EmotionJudge, model: FakeEmotionModel
) -> None:
    answers = RecordingAnswers()
    baseline = np.ones(3, np.float32)
    feed_of(judge, answers).ask(window(3000), audio(), baseline)
    model.opened.release()
    assert await answers.until(1) == [(3000, 100.0)]
    (asked,) = model.windows
    assert asked.baseline is baseline
    assert asked.samples is not None
    assert len(asked.samples) == 100 * HOP_SAMPLES


async def test_of_windows_that_wait_the_newest_is_judged(
    judge: EmotionJudge, model: FakeEmotionModel
) -> None:
    answers = RecordingAnswers()
    feed = feed_of(judge, answers)
    for end_ms in (2000, 2500, 3000):
        feed.ask(window(end_ms), audio(), None)
    assert answers.given == [(2500, Abstention.OVERLOAD)]
    model.opened.release(2)
    assert (await answers.until(3))[1:] == [(2000, 100.0), (3000, 100.0)]


async def test_more_sessions_than_fit_in_the_queue_are_told_at_once(judge: EmotionJudge) -> None:
    answers = [RecordingAnswers() for _ in range(6)]
    for one in answers:
        feed_of(judge, one).ask(window(3000), audio(), None)
    given = [one.given for one in answers if one.given]
    # One or none is in the model's hands already, two wait, the others find no room.
    assert len(given) >= 3
    assert all(told == [(3000, Abstention.OVERLOAD)] for told in given)


async def test_a_model_that_fails_is_told_and_goes_on(
    judge: EmotionJudge, model: FakeEmotionModel, caplog: pytest.LogCaptureFixture
) -> None:
    answers = RecordingAnswers()
    feed = feed_of(judge, answers)
    model.opened.release(2)
    feed.ask(window(3000, length_ms=13 * HOP_MS), audio(), None)
    await answers.until(1)
    feed.ask(window(3500), audio(), None)
    assert await answers.until(2) == [(3000, Abstention.FAILED), (3500, 100.0)]
    assert "a batch of 1 requests failed" in caplog.text


async def test_a_long_line_is_judged_in_pieces(
    judge: EmotionJudge, model: FakeEmotionModel
) -> None:
    feed = feed_of(judge, RecordingAnswers())
    request = DescribeLine("L1", 1, 0, 4000)
    material = feed.material(request, audio().between(0, 4000), None)
    model.opened.release(2)
    heard = await feed.judge_line(material)
    assert (heard.estimate.arousal, heard.model) == (100.0, "loudness 0")
    assert [len(one.descriptors) for one in model.windows] == [100, 100]


def test_live_descriptors_are_those_the_model_was_trained_on() -> None:
    """The bank's spectrum, pitch and level give what the training computes by itself."""
    samples = voice(1.0)
    hops = samples.reshape(-1, HOP_SAMPLES)
    bank = StreamBank(1)
    slot = np.array([bank.acquire()])
    live = np.concatenate([describe_for_emotion(bank.step(slot, hop[None])) for hop in hops])
    np.testing.assert_array_equal(live, describe_recordings([samples])[0])
