from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.clock import HOP_SAMPLES
from models.acoustic.front_end import CEPSTRA, FEATURES, FRAMES_PER_HOP, FrontEnd, subtract_mean

HOPS = 12


def _noise(seed: int, streams: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return (0.1 * rng.standard_normal((streams, HOPS, HOP_SAMPLES))).astype(np.float32)


def _alone(hops: np.ndarray) -> np.ndarray:
    front_end = FrontEnd(1)
    return np.concatenate([front_end.step(np.array([0]), hop[None])[0] for hop in hops])


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sets(st.integers(0, 4), min_size=1), min_size=3, max_size=30))
def test_streams_stepped_together_are_bit_equal_to_each_alone(steps: list[set[int]]) -> None:
    audio = _noise(1, 5)
    together = FrontEnd(5)
    found: list[list[np.ndarray]] = [[] for _ in range(5)]
    for step in steps:
        slots = [slot for slot in sorted(step) if len(found[slot]) < HOPS]
        if not slots:
            continue
        hops = np.stack([audio[slot, len(found[slot])] for slot in slots])
        for slot, features in zip(slots, together.step(np.array(slots), hops), strict=True):
            found[slot].append(features)
    for slot in range(5):
        if found[slot]:
            got = np.concatenate(found[slot])
            assert np.array_equal(got, _alone(audio[slot])[: len(got)])


def test_each_hop_brings_two_frames() -> None:
    assert _alone(_noise(2, 1)[0]).shape == (HOPS * FRAMES_PER_HOP, FEATURES)


def test_a_reset_stream_begins_anew() -> None:
    audio, front_end, slots = _noise(3, 1)[0], FrontEnd(2), np.array([1])
    for hop in audio:
        front_end.step(slots, hop[None])
    front_end.reset(slots)
    again = np.concatenate([front_end.step(slots, hop[None])[0] for hop in audio])
    assert np.array_equal(again, _alone(audio))


def test_growing_keeps_the_streams() -> None:
    audio, front_end, slots = _noise(4, 1)[0], FrontEnd(1), np.array([0])
    first = [front_end.step(slots, hop[None])[0] for hop in audio[:5]]
    front_end.resize(4)
    rest = [front_end.step(slots, hop[None])[0] for hop in audio[5:]]
    assert np.array_equal(np.concatenate(first + rest), _alone(audio))


def test_a_gain_shifts_only_the_first_cepstrum() -> None:
    audio = _noise(5, 1)[0]
    loud, quiet = _alone(audio), _alone(audio * np.float32(0.25))
    shift = (loud - quiet)[8:]
    assert np.ptp(shift[:, 0]) < 0.05
    assert np.abs(shift[:, 1:]).max() < 0.1


def test_digital_silence_is_finite() -> None:
    assert np.isfinite(_alone(np.zeros((HOPS, HOP_SAMPLES), np.float32))).all()


def test_the_mean_is_taken_from_the_cepstra_alone() -> None:
    features = np.ones((2, 3, FEATURES), np.float32)
    shifted = subtract_mean(features, np.ones((2, CEPSTRA), np.float32))
    assert not shifted[..., :CEPSTRA].any()
    assert (shifted[..., CEPSTRA:] == 1).all()
