"""Lines of many sessions that wait for one worker; of too many, those of the busiest go first."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from typing import Generic, TypeVar

Item = TypeVar("Item")


class FairQueue(Generic[Item]):
    """Takes items of sessions in turn, oldest first, and holds so much of them at most.

    Parameters
    ----------
    capacity : int > 0
        Of all items together, in the unit that their sizes are told in.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        # Whose turn it is stands first.
        self._waiting: dict[Hashable, deque[tuple[Item, int]]] = {}
        self._sizes: dict[Hashable, int] = {}

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def push(self, session: Hashable, item: Item, size: int) -> list[Item]:
        """Add an item; those that have to go for it, oldest of the session that waits most."""
        self._waiting.setdefault(session, deque()).append((item, size))
        self._sizes[session] = self._sizes.get(session, 0) + size
        dropped = []
        while sum(self._sizes.values()) > self._capacity:
            dropped.append(self._take(max(self._sizes, key=self._sizes.__getitem__)))
        return dropped

    def pop(self) -> Item:
        """Take the oldest item of the session whose turn it is.

        Raises
        ------
        IndexError
            Nothing waits.
        """
        if not self._waiting:
            raise IndexError("nothing waits")
        session = next(iter(self._waiting))
        item = self._take(session)
        if session in self._waiting:
            self._waiting[session] = self._waiting.pop(session)
        return item

    def _take(self, session: Hashable) -> Item:
        item, size = self._waiting[session].popleft()
        self._sizes[session] -= size
        if not self._waiting[session]:
            del self._waiting[session], self._sizes[session]
        return item
