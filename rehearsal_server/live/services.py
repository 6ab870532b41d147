"""What a live socket needs from the rest of the server."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from models.emotion.directions import DirectionLexicon
from models.registry import ModelStatus
from rehearsal_server.live.emotion import EmotionJudge
from rehearsal_server.live.history import Beginning
from rehearsal_server.live.line_describer import LineDescriber
from rehearsal_server.live.pronouncing import LinePronouncing
from rehearsal_server.live.scheduler import StepScheduler
from rehearsal_server.live.speakers import Speakers
from rehearsal_server.live.word_following import WordFollowing
from rehearsal_server.scripts.model import Script
from rehearsal_server.session.result import SessionResult
from rehearsal_server.transcripts.transcriber import Transcriber
from rehearsal_server.voices.speaker import Speaker


@dataclass(frozen=True)
class Identity:
    """Who opened a socket, in which login, and until when their proof of it holds."""

    user_id: str
    login_id: str
    expires_at: datetime | None = None  # None holds for as long as the login does


class Refused(Exception):
    """The socket is not opened; `status` and `title` are told in HTTP."""

    def __init__(self, status: int, title: str, retry_after_s: int | None = None) -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.retry_after_s = retry_after_s


class Doorkeeper(Protocol):
    """Knows who may open a socket."""

    async def identify(self, headers: Mapping[str, str], ticket: str | None) -> Identity:
        """Who is asking, by bearer token or one-time ticket; raises `Refused`."""

    async def signed_in(self, login_ids: Collection[str]) -> frozenset[str]:
        """Of these logins, those that have not ended."""


class ArchiveUnavailable(Exception):
    """The database does not answer; the same may work later."""


class NoSession(Exception):
    """The session is not in the database: its user erased it."""


class Archive(Protocol):
    """Where scripts come from and results go."""

    async def find_script(self, user_id: str, script_id: str) -> Script | None:
        """A stored script of this user."""

    async def begin(self, beginning: Beginning) -> None:
        """Record that a session began; raises `ArchiveUnavailable`."""

    async def save(self, session_id: str, result: SessionResult) -> None:
        """Save everything that the session measured, in one transaction.

        Saving again replaces what was saved.

        Raises
        ------
        NoSession
            The session was erased meanwhile.
        ArchiveUnavailable
            Try again later.
        """


class Observer(Protocol):
    """Counts what happens to sockets."""

    def socket_refused(self, status: int) -> None:
        """Count a socket that was not opened."""

    def socket_closed(self, close_code: int, seconds: float) -> None:
        """Count a socket that is over."""


class NoObserver:
    """Counts nothing."""

    def socket_refused(self, status: int) -> None:
        """Forget it."""

    def socket_closed(self, close_code: int, seconds: float) -> None:
        """Forget it."""


@dataclass(frozen=True)
class LiveLimits:
    """Bounds of a socket; documented with the settings that they come from."""

    max_sessions: int = 100
    max_sessions_per_account: int = 10
    max_message_bytes: int = 64 * 1024
    start_within_s: float = 5.0
    idle_after_s: float = 30.0
    resume_within_s: float = 120.0
    max_session_s: float = 4 * 3600.0
    max_audio_speed: float = 1.2
    max_messages_per_s: float = 20.0
    # Audio that waits for the analysis; above it the socket is not read.
    max_waiting_s: float = 2.0


@dataclass(frozen=True)
class DeliveryServices:
    """What it takes to say how a line came across."""

    judge: EmotionJudge | None  # None where there is no model
    models: tuple[ModelStatus, ...]  # present or absent, and why
    speakers: Speakers
    directions: DirectionLexicon


@dataclass(frozen=True)
class LiveServices:
    """Everything a connection works with."""

    version: str
    doorkeeper: Doorkeeper
    archive: Archive
    scheduler: StepScheduler
    speaker: Speaker
    describer: LineDescriber
    pronouncing: LinePronouncing
    transcriber: Transcriber
    delivery: DeliveryServices
    limits: LiveLimits
    # Engine and voice of partners where a session asks for none; None takes what fits best.
    default_voice: str | None
    allowed_origins: frozenset[str]
    words: WordFollowing = field(default_factory=lambda: WordFollowing("not set up"))
    observer: Observer = field(default_factory=NoObserver)

    @property
    def models(self) -> tuple[ModelStatus, ...]:
        """The learned models, present or absent, and why."""
        return (*self.delivery.models, self.pronouncing.status)
