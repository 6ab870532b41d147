"""How fast a client may send, as token buckets on the receipt clock."""

from __future__ import annotations


class TokenBucket:
    """Allows `rate_per_s` on average and `burst` at once, or at first only `tokens`."""

    def __init__(
        self, rate_per_s: float, burst: float, now_s: float, tokens: float | None = None
    ) -> None:
        self._rate_per_s = rate_per_s
        self._burst = burst
        self._tokens = burst if tokens is None else tokens
        self._at_s = now_s

    def take(self, amount: float, now_s: float) -> bool:
        """Take `amount` if it is there."""
        earned = (now_s - self._at_s) * self._rate_per_s
        self._tokens = min(self._burst, self._tokens + earned)
        self._at_s = now_s
        if amount > self._tokens:
            return False
        self._tokens -= amount
        return True
