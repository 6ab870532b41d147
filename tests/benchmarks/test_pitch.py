"""The benchmark of pitch, run once and small, so that it cannot rot."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from benchmarks import pitch
from benchmarks.pitch_material import (
    in_noise,
    known_instruments,
    known_signals,
    nominal_f0_hz,
    resynthesise,
    without_short_runs,
)
from benchmarks.pitch_trackers import OURS, OURS_LIVE, OURS_REFINED, PEERS
from benchmarks.report import Row
from dsp.clock import ANALYSIS_RATE_HZ
from dsp.pitch.measures import is_voiced, raw_pitch_accuracy, score

SIGNALS = list(known_signals())


def test_a_run_without_recordings_or_peers_measures_ours() -> None:
    report = pitch.run(None, per_speaker=1, rounds=1, skipped=list(PEERS))
    clean = {row["estimator"]: row for row in report.tables["signals, clean"]}
    assert set(clean) == set(OURS)
    assert set(report.absent) == {"recordings", *PEERS}
    assert json.loads(report.as_json())["benchmark"] == "pitch"
    assert OURS_LIVE in report.as_text()


def test_ours_are_right_on_signals_of_known_pitch() -> None:
    truth = np.concatenate([sung.f0_hz for sung in SIGNALS])
    for estimator in OURS.values():
        scores = score(truth, np.concatenate([estimator.contour(sung) for sung in SIGNALS]))
        assert scores.gpe < 0.01
        assert scores.rpa > 0.95
        assert scores.vde < 0.03


def test_ours_is_right_on_notes_of_known_pitch() -> None:
    notes = list(known_instruments())
    heard = np.concatenate([OURS[OURS_LIVE].contour(note) for note in notes])
    assert raw_pitch_accuracy(np.concatenate([note.f0_hz for note in notes]), heard) > 0.95


def test_a_light_peer_is_asked_like_ours() -> None:
    contour = PEERS["pyworld dio + stonemask"].contour(SIGNALS[4])
    assert raw_pitch_accuracy(SIGNALS[4].f0_hz, contour) > 0.9


def test_resynthesis_is_voiced_and_pitched_as_the_truth_says() -> None:
    sung = SIGNALS[4]
    said, f0_hz = resynthesise(sung.samples, transposition_st=3.0)
    assert len(said) == len(sung.samples)
    both = is_voiced(f0_hz)[: len(sung.f0_hz)] & is_voiced(sung.f0_hz)[: len(f0_hz)]
    assert both.mean() > 0.6
    np.testing.assert_allclose(f0_hz[both.nonzero()], 220 * 2 ** (3 / 12), rtol=0.01)
    again = replace(sung, samples=said, f0_hz=f0_hz)
    assert raw_pitch_accuracy(f0_hz, OURS[OURS_REFINED].contour(again)) > 0.9


def test_noise_is_added_at_the_ratio_asked_for() -> None:
    sung = SIGNALS[0]
    noisy = in_noise(sung, lambda rng, n: rng.normal(size=n), snr_db=10, seed=1)
    voiced = np.repeat(is_voiced(sung.f0_hz), ANALYSIS_RATE_HZ // 100)[: len(sung.samples)]
    voice, noise = sung.samples[: len(voiced)][voiced], noisy.samples - sung.samples
    assert 10 * np.log10(np.var(voice) / np.var(noise)) == pytest.approx(10, abs=0.1)


@pytest.mark.parametrize(
    ("file", "f0_hz"),
    [
        ("2a-A.flac", 110.0),
        ("6c-High-E-24th.flac", 1318.51),
        ("low2a-Fsharp.flac", 46.25),
        ("harmonic_D.flac", None),
        ("riff_0_0.flac", None),
    ],
)
def test_a_note_has_the_pitch_of_its_name(file: str, f0_hz: float | None) -> None:
    assert nominal_f0_hz(file) == (None if f0_hz is None else pytest.approx(f0_hz, abs=0.01))


def test_short_runs_are_cleared() -> None:
    flags = np.array([1, 0, 1, 1, 1, 0, 1, 1], np.bool_)
    assert without_short_runs(flags, 3).tolist() == [0, 0, 1, 1, 1, 0, 0, 0]


def test_a_better_peer_is_named() -> None:
    rows: list[Row] = [
        {"estimator": OURS_LIVE, "gpe": 1.0, "rpa": 85.0, "vde": 9.0},
        {"estimator": "praat (ac)", "gpe": 1.2, "rpa": 84.0, "vde": 5.0},
    ]
    tables = {pitch.CLEAN: rows}
    assert pitch.where_peers_are_better(tables) == [
        "speech, clean: praat (ac) has the better vde, 5 to 9"
    ]
    assert [line.split(", ")[2].split(" ")[0] for line in pitch.verdicts(tables)] == [
        "reached", "reached", "MISSED",
    ]  # fmt: skip
