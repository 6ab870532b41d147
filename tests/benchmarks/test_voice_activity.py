"""The voice activity benchmark's arithmetic, and one small run of it."""

from __future__ import annotations

import json

import numpy as np

from benchmarks import voice_activity
from benchmarks.noises import generated
from benchmarks.speech_detectors import BankDetector, WebRtcDetector
from benchmarks.speech_in_noise import noise_alone
from benchmarks.voice_activity import LEAST_AUC, OURS, Accuracy, judge, verdicts


def result(condition: str, **changed: float | None) -> Accuracy:
    figures: dict[str, float | None] = {
        "auc": 0.999,
        "onset_delay_ms_median": 30.0,
        "false_speech": None,
    }
    figures.update(changed)
    return Accuracy(
        detector=OURS,
        condition=condition,
        auc=figures["auc"],
        frame_error=0.03,
        onset_delay_ms_median=figures["onset_delay_ms_median"],
        onset_delay_ms_p95=float("inf"),
        onsets_missed=1,
        offset_delay_ms_median=200.0,
        offset_delay_ms_p95=300.0,
        false_speech=figures["false_speech"],
        cpu_us_per_stream_second=1.0,
    )


def results(**changed: float | None) -> list[Accuracy]:
    alone = [result(name, auc=None, false_speech=0.0) for name in voice_activity.MOST_FALSE_SPEECH]
    return [*(result(name, **changed) for name in LEAST_AUC), *alone]


def test_targets_are_held_against_the_figures() -> None:
    assert {row["reached"] for row in verdicts(results())} == {"yes"}
    late = [
        row["measure"]
        for row in verdicts(results(onset_delay_ms_median=60.0))
        if row["reached"] == "NO"
    ]
    assert late == ["onset_ms"]
    assert any(row["reached"] == "NO" for row in verdicts(results(auc=0.9)))


def test_what_was_never_found_is_no_number() -> None:
    told = voice_activity.report(results(), scenes=1, has_silero=False)
    (row, *_), *_ = json.loads(told.as_json())["tables"].values()
    assert row["onset_p95_ms"] is None
    assert "silero" in told.absent


def test_detectors_are_judged_by_scenes() -> None:
    scene = noise_alone(np.random.default_rng(0), generated()["white"], 1.0, level_dbfs=-30.0)
    for detector in (BankDetector(), WebRtcDetector()):
        judged = judge(detector, "white alone", [scene])
        assert judged.auc is None
        assert judged.false_speech is not None
