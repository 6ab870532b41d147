"""How often something may be done: the port, and a limiter inside this process."""

from __future__ import annotations

import ipaddress
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from rehearsal_server.api.problems import TOO_MANY, Problem


@dataclass(frozen=True)
class Rate:
    """So many at once, and from then on one every so often."""

    burst: int
    every_s: float


class RateLimiter(Protocol):
    """Counts uses by key; one that nodes share counts for all of them."""

    async def take(self, key: str, rate: Rate) -> float:
        """Use a key once; returns 0, or the seconds until it may be used, if it may not now."""

    async def give_back(self, key: str, rate: Rate) -> None:
        """Undo one use."""


class MemoryRateLimiter:
    """The generic cell rate algorithm (ITU-T I.371): one number a key, and no timers.

    A key's number is the moment at which all its uses will have been worked off at the steady
    rate. When there are too many keys, those that are worked off are forgotten; that changes
    nothing. If that is not enough, a flood is on, and the rest are forgotten too.
    """

    def __init__(
        self, *, max_keys: int = 100_000, clock_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._worked_off_s: dict[str, float] = {}
        self._max_keys = max_keys
        self._clock_s = clock_s

    async def take(self, key: str, rate: Rate) -> float:
        """Use a key once; returns 0, or the seconds until it may be used, if it may not now."""
        now_s = self._clock_s()
        worked_off_s = max(self._worked_off_s.get(key, now_s), now_s)
        wait_s = worked_off_s - now_s - (rate.burst - 1) * rate.every_s
        if wait_s > 0:
            return wait_s
        self._worked_off_s[key] = worked_off_s + rate.every_s
        self._forget(now_s)
        return 0.0

    async def give_back(self, key: str, rate: Rate) -> None:
        """Undo one use."""
        if key in self._worked_off_s:
            self._worked_off_s[key] -= rate.every_s

    def _forget(self, now_s: float) -> None:
        if len(self._worked_off_s) <= self._max_keys:
            return
        self._worked_off_s = {k: s for k, s in self._worked_off_s.items() if s > now_s}
        if len(self._worked_off_s) > self._max_keys:
            self._worked_off_s.clear()


class NoRateLimiter:
    """Lets everything pass, for servers behind a gateway that limits rates itself."""

    async def take(self, _key: str, _rate: Rate) -> float:
        """Let it pass."""
        return 0.0

    async def give_back(self, _key: str, _rate: Rate) -> None:
        """Forget it."""


async def spend(limiter: RateLimiter, key: str, rate: Rate) -> None:
    """Use a key once; raises the problem that says when to come back."""
    wait_s = await limiter.take(key, rate)
    if wait_s > 0:
        headers = {"retry-after": str(math.ceil(wait_s))}
        raise Problem(TOO_MANY, f"Try again in {math.ceil(wait_s)} s.", headers=headers)


def address_key(host: str) -> str:
    """Give what stands for one client: an IPv4 address, or the /64 that one IPv6 site has."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host  # a Unix socket has no address
    if address.version == 4:
        return host
    return str(ipaddress.ip_network((address, 64), strict=False))
