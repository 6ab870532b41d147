"""How a speaker sounds when they express nothing in particular, learnt as they speak.

A voice, a room and a microphone shift every feature of a window; an emotion shifts them too. The
model says of each window what remains once the emotion that it hears is taken out (the expressive
residual), or, where the speaker is known to have spoken neutrally, once the average neutral voice
is taken out. The mean of these residuals is the speaker's offset. It is pulled towards zero, the
average speaker, by as much as `PRIOR_S` seconds of voice would: the posterior mean of an offset
with a normal prior. Then the same arithmetic serves a first second and a thousandth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt

from models.emotion.estimate import Residuals

Float32s = npt.NDArray[np.float32]
BaselineState = Literal["none", "warming", "ready"]

PRIOR_S = 4.0
WARMING_FROM_S = 2.0
READY_FROM_S = 15.0
# More than this is not counted, so that a new microphone or a cold is caught up with in minutes.
MEMORY_S = 240.0


def state_after(voiced_s: float) -> BaselineState:
    """How far a baseline that rests on so many seconds of voice can be relied on."""
    if voiced_s < WARMING_FROM_S:
        return "none"
    return "warming" if voiced_s < READY_FROM_S else "ready"


class _Saved(msgspec.Struct, forbid_unknown_fields=True):
    model: str
    voiced_s: float
    mean: list[float]


@dataclass(frozen=True, slots=True)
class Baseline:
    """A speaker's offset as far as it is known; immutable, `learn` gives the next one.

    Attributes
    ----------
    model : str
        SHA-256 of the model whose residuals it is made of; it means nothing to another one.
    voiced_s : float
        Seconds of voice that it rests on, at most `MEMORY_S`.
    mean : float32, shape (width,)
        Mean residual.
    """

    model: str
    voiced_s: float
    mean: Float32s

    @classmethod
    def unknown(cls, model: str, width: int) -> Baseline:
        """Return the baseline of a speaker never heard."""
        return cls(model, 0.0, np.zeros(width, np.float32))

    @property
    def state(self) -> BaselineState:
        """How far it can be relied on."""
        return state_after(self.voiced_s)

    @property
    def offset(self) -> Float32s:
        """What to take off this speaker's features, float32, shape (width,)."""
        return self.mean * np.float32(self.voiced_s / (self.voiced_s + PRIOR_S))

    def learn(self, heard: Residuals, *, neutral: bool) -> Baseline:
        """Take in one line, or one window that overlaps no other.

        Parameters
        ----------
        heard : Residuals
            From the estimate of that window.
        neutral : bool
            The speaker was asked to speak neutrally (a calibration).
        """
        residual = heard.neutral if neutral else heard.expressive
        weight = min(heard.voiced_s, MEMORY_S)
        if weight <= 0:
            return self
        kept_s = min(self.voiced_s, MEMORY_S - weight)
        total_s = kept_s + weight
        mean = (self.mean * kept_s + residual * weight) / total_s
        return Baseline(self.model, total_s, mean.astype(np.float32))

    def to_json(self) -> bytes:
        """Encode for the account."""
        mean = np.round(self.mean.astype(np.float64), 4).tolist()
        return msgspec.json.encode(_Saved(self.model, round(self.voiced_s, 2), mean))

    @classmethod
    def from_json(cls, saved: bytes, *, model: str, width: int) -> Baseline:
        """Decode what an account kept.

        A baseline of another model is of no use to this one: the speaker then starts unknown.

        Raises
        ------
        ValueError
            `saved` is not what `to_json` wrote.
        """
        try:
            read = msgspec.json.decode(saved, type=_Saved)
        except msgspec.DecodeError as error:
            raise ValueError(f"not a saved baseline: {error}") from error
        if read.model != model:
            return cls.unknown(model, width)
        if len(read.mean) != width:
            raise ValueError(f"a baseline of {len(read.mean)} numbers, where {width} are needed")
        return cls(read.model, read.voiced_s, np.array(read.mean, np.float32))
