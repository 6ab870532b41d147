"""What departures from the text cost, in nats (natural log-likelihood)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FollowingSettings:
    """Costs of a path through a line; tuned on the speakers that `benchmarks.following` names.

    Attributes
    ----------
    phone_cost : float
        For each phone of the phone loop, the yardstick. Higher favours the line.
    word_cost : float
        For each word begun.
    skip_cost, skip_word_cost : float
        For leaving words out: once, and for each of them.
    jump_cost : float
        For going anywhere else in the line: back to repeat, or far ahead.
    other_cost, other_frame_cost : float
        For saying something else: to begin, and for each frame.
    silence_cost : float
        For falling silent.
    """

    phone_cost: float = 6.0
    word_cost: float = 1.0
    skip_cost: float = 5.0
    skip_word_cost: float = 2.0
    jump_cost: float = 110.0
    other_cost: float = 20.0
    other_frame_cost: float = 3.3
    silence_cost: float = 0.3
