"""One stream's state out of all the kernels, and back in: so that a stream can go on elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
StreamState = Mapping[str, Array]


@lru_cache(maxsize=8)
def slot_array_names(make_bank: Callable[[int], object]) -> frozenset[str]:
    """Names of the arrays whose first axis is the slot, weights and tables left out.

    They are those whose length follows the capacity, which two capacities tell apart from a
    matrix that happens to have as many rows as there are slots.
    """
    three, five = dict(_arrays(make_bank(3), "")), dict(_arrays(make_bank(5), ""))
    return frozenset(
        name for name in three if (three[name].shape[:1], five[name].shape[:1]) == ((3,), (5,))
    )


def take_state(bank: object, names: frozenset[str], slot: int) -> dict[str, Array]:
    """Copy one slot's row of each array."""
    return {name: array[slot].copy() for name, array in _arrays(bank, "") if name in names}


def put_state(bank: object, names: frozenset[str], slot: int, state: StreamState) -> None:
    """Set one slot's row of each array.

    Raises
    ------
    ValueError
        The state is of other kernels than these; nothing was changed.
    """
    arrays = {name: array for name, array in _arrays(bank, "") if name in names}
    fits = arrays.keys() == state.keys() and all(
        (arrays[name].shape[1:], arrays[name].dtype) == (row.shape, row.dtype)
        for name, row in state.items()
    )
    if not fits:
        raise ValueError("the state is of another version of the analysis")
    for name, row in state.items():
        arrays[name][slot] = row


def _arrays(owner: object, prefix: str) -> Iterator[tuple[str, Array]]:
    """Arrays of a bank and of the kernels in it, by their path."""
    for name, value in vars(owner).items():
        path = f"{prefix}{name}"
        if isinstance(value, np.ndarray):
            yield path, value
        elif hasattr(value, "reset") and hasattr(value, "resize"):
            yield from _arrays(value, f"{path}.")
