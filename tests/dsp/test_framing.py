"""Hops depend on the samples only, never on how they were cut."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.clock import HOP_SAMPLES
from dsp.framing import HopFramer


@given(st.lists(st.integers(0, 1000), max_size=20))
def test_any_cutting_gives_the_same_hops(chunk_samples: list[int]) -> None:
    samples = np.arange(sum(chunk_samples), dtype=np.float32)
    framer = HopFramer()
    cuts = np.cumsum([0, *chunk_samples])
    hops = [framer.push(chunk) for chunk in np.split(samples, cuts)]
    whole = len(samples) // HOP_SAMPLES
    np.testing.assert_array_equal(
        np.concatenate(hops), samples[: whole * HOP_SAMPLES].reshape(whole, HOP_SAMPLES)
    )
    assert framer.pending_samples == len(samples) % HOP_SAMPLES


def test_two_channels_are_refused() -> None:
    with pytest.raises(ValueError, match="mono samples are 1-D"):
        HopFramer().push(np.zeros((2, 320), np.float32))
