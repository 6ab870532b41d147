"""Decibels of powers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Float32s = npt.NDArray[np.float32]

_TEN = np.float32(10)


def power_to_db(power: Float32s, floor: np.float32 | Float32s) -> Float32s:
    """Turn powers into decibels, in place.

    Parameters
    ----------
    power : float32, any shape
        Overwritten.
    floor : float32 > 0, broadcast to the shape of `power`
        Smaller powers count as this much, so that the logarithm is finite.

    Returns
    -------
    float32
        `power` itself, now ``10 log10`` of what it was.
    """
    np.maximum(power, floor, out=power)
    np.log10(power, out=power)
    power *= _TEN
    return power
