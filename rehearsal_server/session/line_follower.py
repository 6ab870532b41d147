"""Follows the actor through their lines: asks to be told what is heard, and tells how far they are.

Lines whose words can be followed are listened to; the others, and those from which the machine had
to take its ear away, are followed by pace.
"""

from __future__ import annotations

from collections.abc import Collection

from models.following.heard import WordHeard
from rehearsal_server.protocol.server_messages import Following, Progress, ServerMessage
from rehearsal_server.scripts.model import Line
from rehearsal_server.scripts.words import words
from rehearsal_server.session.following import PaceFollower, Position
from rehearsal_server.session.intervals import Span, until
from rehearsal_server.session.requests import FollowLine, Request, StopFollowing
from rehearsal_server.session.word_position import WordPosition
from rehearsal_server.session.words_heard import WordsHeard

Output = ServerMessage | Request


class LineFollower:
    """One actor's place in one line after another.

    Parameters
    ----------
    followed_lines : collection of str
        Ids of the lines whose words can be followed.
    """

    def __init__(self, followed_lines: Collection[str]) -> None:
        self._followed_lines = followed_lines
        self._pace = PaceFollower()
        self._line_id = ""
        self._from_ms = 0
        # Set while the words of the line are followed.
        self._words: WordPosition | None = None
        self._is_listening = False

    def begin_session(self) -> list[Output]:
        """Say how lines are followed."""
        if not self._followed_lines:
            return []
        return [Following(state="words", line_id=None, reason="", at_ms=0)]

    def begin_line(self, line: Line, from_ms: int) -> list[Output]:
        """The actor has `line`, and whatever they say from `from_ms` on is theirs."""
        self._line_id, self._from_ms = line.id, from_ms
        self._pace.begin_line(line.text)
        self._words = None
        if line.id not in self._followed_lines:
            return self.stop_listening(from_ms)
        self._words = WordPosition(len(words(line.text)))
        self._is_listening = True
        return [FollowLine(line.id, from_ms)]

    @property
    def listening(self) -> FollowLine | None:
        """What has to be asked for again after a restart."""
        return FollowLine(self._line_id, self._from_ms) if self._is_listening else None

    def hear(self, heard: WordsHeard) -> list[Output]:
        """Take in what was heard of the line by the end of a hop."""
        if self._words is None:
            return []
        before = self._words.words_said
        self._words.hear(heard)
        if self._words.words_said == before:
            return []
        position = self._words.position()
        return [
            Progress(
                line_id=self._line_id,
                word=position.words_said,
                words=position.words,
                confidence=round(position.confidence, 2),
            )
        ]

    def lose(self, reason: str, at_ms: int) -> list[Output]:
        """The line can't be listened to any more; the next one may be."""
        self._is_listening = False
        if self._words is None:
            return []
        self._words = None
        return [Following(state="pace", line_id=self._line_id, reason=reason, at_ms=at_ms)]

    def reopen_line(self, line: Line) -> None:
        """The actor was not done with their last line; what was heard since belongs to it."""
        self._pace.begin_line(line.text)

    def stop_listening(self, at_ms: int) -> list[Output]:
        """Nothing is to be heard of the line from `at_ms` on."""
        if not self._is_listening:
            return []
        self._is_listening = False
        return [StopFollowing(at_ms)]

    def position(self, speech: list[Span]) -> Position:
        """Where in the line the actor is, having spoken during `speech`."""
        return self._pace.position(speech) if self._words is None else self._words.position()

    def said(self, speech: list[Span]) -> list[Span]:
        """The speech of a line that ended; where its last word was heard, nothing after that."""
        if self._words is None or self._words.position().end is None:
            return speech
        # The voice activity may still be in its hangover.
        return until(speech, self._words.words[-1].end_ms)

    def words_heard(self) -> tuple[WordHeard, ...]:
        """The words of the line in the order in which they were said, if they were followed."""
        return () if self._words is None else self._words.words

    def first_missed(self, given: Collection[int]) -> int | None:
        """The first word behind the actor that was not surely said, nor `given` to them.

        None if there is none, or if the words are not followed.
        """
        return None if self._words is None else self._words.first_missed(given)

    def end_line(self, speech: list[Span], *, complete: bool) -> None:
        """The line is over; `complete` if all of it was said without help."""
        self._pace.end_line(speech, complete=complete)
