"""What the follower tells of a line, hop by hop."""

from __future__ import annotations

from typing import NamedTuple

# In `Heard.word` and `Heard.boundary`.
NO_WORD = -1


class WordHeard(NamedTuple):
    """A word of the line that was said.

    Attributes
    ----------
    word : int
        Which, counted in the line.
    start_ms, end_ms : int
        On the stream's clock.
    fit : float
        How much better it fits than any speech, nats a frame; below zero is worse.
    other_ms : int
        How long something else was said between the word before and this one.
    """

    word: int
    start_ms: int
    end_ms: int
    fit: float
    other_ms: int


class Heard(NamedTuple):
    """What is known of a stream's line after a hop.

    Attributes
    ----------
    end_ms : int
        End of the hop, on the stream's clock.
    words : tuple of WordHeard
        Said so far, as the best path has it now; later ones may still change.
    word : int
        The word that is being said; -1 between words.
    is_late : bool
        That word is as good as said.
    boundary : int
        Between words: how many words are behind. Else -1.
    is_silent : bool
        Between words, and silent rather than saying something else.
    """

    end_ms: int
    words: tuple[WordHeard, ...]
    word: int
    is_late: bool
    boundary: int
    is_silent: bool
