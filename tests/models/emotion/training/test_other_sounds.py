"""Made-up sounds are audio of the right length, all kinds in turn."""

from __future__ import annotations

import numpy as np

from models.emotion.training.other_sounds import MAKERS, make_sounds


def test_sounds_are_audio_and_the_same_for_the_same_seed() -> None:
    sounds, again = (make_sounds(2 * len(MAKERS), 1.0, np.random.default_rng(4)) for _ in "ab")
    for one, other in zip(sounds, again, strict=True):
        np.testing.assert_array_equal(one, other)
        assert one.shape == (16_000,)
        assert one.dtype == np.float32
        assert 1e-4 < np.abs(one).max() <= 1
