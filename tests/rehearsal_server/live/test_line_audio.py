from __future__ import annotations

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from dsp.clock import HOP_MS, HOP_SAMPLES
from rehearsal_server.live.hop_history import MAX_HOPS
from rehearsal_server.live.line_audio import LineAudio


def numbered(first: int, count: int) -> npt.NDArray[np.float32]:
    """Hops that are each full of their own number."""
    numbers = np.arange(first, first + count, dtype=np.float32)
    return np.repeat(numbers[:, None] / 32_767, HOP_SAMPLES, axis=1)


def hop_numbers(samples: npt.NDArray[np.int16]) -> list[int]:
    return [int(n) for n in samples[::HOP_SAMPLES]]


def test_a_stretch_comes_back_in_whole_hops() -> None:
    audio = LineAudio()
    audio.push(numbered(0, 10))
    assert hop_numbers(audio.between(3 * HOP_MS, 5 * HOP_MS)) == [3, 4]
    assert hop_numbers(audio.between(3 * HOP_MS + 1, 5 * HOP_MS + 1)) == [3, 4, 5]


def test_what_is_forgotten_is_gone_and_the_clock_goes_on() -> None:
    audio = LineAudio()
    audio.push(numbered(0, 10))
    audio.forget_before(4 * HOP_MS + 5)
    assert audio.start_ms == 4 * HOP_MS
    assert hop_numbers(audio.between(0, 6 * HOP_MS)) == [4, 5]
    audio.push(numbered(10, 1))
    assert hop_numbers(audio.between(9 * HOP_MS, 11 * HOP_MS)) == [9, 10]


def test_a_long_line_keeps_its_last_minute() -> None:
    audio = LineAudio()
    audio.push(numbered(0, MAX_HOPS + 5))
    assert audio.start_ms == 5 * HOP_MS
    assert len(audio.between(0, 2 * MAX_HOPS * HOP_MS)) == MAX_HOPS * HOP_SAMPLES


@given(st.lists(st.integers(0, 7), max_size=20), st.integers(0, 500), st.integers(0, 500))
def test_however_it_was_pushed(counts: list[int], start_ms: int, length_ms: int) -> None:
    audio, whole = LineAudio(), LineAudio()
    for index, count in enumerate(counts):
        audio.push(numbered(sum(counts[:index]), count))
    whole.push(numbered(0, sum(counts)))
    end_ms = start_ms + length_ms
    assert hop_numbers(audio.between(start_ms, end_ms)) == hop_numbers(
        whole.between(start_ms, end_ms)
    )
