"""Pitch on real material whose truth is known: resynthesised speakers, a guitar, and Praat."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from benchmarks.pitch import notes_heard
from benchmarks.pitch_material import Sung, guitar_notes, in_noise, resynthesise
from benchmarks.pitch_trackers import OURS, OURS_LIVE, OURS_REFINED, PEERS
from dsp.clock import ANALYSIS_RATE_HZ
from dsp.pitch import VOICE
from dsp.pitch.measures import PitchScores, is_voiced, score
from rehearsal_server.audio_files import read_mono
from tests.shared_data import ROOT, shared_data

# Speakers that the voicing unit never heard.
CLIPS = ("austen/0880", "emodb/12a02Nb", "emodb/13a01Ac", "speechocean762/013360140")


@cache
def recordings() -> list[Sung]:
    found = [path for clip in CLIPS if (path := shared_data(f"{clip}.flac"))]
    return [
        Sung(path.stem, "", read_mono(path, ANALYSIS_RATE_HZ)[: 3 * ANALYSIS_RATE_HZ], np.zeros(0))
        for path in found
    ]


@cache
def resynthesised() -> list[Sung]:
    made = []
    for sung, transposition_st in zip(recordings(), (-3.0, 2.0, -1.0, 4.0), strict=True):
        samples, f0_hz = resynthesise(sung.samples, transposition_st=transposition_st)
        made.append(Sung(sung.name, "", samples, f0_hz))
    return made


def scores_of(estimator: str, sounds: list[Sung]) -> PitchScores:
    heard = [OURS[estimator].contour(sung) for sung in sounds]
    return score(np.concatenate([sung.f0_hz for sung in sounds]), np.concatenate(heard))


def test_live_pitch_of_clean_speech_is_as_true_as_promised() -> None:
    scores = scores_of(OURS_LIVE, resynthesised())
    assert scores.gpe <= 0.015
    assert scores.rpa >= 0.84
    assert scores.vde <= 0.08


def test_the_refined_contour_is_truer_than_the_live_one() -> None:
    live, refined = (scores_of(name, resynthesised()) for name in (OURS_LIVE, OURS_REFINED))
    assert refined.rpa > live.rpa
    assert refined.ffe < live.ffe


def test_pitch_survives_white_noise() -> None:
    noisy = [
        in_noise(sung, lambda rng, n: rng.normal(size=n), snr_db=10, seed=1)
        for sung in resynthesised()
    ]
    assert scores_of(OURS_LIVE, noisy).gpe <= 0.03


def test_voices_as_they_were_recorded_stay_in_the_range_of_voices() -> None:
    for sung in recordings():
        times_s, f0_hz = OURS[OURS_LIVE].hear(sung)
        # Before anybody has spoken, faint noise has nothing louder to be compared with.
        voiced_hz = f0_hz[is_voiced(f0_hz) & (times_s > 0.5)]
        assert len(voiced_hz) > 40
        assert voiced_hz.min() > VOICE.floor_hz - 1
        assert np.percentile(voiced_hz, 99) < 600


def test_voicing_agrees_with_praat_on_the_recordings_as_they_are() -> None:
    pytest.importorskip("parselmouth")
    for name in (OURS_LIVE, OURS_REFINED):
        wrong, frames = 0.0, 0
        for sung in recordings():
            blank = Sung(sung.name, "", sung.samples, np.full(len(sung.samples) // 160, np.nan))
            praat_hz = PEERS["praat (ac)"].contour(blank)
            wrong += score(praat_hz, OURS[name].contour(blank)).vde * len(praat_hz)
            frames += len(praat_hz)
        assert wrong / frames < 0.10


def test_notes_of_a_guitar_are_named_right() -> None:
    shared_data("guitar/manifest.csv")
    first_seconds = 3 * ANALYSIS_RATE_HZ
    notes = [
        Sung(n.name, n.speaker, n.samples[:first_seconds], n.f0_hz[:300], n.lowest_hz, n.highest_hz)
        for n in guitar_notes(ROOT)
    ]
    heard = notes_heard(OURS[OURS_LIVE], [note for note in notes if is_voiced(note.f0_hz).any()])
    assert float(str(heard["voiced_frames_within_50_cents"])) >= 97
    assert float(str(heard["notes_within_50_cents"])) >= 97
