"""Hysteresis, hangover and back-dating, on probabilities written by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from dsp.clock import HOP_SAMPLES
from dsp.vad.decision import NOT_DECIDED, DecisionSettings, SpeechDecision

SLOT = np.array([0])
SETTINGS = DecisionSettings(onset_ms=40, hangover_ms=100, pre_roll_ms=20)


def decide(
    probabilities: Sequence[float], settings: DecisionSettings = SETTINGS
) -> tuple[list[bool], list[tuple[int, int]], list[tuple[int, int]]]:
    """Speech per hop, and (hop that decided, hop decided on) of each onset and offset."""
    kernel = SpeechDecision(1, settings)
    states: list[bool] = []
    onsets: list[tuple[int, int]] = []
    offsets: list[tuple[int, int]] = []
    for hop, probability in enumerate(probabilities):
        end = np.array([(hop + 1) * HOP_SAMPLES])
        decisions = kernel.step(SLOT, end, np.array([probability], np.float32))
        states.append(bool(decisions.is_speech[0]))
        for found, position in (
            (onsets, decisions.onset_position[0]),
            (offsets, decisions.offset_position[0]),
        ):
            if position != NOT_DECIDED:
                found.append((hop, int(position) // HOP_SAMPLES))
    return states, onsets, offsets


def test_onset_is_back_dated_by_the_evidence_and_the_pre_roll() -> None:
    states, onsets, _ = decide([0, 0, 0, 1, 1, 1])
    assert states == [False] * 4 + [True] * 2
    assert onsets == [(4, 2)]


def test_offset_is_back_dated_over_the_hangover() -> None:
    states, _, offsets = decide([1] * 5 + [0] * 8)
    assert states == [False] + [True] * 8 + [False] * 4
    assert offsets == [(9, 5)]


def test_one_hop_is_no_onset_and_a_short_gap_no_offset() -> None:
    assert decide([0, 1, 0, 1, 0])[1] == []
    assert decide([1] * 5 + [0] * 4 + [1] * 5)[2] == []


def test_between_the_thresholds_the_state_stays() -> None:
    assert not any(decide([0.4] * 10)[0])
    assert all(decide([1, 1] + [0.4] * 10)[0][1:])


def test_onset_does_not_reach_into_the_speech_before() -> None:
    settings = DecisionSettings(onset_ms=20, hangover_ms=20, pre_roll_ms=200)
    _, onsets, offsets = decide([1, 1, 0, 1], settings)
    assert offsets == [(2, 2)]
    assert onsets == [(0, 0), (3, 2)]


@pytest.mark.parametrize("resized", [False, True])
def test_released_slot_starts_clean(resized: bool) -> None:
    kernel = SpeechDecision(1, SETTINGS)
    loud = np.array([1], np.float32)
    for hop in range(1, 4):
        kernel.step(SLOT, np.array([hop * HOP_SAMPLES]), loud)
    kernel.reset(SLOT)
    if resized:
        kernel.resize(3)
    assert not kernel.step(SLOT, np.array([HOP_SAMPLES]), loud).is_speech[0]
