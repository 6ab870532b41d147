"""Windows of several lengths as one array."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from models.emotion.descriptors import DESCRIPTORS

Float32s = npt.NDArray[np.float32]


def stack_windows(windows: Sequence[Float32s]) -> tuple[Float32s, npt.NDArray[np.bool_]]:
    """Pad windows to the longest.

    Parameters
    ----------
    windows : sequence of float32, each of shape (n_hops, DESCRIPTORS); at least one

    Returns
    -------
    descriptors : float32, shape (n, longest, DESCRIPTORS)
    present : bool, shape (n, longest)
    """
    lengths = np.array([len(window) for window in windows])
    stacked = np.zeros((len(windows), lengths.max(), DESCRIPTORS), np.float32)
    for row, window in zip(stacked, windows, strict=True):
        row[: len(window)] = window
    return stacked, np.arange(lengths.max()) < lengths[:, None]
