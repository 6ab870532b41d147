"""The evidence is the same however many streams are heard together, and tells notes from noise."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.clock import ANALYSIS_RATE_HZ, HOP_SAMPLES
from dsp.descriptors import SpectralDescriptors
from dsp.playing.evidence import EVIDENCE, PERSISTENCE, PlayingEvidence, fine_structure
from dsp.spectrum import BINS, ShortTimeSpectrum

Float32s = npt.NDArray[np.float32]
N_HOPS = 40


def evidence(streams: Float32s, order: list[int] | None = None) -> Float32s:
    """Evidence of streams of shape (n_streams, n_samples), in slots taken in `order`."""
    slots = np.array(order if order is not None else range(len(streams)))
    capacity = int(slots.max()) + 1
    spectrum, descriptors = ShortTimeSpectrum(capacity), SpectralDescriptors(capacity)
    kernel = PlayingEvidence(capacity)
    found = []
    for index in range(streams.shape[1] // HOP_SAMPLES):
        hops = streams[:, index * HOP_SAMPLES : (index + 1) * HOP_SAMPLES]
        power = spectrum.step(slots, hops).power
        position = np.full(len(streams), (index + 1) * HOP_SAMPLES)
        found.append(kernel.step(slots, position, power, descriptors.step(slots, power)))
    return np.stack(found, axis=1)


def noise(n_streams: int, seed: int) -> Float32s:
    rng = np.random.default_rng(seed)
    return rng.normal(0, 0.05, (n_streams, N_HOPS * HOP_SAMPLES)).astype(np.float32)


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(5)), st.integers(0, 2**16))
def test_evidence_is_bit_equal_whatever_the_batch(order: list[int], seed: int) -> None:
    streams = noise(5, seed)
    together = evidence(streams, list(order))
    alone = np.concatenate([evidence(stream[None]) for stream in streams])
    np.testing.assert_array_equal(together, alone)


def test_a_held_note_persists_and_noise_does_not() -> None:
    t = np.arange(N_HOPS * HOP_SAMPLES) / ANALYSIS_RATE_HZ
    note = sum(np.sin(2 * np.pi * 196 * k * t) / k for k in range(1, 9))
    found = evidence(np.stack([0.1 * note, noise(1, 1)[0]]).astype(np.float32))
    assert (found[0, 20:, PERSISTENCE] > 0.9).all()
    assert (found[1, 20:, PERSISTENCE].mean(axis=0) < 0.5).all()


def test_shape() -> None:
    assert evidence(noise(2, 2)).shape == (2, N_HOPS, EVIDENCE)


def test_fine_structure_is_a_unit_vector_without_the_envelope() -> None:
    rng = np.random.default_rng(5)
    power = rng.chisquare(2, (3, BINS)).astype(np.float32)
    structure = fine_structure(power)
    np.testing.assert_allclose(np.linalg.norm(structure, axis=1), 1, rtol=1e-5)
    # Gain shifts every bin alike, so it is gone with the envelope.
    np.testing.assert_allclose(fine_structure(1000 * power), structure, atol=1e-4)


def test_fine_structure_of_silence_is_nothing() -> None:
    assert not fine_structure(np.zeros((1, BINS), np.float32)).any()
