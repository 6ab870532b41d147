"""Evidence of streams whose background and events are known."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dsp.clock import HOP_SAMPLES
from dsp.descriptors import SpectralDescriptors
from dsp.spectrum import ShortTimeSpectrum
from dsp.vad.evidence import (
    ABOVE_FAST_FLOOR,
    ABOVE_SLOW_FLOOR,
    BELOW_PEAK,
    EVIDENCE,
    MAX_ABOVE_FLOORS,
    SpeechEvidence,
)

SLOT = np.array([0])


def evidence_of(
    samples: npt.NDArray[np.float32], kernel: SpeechEvidence | None = None
) -> npt.NDArray[np.float32]:
    """Evidence per hop, shape (n_hops, EVIDENCE)."""
    spectrum, descriptors = ShortTimeSpectrum(1), SpectralDescriptors(1)
    kernel = kernel or SpeechEvidence(1)
    return np.concatenate(
        [
            kernel.step(
                SLOT,
                np.array([(i + 1) * HOP_SAMPLES]),
                descriptors.step(SLOT, spectrum.step(SLOT, hop).power),
            )
            for i, hop in enumerate(samples.reshape(-1, 1, HOP_SAMPLES))
        ]
    )


def mean_above_floors(evidence: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Mean of the bands above their slow and their fast floor, shape (n_hops, 2)."""
    floors = (ABOVE_SLOW_FLOOR, ABOVE_FAST_FLOOR)
    return np.stack([evidence[:, floor].mean(axis=1) for floor in floors], axis=1)


def noise(hops: int, level_dbfs: float, seed: int = 0) -> npt.NDArray[np.float32]:
    rng = np.random.default_rng(seed)
    return rng.normal(0, 10 ** (level_dbfs / 20), hops * HOP_SAMPLES).astype(np.float32)


def test_steady_noise_stays_near_its_floor_and_a_burst_stands_above_it() -> None:
    samples = noise(150, -50)
    samples[100 * HOP_SAMPLES : 110 * HOP_SAMPLES] *= 10
    above = mean_above_floors(evidence_of(samples))
    assert above[10:100].max() < 8
    np.testing.assert_allclose(above[104:109], 22, atol=4)


def test_floor_follows_a_louder_background_at_its_pace() -> None:
    samples = np.concatenate([noise(100, -50), noise(300, -35)])
    slow, fast = mean_above_floors(evidence_of(samples))[[105, 399]].T
    assert slow[0] > 12
    assert slow[1] - slow[0] > -8  # 1 dB a second
    assert fast[1] < 6  # 5 dB a second: 15 dB in 3 s


def test_padding_before_the_first_sample_is_no_background() -> None:
    evidence = evidence_of(noise(20, -20))
    assert evidence[:, MAX_ABOVE_FLOORS].max() < 12
    assert evidence[:, BELOW_PEAK].min() > -3


def test_hiss_after_digital_silence_is_no_event() -> None:
    samples = np.concatenate([np.zeros(50 * HOP_SAMPLES, np.float32), noise(50, -75)])
    assert mean_above_floors(evidence_of(samples)).max() < 5


def test_used_slot_starts_clean() -> None:
    kernel = SpeechEvidence(1)
    evidence_of(noise(50, -10, seed=1), kernel)
    kernel.reset(SLOT)
    again = evidence_of(noise(30, -40), kernel)
    assert again.shape == (30, EVIDENCE)
    np.testing.assert_array_equal(again, evidence_of(noise(30, -40)))
