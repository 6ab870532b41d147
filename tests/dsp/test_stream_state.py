"""A stream that moves to another bank goes on as if nothing had happened."""

from __future__ import annotations

import numpy as np
import pytest

from dsp.bank import StreamBank
from dsp.clock import HOP_SAMPLES
from dsp.framing import HopFramer
from dsp.resample import StreamResampler
from dsp.stream_state import slot_array_names
from tests.dsp.test_bank import assert_equal_rows, rows, talk_like


@pytest.mark.parametrize("moved_after", [0, 1, 40, 99])
def test_a_stream_goes_on_in_another_bank(moved_after: int) -> None:
    hops = talk_like(3, 2.0).reshape(-1, HOP_SAMPLES)
    one, other = StreamBank(1), StreamBank(7)
    slot = one.acquire()
    for hop in hops[:moved_after]:
        one.step(np.array([slot]), hop[None])
    others = [other.acquire() for _ in range(4)]
    other.step(np.array(others), hops[:4])
    new_slot = other.acquire()
    other.restore(new_slot, one.state_of(slot))
    for hop in hops[moved_after:]:
        stayed = one.step(np.array([slot]), hop[None])
        moved = other.step(np.array([new_slot, others[0]]), np.stack([hop, hop]))
        assert_equal_rows(rows(stayed, 0), rows(moved, 0))


def test_weights_are_no_state() -> None:
    names = slot_array_names(StreamBank)
    assert "_voice._network._state" in names
    assert not any("input" in name for name in names)


def test_a_state_of_other_kernels_changes_nothing() -> None:
    bank = StreamBank(2)
    slot = bank.acquire()
    before = bank.state_of(slot)
    with pytest.raises(ValueError, match="another version"):
        bank.restore(slot, {**before, "_more": np.zeros(3)})
    with pytest.raises(ValueError, match="another version"):
        bank.restore(slot, {**before, "_position": np.zeros(2)})
    for name, row in bank.state_of(slot).items():
        np.testing.assert_array_equal(row, before[name])


def test_a_stream_state_is_small() -> None:
    bank = StreamBank(2)
    assert sum(row.nbytes for row in bank.state_of(bank.acquire()).values()) < 20_000


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 44_100, 48_000])
def test_a_resampler_and_a_framer_go_on(rate_hz: int) -> None:
    samples = talk_like(5, 1.0)[:15_000]
    whole, first, second = (StreamResampler(rate_hz) for _ in range(3))
    framers = HopFramer(), HopFramer(), HopFramer()
    expected = framers[0].push(whole.push(samples))
    got = [framers[1].push(first.push(samples[:7_001]))]
    state = first.state()
    assert state is not None
    second.restore(state)
    framers[2].state = framers[1].state
    got.append(framers[2].push(second.push(samples[7_001:])))
    np.testing.assert_array_equal(np.concatenate(got), expected)


def test_an_odd_rate_has_no_state() -> None:
    assert StreamResampler(11_026).state() is None
