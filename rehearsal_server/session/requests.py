"""What a session asks of the shell; the answers come back as inputs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Speak:
    """Say `text` as utterance number `utterance`; answered by voice_ready or voice_failed."""

    utterance: int
    line_id: str
    character: str | None  # None is the prompter
    text: str


@dataclass(frozen=True)
class Silence:
    """Stop an utterance at once, whatever of it was sent."""

    utterance: int
    line_id: str


@dataclass(frozen=True)
class Prefetch:
    """Make a line's voice ready: it will be needed soon."""

    character: str
    text: str


@dataclass(frozen=True)
class FollowLine:
    """Listen to the words of a line; answered by hear_words, before each hop, or lose_words.

    The answers go on after the line's end, until there is another request of these two kinds.
    """

    line_id: str
    from_ms: int


@dataclass(frozen=True)
class StopFollowing:
    """Nothing after this moment belongs to the line that was listened to."""

    at_ms: int


@dataclass(frozen=True)
class JudgeWindow:
    """Judge how a stretch of the actor's speech comes across; answered by window_judged."""

    line_id: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class DescribeLine:
    """Measure the voice of a finished line and judge it as a whole; answered by line_described."""

    line_id: str
    take: int
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class Finish:
    """The session is over: save its result and close."""


Request = (
    Speak | Silence | Prefetch | FollowLine | StopFollowing | JudgeWindow | DescribeLine | Finish
)
