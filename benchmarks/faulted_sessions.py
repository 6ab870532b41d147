"""Sessions that go on while things break, and the account of what each was told and left behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field

from rehearsal_server.client import LiveSession, RehearsalClient
from rehearsal_server.client.errors import ClientError
from rehearsal_server.demo.actor import Actor, Delivery
from rehearsal_server.demo.deliveries import synthetic_deliveries
from rehearsal_server.demo.part import choose_part
from rehearsal_server.protocol.client_messages import Start
from rehearsal_server.protocol.codec import MSGPACK
from rehearsal_server.protocol.fields import AudioFormat, Options
from rehearsal_server.protocol.server_messages import (
    Cue,
    Error,
    Event,
    LineResult,
    Saved,
    ServerMessage,
)
from rehearsal_server.scripts.parse import parse_script
from rehearsal_server.voices.engine import VoiceSpec
from rehearsal_server.voices.espeak.engine import EspeakEngine

SAMPLE_RATE = 16_000
SCRIPT = """\
ANNA: The last train left at ten.
BEN: Then I am early.
ANNA: You could walk.
BEN: I could walk slowly.
ANNA: It has stopped.
BEN: So it has.
"""
ROLE = "Ben"
# Real time: a server that is killed over and over must not fall behind as well.
SPEED = 1.0
_VOICE = VoiceSpec(engine="espeak-ng", voice="en-us+f2")
# Longer than any fault and its repair.
_PATIENCE_S = 180.0


@dataclass
class Account:
    """What one session was told."""

    session_id: str
    events: list[int] = field(default_factory=list)
    lines: list[tuple[str, int]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    saved: int | None = None
    resumed_after_s: list[float] = field(default_factory=list)
    broke: str = ""

    def take(self, message: ServerMessage) -> None:
        """Take a message down."""
        if isinstance(message, Event) and message.event:
            self.events.append(message.event)
        if isinstance(message, LineResult):
            self.lines.append((message.line_id, message.take))
        if isinstance(message, Error):
            self.errors.append(message.code)
        if isinstance(message, Saved):
            self.saved = message.performances


@dataclass(frozen=True)
class Audit:
    """What became of everything that was told, over many sessions."""

    sessions: int
    events: int
    lines: int
    resumes: int
    events_lost: int
    events_doubled: int
    performances_lost: int
    performances_doubled: int
    sessions_broken: int


async def audit(client: RehearsalClient, accounts: list[Account]) -> Audit:
    """Compare what was told with what is in the database."""
    lost = doubled = takes_lost = takes_doubled = 0
    for account in accounts:
        numbers = account.events
        lost += max(numbers, default=0) - len(set(numbers))
        doubled += len(numbers) - len(set(numbers))
        detail = await client.session(account.session_id)
        kept = [(p.line_id, p.take) for p in detail.performances]
        takes_lost += len(set(account.lines) - set(kept))
        takes_doubled += len(kept) - len(set(kept))
        takes_doubled += len(account.lines) - len(set(account.lines))
    return Audit(
        sessions=len(accounts),
        events=sum(len(a.events) for a in accounts),
        lines=sum(len(a.lines) for a in accounts),
        resumes=sum(len(a.resumed_after_s) for a in accounts),
        events_lost=lost,
        events_doubled=doubled,
        performances_lost=takes_lost,
        performances_doubled=takes_doubled,
        sessions_broken=sum(a.saved is None for a in accounts),
    )


async def deliveries() -> dict[str, Delivery]:
    """The actor's lines, spoken by espeak."""
    lines = choose_part(parse_script(SCRIPT), ROLE).lines
    engine = EspeakEngine()
    try:
        # Lines this short are not forgotten: a prompt would take most of a session's time.
        return await synthetic_deliveries(lines, engine, _VOICE, SAMPLE_RATE, 1)
    finally:
        await engine.aclose()


@dataclass
class Troupe:
    """Actors who rehearse, one session after the other, until they are told that it is enough."""

    client: RehearsalClient
    spoken: dict[str, Delivery]
    accounts: list[Account] = field(default_factory=list)
    live: set[LiveSession] = field(default_factory=set)
    is_enough: bool = False

    async def rehearse(self, seed: int) -> None:
        """Rehearse over and over."""
        while not self.is_enough:
            await self._rehearse_once(seed)
            seed += 1000

    async def _rehearse_once(self, seed: int) -> None:
        start = Start(
            mode="scene",
            script=SCRIPT,
            role=ROLE,
            audio=AudioFormat(sample_rate=SAMPLE_RATE),
            options=Options(headphones=True),
        )
        try:
            async with self.client.live(start, codec=MSGPACK, speed=SPEED) as live:
                await self._play(live, Actor(self.spoken, SAMPLE_RATE, seed))
        except (ClientError, OSError, TimeoutError):
            # It never began: nothing was told, so nothing can be lost.
            await asyncio.sleep(0.2)

    async def _play(self, live: LiveSession, actor: Actor) -> None:
        account = Account(live.started.session_id)
        self.accounts.append(account)
        self.live.add(live)
        try:
            async with (
                asyncio.timeout(_PATIENCE_S),
                aclosing(live.run(actor, actor.hear)) as messages,
            ):
                async for received in messages:
                    account.take(received.message)
                    await _react(received.message, actor, live)
        except (ClientError, OSError, TimeoutError) as error:
            account.broke = f"{type(error).__name__}: {error}"
        finally:
            self.live.discard(live)
            account.resumed_after_s = live.resumed_after_s


async def _react(message: ServerMessage, actor: Actor, live: LiveSession) -> None:
    match message:
        case Cue(action="speak", line_id=str(line_id)):
            actor.cue(line_id)
        case Cue(action="prompt"):
            actor.prompt()
        case Cue(action="scene_end"):
            await live.stop()


@asynccontextmanager
async def rehearsing(
    client: RehearsalClient, spoken: dict[str, Delivery], sessions: int
) -> AsyncIterator[Troupe]:
    """Let actors rehearse beside the block; after it, their last sessions are played to the end."""
    troupe = Troupe(client, spoken)
    async with asyncio.TaskGroup() as group:
        for seed in range(sessions):
            group.create_task(troupe.rehearse(seed))
        try:
            yield troupe
        finally:
            troupe.is_enough = True
