"""The channel changes that a model is evaluated under, the same for everybody."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from models.emotion.corpus import Clip, Samples
from models.emotion.training.augmentation import (
    Channel,
    coloured_noise,
    draw_channel,
    draw_microphone,
    gain_control,
    opus,
    synthetic_room,
    telephone,
)
from models.emotion.training.materials import Materials
from models.emotion.training.training_set import carry_clips

MakeChannel = Callable[[np.random.Generator, Materials], Channel]


def _room(rng: np.random.Generator, materials: Materials) -> Channel:
    """A recorded room where there is one, else a living room of noise."""
    if materials.rooms:
        return Channel(room=materials.rooms[0])
    return Channel(room=synthetic_room(rng, reverberation_s=0.5, direct_db=3.0))


CONDITIONS: dict[str, MakeChannel] = {
    "telephone": lambda rng, materials: Channel(transmission=(telephone(),)),
    "codec": lambda rng, materials: Channel(transmission=(opus(0.9),)),
    "room": _room,
    "noise_10_db": lambda rng, materials: Channel(noise=coloured_noise(1.0), snr_db=10.0),
    "microphone": lambda rng, materials: Channel(microphone=draw_microphone(rng, deviation_db=6.0)),
    "gain_control": lambda rng, materials: Channel(transmission=(gain_control(0.8),)),
    "drawn": draw_channel,
}


def hear_under(
    condition: str, clips: Sequence[Clip], materials: Materials, *, seed: int = 2024
) -> list[Samples]:
    """Clips as heard under a named condition, each speaker through a channel of their own."""
    make = CONDITIONS[condition]
    speakers = sorted({clip.speaker for clip in clips})
    channels = {
        speaker: make(np.random.default_rng([seed, index]), materials)
        for index, speaker in enumerate(speakers)
    }
    return carry_clips(clips, channels, np.random.default_rng([seed, len(speakers)]))
