"""What a session was told, written down, read, and told to a new one."""

from __future__ import annotations

import inspect
from typing import get_type_hints

import msgspec
import numpy as np
import pytest

from dsp.line_voice import LineVoice, describe_line
from models.emotion.baseline import Baseline
from models.emotion.estimate import EmotionEstimate, Residuals
from models.pronunciation.assessment import PhoneScore, PronunciationScores, WordScore
from rehearsal_server.live.checkpoint import Checkpoint
from rehearsal_server.live.history import (
    Beginning,
    Secrets,
    beginning_record,
    checkpoint_record,
    read_history,
    secrets_record,
    step_records,
)
from rehearsal_server.live.inputs import Step, read_call, write_call
from rehearsal_server.live.restoring import CannotGoOn, check_audio, restore
from rehearsal_server.protocol.client_messages import AnyClientMessage, Playback, Skip, Start
from rehearsal_server.protocol.fields import AudioFormat, Options
from rehearsal_server.protocol.server_messages import Event
from rehearsal_server.scripts.parse import parse_script
from rehearsal_server.session.hop import Hop
from rehearsal_server.session.requests import DescribeLine, JudgeWindow
from rehearsal_server.session.session import Session, SessionPlan
from rehearsal_server.session.speaker import LineHeard, Speaker
from storage.journal import Record

SCRIPT = parse_script("Anna: Good evening.\nBen: Good night to you all.\nAnna: So?\nBen: So.\n")
BASELINE = Baseline("model", 3.0, np.arange(4, dtype=np.float32))
PLAN = SessionPlan(
    scene=SCRIPT.scenes[0], role="Ben", options=Options(headphones=True), speaker=Speaker(BASELINE)
)
BEGINNING = Beginning(
    session_id="5" * 32,
    user_id="7" * 32,
    start=Start(mode="scene", role="Ben", script="…", audio=AudioFormat(sample_rate=16_000)),
    plan=PLAN,
    characters=("Anna", "Ben"),
)
LINE = DescribeLine("L2", 1, 1000, 2500)
HEARD = LineHeard(
    EmotionEstimate(), (Residuals(np.ones(4, np.float32), np.ones(4, np.float32), 1.5),), "m 1"
)
PRONUNCIATION = PronunciationScores(
    accuracy=90.5,
    completeness=100.0,
    fluency=None,
    prosody=80.0,
    overall=88.0,
    text_match=1.0,
    words=(WordScore("yes", 90.5, True, 0, 400, (PhoneScore("Y", 88.0, 0, 90),)),),
)
# What makes a session's history; the rest of its methods only look.
STEPS = (
    "begin",
    "hear",
    "stall",
    "receive",
    "voice_ready",
    "voice_failed",
    "window_judged",
    "line_described",
    "line_pronounced",
    "transcribed",
    "close",
)


def hop(number: int, *, speech: bool) -> Hop:
    level_dbfs = -20.0 if speech else -60.0
    return Hop(20 * number, level_dbfs, level_dbfs, 120.0 if speech else float("nan"), speech)


class Journalled:
    """A session whose steps are written down."""

    def __init__(self) -> None:
        _, secrets = Secrets.first()
        self.session = Session(PLAN)
        self.records: list[Record] = [beginning_record(BEGINNING), secrets_record(secrets)]
        self.events: list[Event] = []

    def step(self, step: Step, *arguments: object) -> None:
        events = [o for o in step(*arguments) or () if isinstance(o, Event) and o.event]
        self.records += step_records(step, arguments, events)
        self.events += events

    def play(self, hops: int) -> None:
        session = self.session
        self.step(session.begin)
        self.step(session.voice_ready, 1, 800)
        self.step(session.receive, Playback(utterance=1, state="started", at_ms=100))
        self.step(session.receive, Playback(utterance=1, state="ended", at_ms=900))
        for number in range(1, hops + 1):
            at_ms = 20 * number
            now = hop(number, speech=1200 <= at_ms < 2500)
            if at_ms == 1200:
                now = now._replace(onset_ms=at_ms)
            if at_ms == 2500:
                now = now._replace(offset_ms=at_ms)
            self.step(session.hear, now)


def voice() -> LineVoice:
    return describe_line(np.sin(np.arange(16_000) / 20).astype(np.float32))


@pytest.mark.parametrize("name", STEPS)
def test_every_step_can_be_written(name: str) -> None:
    method = getattr(Session, name)
    assert set(inspect.signature(method).parameters) - {"self"} <= set(get_type_hints(method))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("receive", (Skip(),)),
        ("hear", (hop(3, speech=True),)),
        ("window_judged", (JudgeWindow("L2", 0, 3000), EmotionEstimate())),
        ("line_described", (LINE, voice(), None)),
        ("line_described", (LINE, None, None)),
        ("line_pronounced", (LINE, PRONUNCIATION)),
        ("voice_ready", (2, 1234)),
        ("close", ()),
    ],
)
def test_a_call_is_read_as_it_was_written(name: str, arguments: tuple[object, ...]) -> None:
    written = write_call(getattr(Session(PLAN), name), arguments)
    assert read_call(written) == (name, arguments)


