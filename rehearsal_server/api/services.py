"""What the handlers of the API work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rehearsal_server.api.accounts.access_tokens import AccessTokens
from rehearsal_server.api.accounts.mail import ConsoleMailer, Mailer, SmtpMailer
from rehearsal_server.api.accounts.passwords import PasswordHasher
from rehearsal_server.api.background import Background
from rehearsal_server.api.rate_limits import MemoryRateLimiter, NoRateLimiter, RateLimiter
from rehearsal_server.config import Settings
from rehearsal_server.metrics import Metrics
from rehearsal_server.readiness import Probe, database_probe, disk_probe
from rehearsal_server.signing_keys import kept_keys
from rehearsal_server.worker import BoundedWorker, WorkBounds
from storage.database import Database
from storage.logins import LoginRepository
from storage.performances import PerformanceRepository
from storage.resets import ResetRepository
from storage.scripts import ScriptRepository
from storage.sessions import SessionRepository
from storage.speakers import SpeakerRepository
from storage.tickets import TicketRepository
from storage.users import UserRepository

Clock = Callable[[], datetime]

# A play of the largest size that is taken is parsed in a few seconds.
SCRIPT_WORK = WorkBounds(time_limit_s=20, memory_bytes=2 * 2**30)
# Ten minutes of audio take half a minute of a free core.
RECORDING_WORK = WorkBounds(time_limit_s=180, memory_bytes=4 * 2**30, max_waiting=4)


def utc_now() -> datetime:
    """Tell the time of day."""
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Services:
    """Everything behind the API; `open` before the first request, `close` after the last."""

    settings: Settings
    database: Database
    users: UserRepository
    logins: LoginRepository
    tickets: TicketRepository
    scripts: ScriptRepository
    sessions: SessionRepository
    performances: PerformanceRepository
    speakers: SpeakerRepository
    resets: ResetRepository
    passwords: PasswordHasher
    access_tokens: AccessTokens
    rate_limiter: RateLimiter
    mailer: Mailer
    script_worker: BoundedWorker
    recording_worker: BoundedWorker
    background: Background
    metrics: Metrics
    probes: dict[str, Probe]
    clock: Clock

    async def open(self) -> None:
        """Bring the tables up to date."""
        await self.database.migrate()

    async def close(self) -> None:
        """Finish what runs beside the requests; let go of the database and of the threads."""
        await self.background.close()
        await self.script_worker.aclose()
        await self.recording_worker.aclose()
        self.passwords.close()
        await self.database.close()


def make_services(settings: Settings, clock: Clock = utc_now) -> Services:
    """Put the services together; makes the data directory and, on first start, the signing key.

    Raises
    ------
    ValueError
        The kept signing key cannot be used; the message says what to do.
    """
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = Database(settings.database_url)
    keys = settings.secret_keys or kept_keys(settings.data_dir)
    return Services(
        settings=settings,
        database=database,
        users=UserRepository(database),
        logins=LoginRepository(database),
        tickets=TicketRepository(database),
        scripts=ScriptRepository(database),
        sessions=SessionRepository(database),
        performances=PerformanceRepository(database),
        speakers=SpeakerRepository(database),
        resets=ResetRepository(database),
        passwords=PasswordHasher(),
        access_tokens=AccessTokens(keys, timedelta(minutes=settings.access_token_minutes)),
        rate_limiter=MemoryRateLimiter() if settings.rate_limits else NoRateLimiter(),
        mailer=(
            SmtpMailer(settings.smtp_url, settings.mail_from)
            if settings.smtp_url
            else ConsoleMailer()
        ),
        script_worker=BoundedWorker("script reader", SCRIPT_WORK),
        recording_worker=BoundedWorker("recording analyser", RECORDING_WORK),
        background=Background(),
        metrics=Metrics(),
        probes={"database": database_probe(database), "disk": disk_probe(settings.data_dir)},
        clock=clock,
    )
