"""The seven categories and where they lie in arousal and valence."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt


class Affect(NamedTuple):
    """A place in the plane of affect, each from -1 to 1."""

    arousal: float
    valence: float


# In alphabetical order: the order of the model's outputs.
# Placements: J. A. Russell and A. Mehrabian (1977), "Evidence for a three-factor theory of
# emotions", J. Research in Personality 11, 273-294: mean ratings of angry, bored, disgusted,
# fearful, happy and sad. They rated no "neutral"; it is the origin, since a speaker is judged
# against their own neutral speech.
PLACEMENTS: dict[str, Affect] = {
    "anger": Affect(0.59, -0.51),
    "boredom": Affect(-0.62, -0.65),
    "disgust": Affect(0.35, -0.60),
    "fear": Affect(0.60, -0.64),
    "happiness": Affect(0.51, 0.81),
    "neutral": Affect(0.0, 0.0),
    "sadness": Affect(-0.27, -0.63),
}
CATEGORIES: tuple[str, ...] = tuple(PLACEMENTS)
NEUTRAL = CATEGORIES.index("neutral")

# The halves that cross-corpus studies of arousal use: Schuller et al. (2009), "Acoustic emotion
# recognition: a benchmark comparison of performances", ASRU, table 2. Acted disgust is slow and
# low there, whatever its rated arousal.
HIGH_AROUSAL = frozenset({"anger", "fear", "happiness"})

_SPELLINGS: dict[str, str] = {
    "angry": "anger",
    "ang": "anger",
    "bored": "boredom",
    "disgusted": "disgust",
    "dis": "disgust",
    "anxiety": "fear",
    "fea": "fear",
    "fearful": "fear",
    "hap": "happiness",
    "happy": "happiness",
    "joy": "happiness",
    "neu": "neutral",
    "sad": "sadness",
}


def category_named(name: str) -> str | None:
    """Return the category that a manifest's spelling means; None if it is none of the seven."""
    lowered = name.strip().lower()
    spelt = _SPELLINGS.get(lowered, lowered)
    return spelt if spelt in PLACEMENTS else None


def placement_table() -> npt.NDArray[np.float32]:
    """Arousal and valence of each category, float32, shape (7, 2), in the order of CATEGORIES."""
    return np.array([PLACEMENTS[name] for name in CATEGORIES], np.float32)
