"""A line's delivery, and the mean over many."""

from __future__ import annotations

import pytest

from dsp.line_voice import describe_line
from models.emotion.delivery import MEMORY_S, Delivery
from tests.models.voices import voice


def test_line_is_gathered_from_what_was_measured() -> None:
    delivery = Delivery.of_line(describe_line(voice(3.0)), speech_rate=4.0, speech_s=2.5)
    assert delivery.pitch_st == pytest.approx(26.9, abs=0.7)
    assert delivery.pitch_range_st == pytest.approx(6, abs=0.8)
    assert delivery.speech_rate == 4.0
    assert delivery.voicing is not None
    assert 0.3 < delivery.voicing <= 1


def test_mean_weighs_by_seconds_and_keeps_what_a_line_lacks() -> None:
    first = Delivery(speech_s=1, pitch_st=20, voicing=0.5)
    second = Delivery(speech_s=3, pitch_st=24, speech_rate=4)
    usual = first.and_then(second)
    assert usual.speech_s == 4
    assert usual.pitch_st == 23
    assert (usual.voicing, usual.speech_rate, usual.loudness_lufs) == (0.5, 4, None)


def test_mean_forgets_slowly() -> None:
    usual = Delivery(speech_s=10_000, pitch_st=20)
    for _ in range(int(MEMORY_S / 10)):
        usual = usual.and_then(Delivery(speech_s=10, pitch_st=30))
    assert usual.speech_s == MEMORY_S
    assert usual.pitch_st == pytest.approx(26.4, abs=0.2)