def test_arrays_of_a_model_are_kept_to_the_bit() -> None:
    written = write_call(Session(PLAN).line_described, (LINE, None, HEARD))
    _, (_, _, heard) = read_call(written)
    np.testing.assert_array_equal(heard.residuals[0].expressive, np.ones(4))
    assert heard.residuals[0].expressive.dtype == np.float32
    assert heard.residuals[0].voiced_s == 1.5


@pytest.mark.parametrize("call", [b"", b"\xc1", msgspec.msgpack.encode(("applaud", []))])
def test_a_call_of_another_version_is_told(call: bytes) -> None:
    with pytest.raises(ValueError, match="no call of this version"):
        read_call(call)


@pytest.mark.parametrize("hops", [0, 30, 100, 400])
def test_a_restored_session_is_where_the_other_was(hops: int) -> None:
    journalled = Journalled()
    journalled.play(hops)
    history = read_history(journalled.records)
    restored = restore(history)
    assert history.events == tuple(journalled.events)
    assert restored.messages == 2
    assert restored.session.events == journalled.session.events
    assert restored.session.now_ms == 20 * hops
    for number in range(hops + 1, hops + 300):
        now = hop(number, speech=False)
        assert restored.session.hear(now) == journalled.session.hear(now)
    assert restored.session.close() == journalled.session.close()
    assert str(restored.session.result()) == str(journalled.session.result())


def test_what_is_known_of_a_speaker_survives() -> None:
    journalled = Journalled()
    restored = restore(read_history(journalled.records))
    baseline = restored.session.speaker.baseline
    assert baseline is not None
    np.testing.assert_array_equal(baseline.mean, BASELINE.mean)


def test_a_line_that_was_not_described_yet_is_remembered() -> None:
    journalled = Journalled()
    journalled.play(300)
    (request,) = restore(read_history(journalled.records)).undescribed
    journalled.step(journalled.session.line_described, request, voice(), None)
    assert restore(read_history(journalled.records)).undescribed == ()


def test_the_audio_is_taken_up_before_what_is_still_needed() -> None:
    journalled = Journalled()
    journalled.play(100)  # the actor's line began at 900 ms
    for heard_ms in (200, 600, 1400, 1800):
        checkpoint = Checkpoint(heard_ms // 20, heard_ms * 16, heard_ms, {}, {})
        journalled.records.append(checkpoint_record(checkpoint))
    restored = restore(read_history(journalled.records))
    assert restored.checkpoint is not None
    assert restored.checkpoint.heard_ms == 600


def test_a_checkpoint_of_another_analysis_is_not_used() -> None:
    journalled = Journalled()
    journalled.play(100)
    journalled.records.append(checkpoint_record(Checkpoint(1, 320, 20, {}, {})))
    history = read_history(journalled.records)
    with pytest.raises(CannotGoOn, match="another version"):
        check_audio(history, restore(history))


def test_without_a_checkpoint_a_minute_can_be_heard_again() -> None:
    journalled = Journalled()
    journalled.play(100)
    history = read_history(journalled.records)
    check_audio(history, restore(history))
    journalled.records += step_records(journalled.session.hear, (hop(5000, speech=False),), [])
    history = read_history(journalled.records)
    with pytest.raises(CannotGoOn, match="no place"):
        check_audio(history, restore(history))


def test_a_used_secret_stays_until_the_next_one_is_used() -> None:
    first, secrets = Secrets.first()
    second, after_first = secrets.after(first)
    third, after_second = after_first.after(second)
    assert after_first.knows(first)
    assert after_first.knows(second)
    assert not after_second.knows(first)
    assert after_second.knows(third)
    assert first not in str(secrets)


@pytest.mark.parametrize(
    "records",
    [
        [],
        [Record(0, b"\xc1")],
        [beginning_record(BEGINNING)],
        [beginning_record(BEGINNING), secrets_record(Secrets(())), Record(2, b"{}")],
        [
            beginning_record(BEGINNING),
            secrets_record(Secrets(())),
            Record(2, msgspec.msgpack.encode({"type": "pong", "id": 1})),
        ],
    ],
)
def test_a_journal_of_another_version_is_told(records: list[Record]) -> None:
    with pytest.raises(ValueError, match="another version"):
        read_history(records)


def test_client_messages_are_read_as_what_they_stand_for() -> None:
    kinds = [kind for kind in AnyClientMessage.__args__ if not kind.__struct_fields__]
    for kind in kinds:
        written = write_call(Session(PLAN).receive, (kind(),))
        assert read_call(written) == ("receive", (kind(),))
