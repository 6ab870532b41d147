"""When each microphone sample is due, on an absolute schedule."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Pace:
    """A microphone that began at `start_s` and never drifts.

    Send times follow from the sample count alone. A client that falls behind sends at once until
    it has caught up, and its latency figures count from when it should have sent: otherwise a
    stalled server would slow the very load that measures it (coordinated omission).
    """

    start_s: float
    sample_rate: int
    speed: float = 1.0  # 2 is twice as fast as the actor speaks

    def due_s(self, position: int) -> float:
        """When the sample before `position` has been recorded."""
        return self.start_s + position / (self.sample_rate * self.speed)

    def position_at(self, now_s: float) -> int:
        """Return the next sample to be recorded at a moment."""
        return max(0, round((now_s - self.start_s) * self.sample_rate * self.speed))
