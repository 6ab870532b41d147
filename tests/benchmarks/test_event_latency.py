from __future__ import annotations

from typing import Literal

import pytest

from benchmarks.event_latency import Latencies, kind_of
from benchmarks.expected_events import Expected
from benchmarks.paced_clients import ClientLog
from benchmarks.speech_loop import SAMPLE_RATE
from rehearsal_server.client import Received
from rehearsal_server.client.pace import Pace
from rehearsal_server.client.speakerphone import Utterance
from rehearsal_server.protocol.server_messages import (
    AnyServerMessage,
    Cue,
    Emotion,
    Level,
    Saved,
    Speech,
)

START_S = 100.0
LISTEN = Cue(action="listen", line_id="L1", at_ms=0)
STARTED = Speech(state="started", at_ms=500)
ENDED = Speech(state="ended", at_ms=900)
SAVED = Saved(session_id="s", performances=0, summary={})


def level(at_ms: int) -> Level:
    return Level(at_ms=at_ms, level_dbfs=-30.0, loudness_lufs=None, f0_hz=None, speaking=True)


def log_of(*received: tuple[AnyServerMessage, float]) -> ClientLog:
    """Receive messages at seconds after the stream began."""
    log = ClientLog(phase=0, pace=Pace(START_S, SAMPLE_RATE), saved=True)
    log.received = [Received(message, START_S + at_s, 0) for message, at_s in received]
    return log


def expected(*messages: tuple[AnyServerMessage, float]) -> list[Expected]:
    """Expect messages decided at seconds of the audio."""
    return [Expected(message, round(at_s * SAMPLE_RATE)) for message, at_s in messages]


def test_latency_counts_from_the_deciding_sample() -> None:
    latencies = Latencies()
    log = log_of((STARTED, 0.575), (ENDED, 1.11))
    latencies.add(0, log, expected((STARTED, 0.56), (ENDED, 1.1)))
    assert latencies.faults == []
    assert latencies.decided["speech started"] == [pytest.approx(15)]
    assert latencies.decided["speech ended"] == [pytest.approx(10)]
    assert latencies.happened["speech ended"] == [pytest.approx(210)]


def test_numbers_and_processing_times_make_no_difference() -> None:
    latencies = Latencies()
    received = Speech(event=7, proc_ms=3.2, state="started", at_ms=500)
    latencies.add(0, log_of((received, 0.6)), expected((STARTED, 0.56)))
    assert latencies.faults == []


def test_a_missing_event_is_a_fault() -> None:
    latencies = Latencies()
    latencies.add(3, log_of((STARTED, 0.6)), expected((STARTED, 0.56), (ENDED, 1.1)))
    (fault,) = latencies.faults
    assert fault.startswith("client 3: 1 events missing, first Speech(")
    figures = latencies.distributions()["speech started"]
    assert (figures.count, figures.expected) == (1, 1)


def test_another_event_is_a_fault() -> None:
    latencies = Latencies()
    latencies.add(3, log_of((ENDED, 0.6)), expected((STARTED, 0.56)))
    (fault,) = latencies.faults
    assert fault.startswith("client 3: got Speech(")


def test_the_meter_may_skip_a_little() -> None:
    meters = [(level(60 * n), 0.06 * n) for n in range(1, 101)]
    some, few = Latencies(), Latencies()
    some.add(0, log_of(*meters[:95]), expected(*meters))
    few.add(0, log_of(*meters[:80]), expected(*meters))
    assert some.faults == []
    assert few.faults == ["client 0: 80 messages `level` of 100"]
    assert (len(some.decided["level"]), some.expected["level"]) == (95, 100)


def emotion(at_ms: int, abstained: Literal["overload", "not_speech"] | None = None) -> Emotion:
    return Emotion(
        at_ms=at_ms,
        window_ms=3000,
        line_id="L1",
        arousal=None,
        valence=None,
        label=None,
        confidence=0.0,
        baseline="none",
        abstained=abstained,
    )


def test_a_window_counts_from_its_last_sample_and_what_was_shed_is_missing() -> None:
    latencies = Latencies()
    log = log_of((emotion(1500, "not_speech"), 1.53), (emotion(2000, "overload"), 2.01))
    latencies.add(0, log, expected((emotion(1500), 1.5), (emotion(2000), 2.0)))
    assert latencies.decided["emotion"] == [pytest.approx(30)]
    assert latencies.faults == ["client 0: 1 messages `emotion` of 2"]


def test_what_no_sample_decided_has_no_latency() -> None:
    latencies = Latencies()
    latencies.add(0, log_of((LISTEN, 0.01)), expected((LISTEN, 0)))
    assert "cue listen" not in latencies.decided
    assert latencies.expected["cue listen"] == 0


def test_a_voice_counts_from_its_cue() -> None:
    latencies = Latencies()
    log = log_of((LISTEN, 0.010))
    log.heard = [Utterance(1, "L1", 16000, samples=1, arrived_at=800)]
    latencies.add(0, log, expected((LISTEN, 0)))
    assert latencies.decided["first voice frame"] == [pytest.approx(40)]


def test_a_session_that_was_not_saved_is_a_fault() -> None:
    latencies = Latencies()
    log = log_of()
    log.saved = False
    latencies.add(5, log, [])
    assert latencies.faults == ["client 5: nothing was saved"]


def test_percentiles() -> None:
    latencies = Latencies()
    latencies.decided["level"] = [float(n) for n in range(1, 1002)]
    latencies.expected["level"] = 1001
    figures = latencies.distributions()["level"]
    assert (figures.p50, figures.p95, figures.p99, figures.p999, figures.max) == (
        501.0,
        951.0,
        991.0,
        1000.0,
        1001.0,
    )


def test_kinds() -> None:
    assert [kind_of(m) for m in (LISTEN, STARTED, level(60), SAVED)] == [
        "cue listen",
        "speech started",
        "level",
        "saved",
    ]
