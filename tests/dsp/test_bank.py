"""The bank: any batch and any cutting give what one stream alone gives."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.bank import HopFeatures, StreamBank
from dsp.clock import ANALYSIS_RATE_HZ, HOP_SAMPLES
from dsp.framing import HopFramer
from dsp.vad.decision import NOT_DECIDED

Samples = npt.NDArray[np.float32]


def talk_like(seed: int, seconds: float) -> Samples:
    """Bursts of a gliding harmonic tone in noise: enough to move every feature."""
    rng = np.random.default_rng(seed)
    count = int(seconds * ANALYSIS_RATE_HZ) // HOP_SAMPLES * HOP_SAMPLES
    t = np.arange(count) / ANALYSIS_RATE_HZ
    phase = 2 * np.pi * (120 + 10 * seed + 20 * np.sin(3 * t)) * t
    harmonics = np.arange(1, 12)[:, None]
    tone = (np.sin(harmonics * phase) / harmonics).sum(axis=0)
    bursts = np.clip(4 * np.sin(2 * np.pi * 1.5 * t + seed), 0, 1)
    samples: Samples = (0.1 * bursts * tone + rng.normal(0, 0.003, count)).astype(np.float32)
    return samples


def rows(features: HopFeatures, row: int) -> list[npt.NDArray[np.generic]]:
    return [getattr(features, field.name)[row] for field in fields(features)]


def assert_equal_rows(
    one: list[npt.NDArray[np.generic]], other: list[npt.NDArray[np.generic]]
) -> None:
    for a, b, field in zip(one, other, fields(HopFeatures), strict=True):
        np.testing.assert_array_equal(a, b, err_msg=field.name)


def alone(samples: Samples) -> list[list[npt.NDArray[np.generic]]]:
    bank = StreamBank(1)
    slots = np.array([bank.acquire()])
    return [rows(bank.step(slots, hop[None]), 0) for hop in samples.reshape(-1, HOP_SAMPLES)]


def test_any_subset_is_bit_equal_to_one_stream_alone() -> None:
    streams = [talk_like(seed, 1.0) for seed in range(9)]
    expected = [alone(samples) for samples in streams]
    bank = StreamBank(2)
    slots = np.array([bank.acquire() for _ in streams])
    hops = np.stack([samples.reshape(-1, HOP_SAMPLES) for samples in streams])
    done = np.zeros(len(streams), np.intp)
    rng = np.random.default_rng(4)
    while (done < hops.shape[1]).any():
        waiting = rng.permutation(np.flatnonzero(done < hops.shape[1]))
        chosen = waiting[: rng.integers(1, len(waiting) + 1)]
        features = bank.step(slots[chosen], hops[chosen, done[chosen]])
        for row, stream in enumerate(chosen):
            assert_equal_rows(rows(features, row), expected[stream][done[stream]])
        done[chosen] += 1


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(1, 5000), min_size=1, max_size=30))
def test_any_cutting_gives_the_same_features(chunk_samples: list[int]) -> None:
    samples = talk_like(1, 0.6)
    bank, framer = StreamBank(1), HopFramer()
    slots = np.array([bank.acquire()])
    got = [
        rows(bank.step(slots, hop[None]), 0)
        for chunk in np.split(samples, np.cumsum(chunk_samples))
        for hop in framer.push(chunk)
    ]
    for one, other in zip(got, alone(samples), strict=True):
        assert_equal_rows(one, other)


def test_reused_slot_starts_clean() -> None:
    samples = talk_like(2, 0.5)
    bank = StreamBank(1)
    for _ in range(2):
        slots = np.array([bank.acquire()])
        got = [rows(bank.step(slots, h[None]), 0) for h in samples.reshape(-1, HOP_SAMPLES)]
        for one, other in zip(got, alone(samples), strict=True):
            assert_equal_rows(one, other)
        bank.release(int(slots[0]))


def test_bank_grows_and_slots_are_distinct() -> None:
    bank = StreamBank(1)
    slots = [bank.acquire() for _ in range(5)]
    assert sorted(slots) == list(range(5))
    assert bank.capacity >= 5


def test_onset_is_decided_once_and_lies_before_its_decision() -> None:
    bank = StreamBank(1)
    slots = np.array([bank.acquire()])
    hops = talk_like(0, 3.0).reshape(-1, HOP_SAMPLES)
    steps = [bank.step(slots, hop[None]) for hop in hops]
    onsets = [s for s in steps if s.onset_position[0] != NOT_DECIDED]
    assert onsets
    for step in onsets:
        assert 0 <= step.onset_position[0] < step.position[0]
        assert step.is_speech[0]


def test_misuse_is_named() -> None:
    bank = StreamBank(1)
    with pytest.raises(ValueError, match="not acquired"):
        bank.step(np.array([0]), np.zeros((1, HOP_SAMPLES), np.float32))
    with pytest.raises(ValueError, match="not in use"):
        bank.release(0)
    slot = bank.acquire()
    with pytest.raises(ValueError, match="need hops of 320"):
        bank.step(np.array([slot]), np.zeros((1, 100), np.float32))
    with pytest.raises(ValueError, match="at least one stream"):
        StreamBank(0)
