"""What every streaming kernel looks like, so that the bank can run them all alike."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

# Of some streams, none twice.
Slots = npt.NDArray[np.intp]
# The same, or a slice where they lie side by side, which spares the copies that picking rows makes.
# A kernel indexes its state with either, and takes the number of streams from its other inputs.
Rows = Slots | slice
Hops = npt.NDArray[np.float32]


class StreamKernel(Protocol):
    """State of many streams as arrays whose first axis is the slot.

    A kernel also has a ``step(slots, ...)`` that advances any subset of the streams by one hop and
    returns arrays whose first axis follows `slots`. Its inputs differ from kernel to kernel (the
    samples, the shared spectrum, the level), so it is not part of this protocol. A stream's results
    are the same whatever other streams are stepped with it.
    """

    def resize(self, capacity: int) -> None:
        """Make room for at least `capacity` slots, keeping the state of those in use."""

    def reset(self, slots: Slots) -> None:
        """Bring `slots` to the state of a stream that has not begun."""
