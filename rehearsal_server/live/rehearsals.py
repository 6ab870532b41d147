"""All rehearsals of this process: begun, left, resumed, finished; those on disk included."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict

from rehearsal_server.live.database_answers import database_answers
from rehearsal_server.live.faults import SUPERSEDED, Ending, SocketFault, ending_for
from rehearsal_server.live.history import (
    History,
    Secrets,
    beginning_record,
    read_history,
    secrets_record,
)
from rehearsal_server.live.ledger import Ledger
from rehearsal_server.live.link import Link
from rehearsal_server.live.rehearsal import Rehearsal
from rehearsal_server.live.restoring import CannotGoOn, Restored, check_audio, restore
from rehearsal_server.live.services import ArchiveUnavailable, Identity, LiveServices, NoSession
from rehearsal_server.live.starting import Starting, cast_partners
from rehearsal_server.protocol.client_messages import Resume
from rehearsal_server.session.result import SessionResult
from storage.ids import new_id
from storage.journal import Damaged, JournalDirectory, JournalFailed, Record
from storage.journal.group_commit import GroupCommit

log = logging.getLogger("rehearsal_server.live")

# A server that is just stopping lets go of the journal within this time.
_ACQUIRE_S = 20.0
# A session that could not be saved is tried again after this time.
_SAVE_AGAIN_S = 5.0
_TICK_S = 0.5
# The database answers within this time, or does not answer.
_SAVE_S = 10.0


class Rehearsals:
    """Keeps each session until it is saved and nobody can come back for it.

    A session is in memory, on disk, or both. What is in memory can be dropped at any time without
    loss: whoever asks for it next, a client or the clock, has it restored from its journal. So a
    restart, a failed disk and a fault in one session are one and the same path.
    """

    def __init__(self, services: LiveServices, journal: JournalDirectory) -> None:
        self._services = services
        self._journal = journal
        self._committer: GroupCommit
        self._in_memory: dict[str, Rehearsal] = {}
        # When to look after a session that has no client: to finish it, or to forget it.
        self._due_s: dict[str, float] = {}
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._ticker: asyncio.Task[None] | None = None
        self._provisional: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Take the journal; what is in it waits for its clients from now on."""
        await asyncio.to_thread(self._journal.acquire, _ACQUIRE_S)
        self._committer = GroupCommit()
        for session_id in await asyncio.to_thread(self._journal.sessions):
            self._wait_for_client(session_id)
        if self._due_s:
            log.info("%d sessions of an earlier run wait for their clients", len(self._due_s))
        self._ticker = asyncio.create_task(self._tick(), name="rehearsal ticker")

    async def close(self) -> None:
        """Make everything durable and let go of it."""
        if self._ticker is not None:
            self._ticker.cancel()
            await asyncio.gather(self._ticker, return_exceptions=True)
        await asyncio.gather(*self._provisional, return_exceptions=True)
        for rehearsal in tuple(self._in_memory.values()):
            await self._drop(rehearsal)
        await asyncio.to_thread(self._committer.close)
        self._journal.release()

    # -- with a client -----------------------------------------------------------------------

    async def begin(self, identity: Identity, starting: Starting) -> tuple[Rehearsal, str]:
        """Make a session, durable from its first moment on; also the secret to resume it with.

        Raises
        ------
        SocketFault
            The disk or the database can't take it.
        """
        beginning = starting.beginning(new_id(), identity.user_id)
        secret, secrets = Secrets.first()
        records = (beginning_record(beginning), secrets_record(secrets))
        session_id = beginning.session_id
        try:
            session_log = await asyncio.to_thread(
                self._journal.create, session_id, records, self._committer
            )
        except OSError as error:
            log.exception("a session could not be begun")
            reason = f"the server can keep nothing: {error.strerror}"
            raise SocketFault("not_durable", reason) from None
        try:
            await self._services.archive.begin(beginning)
        except ArchiveUnavailable as error:
            await asyncio.to_thread(self._journal.remove, session_id)
            raise SocketFault("overload", str(error)) from None
        ledger = Ledger(session_log)
        rehearsal = Rehearsal(
            self._services, beginning, secrets, starting.cast, starting.graphs, ledger
        )
        self._in_memory[session_id] = rehearsal
        return rehearsal, secret

    async def resume(self, message: Resume, identity: Identity, link: Link) -> Rehearsal:
        """Give a session to another socket.

        Raises
        ------
        SocketFault
            There is no such session, or it isn't this client's.
        """
        async with self._turns[message.session_id]:
            rehearsal = await self._find(message.session_id)
            if not _may_resume(rehearsal, message, identity):
                raise SocketFault(
                    "no_such_session", "there is no such session to resume; start a new one"
                )
            if rehearsal.link is not None:
                rehearsal.link.end(SUPERSEDED)
            self._due_s.pop(message.session_id, None)
            rehearsal.detach()
            rehearsal.resume(link, message.secret, message.last_event)
            return rehearsal

    async def leave(self, rehearsal: Rehearsal, link: Link, ending: Ending) -> Ending:
        """A socket closes: what becomes of the session, and how to close the socket for it."""
        async with self._turns[rehearsal.session_id]:
            if rehearsal.link is not link:
                return ending  # it goes on elsewhere
            if rehearsal.has_failed or not await _is_flushed(rehearsal):
                await self._drop(rehearsal)
                self._wait_for_client(rehearsal.session_id)
                return ending
            if ending.close_code.reconnect:
                rehearsal.detach()
                self._wait_for_client(rehearsal.session_id)
                self._save_provisionally(rehearsal)
                return ending
            return await self._finish(rehearsal, ending)

    # -- without a client --------------------------------------------------------------------

    def _wait_for_client(self, session_id: str, wait_s: float | None = None) -> None:
        within_s = self._services.limits.resume_within_s if wait_s is None else wait_s
        self._due_s[session_id] = time.monotonic() + within_s
        self._bound_memory()

    def _bound_memory(self) -> None:
        """Sessions that wait for their clients may fill no more memory than those that go on.

        Each has a file open as well, and a process may open a thousand.
        """
        waiting = sorted(
            (one for one in self._due_s if one in self._in_memory), key=self._due_s.__getitem__
        )
        for oldest in waiting[: max(0, len(waiting) - self._services.limits.max_sessions)]:
            task = asyncio.create_task(self._set_aside(oldest), name="set aside")
            self._provisional.add(task)
            task.add_done_callback(self._provisional.discard)

    async def _set_aside(self, session_id: str) -> None:
        async with self._turns[session_id]:
            rehearsal = self._in_memory.get(session_id)
            # One that is saved may still have the socket on which it ended.
            if rehearsal is not None and (rehearsal.link is None or rehearsal.is_saved):
                await self._drop(rehearsal)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK_S)
            now_s = time.monotonic()
            for session_id in [one for one, due_s in self._due_s.items() if due_s <= now_s]:
                try:
                    await self._expire(session_id)
                except Exception:
                    log.exception("session %s could not be finished", session_id)
                    self._wait_for_client(session_id, _SAVE_AGAIN_S)

    async def _expire(self, session_id: str) -> None:
        """Nobody came back in time: finish the session, or forget it if it was finished."""
        async with self._turns[session_id]:
            if session_id not in self._due_s:
                return
            try:
                rehearsal = await self._find(session_id, to_go_on=False)
            except SocketFault:
                self._due_s.pop(session_id, None)
                return
            if not rehearsal.is_saved and not await self._save(rehearsal):
                await self._drop(rehearsal)
                self._wait_for_client(session_id, _SAVE_AGAIN_S)
                return
            await self._forget(rehearsal)
        self._turns.pop(session_id, None)

    # -- memory and disk ---------------------------------------------------------------------

    async def _find(self, session_id: str, *, to_go_on: bool = True) -> Rehearsal:
        """A session from memory or from its journal; raises `SocketFault` where there is none."""
        rehearsal = self._in_memory.get(session_id)
        if rehearsal is not None:
            return rehearsal
        try:
            return await self._restore(session_id, to_go_on=to_go_on)
        except FileNotFoundError:
            reason = "there is no such session to resume; start a new one"
        except Damaged as damage:
            log.exception("the journal of session %s is damaged and was put aside", session_id)
            reason = f"the session's journal is damaged: {damage}"
        except (CannotGoOn, ValueError) as error:
            log.warning("session %s can't be resumed: %s", session_id, error)
            reason = f"the session can't be resumed: {error}; what it measured will be saved"
        raise SocketFault("no_such_session", reason)

    async def _restore(self, session_id: str, *, to_go_on: bool) -> Rehearsal:
        session_log, records = await asyncio.to_thread(
            self._journal.reopen, session_id, self._committer
        )
        try:
            history, restored = await asyncio.to_thread(_read, records, to_go_on=to_go_on)
            cast = await cast_partners(
                self._services, history.beginning.plan, history.beginning.characters
            )
            plan = history.beginning.plan
            graphs = await self._services.words.prepare_again(
                plan.scene, plan.role, plan.options.language, plan.followed_lines
            )
        except BaseException:
            session_log.close()
            raise
        ledger = Ledger(session_log, history.events, restored.messages)
        rehearsal = Rehearsal(
            self._services, history.beginning, history.secrets, cast, graphs, ledger, restored
        )
        self._in_memory[session_id] = rehearsal
        return rehearsal

    async def _drop(self, rehearsal: Rehearsal) -> None:
        """Forget what is in memory; what was durable stays."""
        self._in_memory.pop(rehearsal.session_id, None)
        if not await _is_flushed(rehearsal):
            log.info("session %s goes on from its journal", rehearsal.session_id)
        await rehearsal.close()

    async def _forget(self, rehearsal: Rehearsal) -> None:
        """Nothing is left to be done for a session."""
        self._due_s.pop(rehearsal.session_id, None)
        await self._drop(rehearsal)
        await asyncio.to_thread(self._journal.remove, rehearsal.session_id)

    # -- saving ------------------------------------------------------------------------------

    async def _finish(self, rehearsal: Rehearsal, ending: Ending) -> Ending:
        """End a session whose client is still there, and tell it that it is saved."""
        if not rehearsal.is_saved and not await self._save(rehearsal):
            # The journal has it; it is tried again when the client comes back, or soon.
            rehearsal.detach()
            await self._drop(rehearsal)
            self._wait_for_client(rehearsal.session_id, _SAVE_AGAIN_S)
            return ending_for(
                SocketFault("not_saved", "the database does not answer; the results are kept")
            )
        # For a client whose last messages were lost on their way.
        self._wait_for_client(rehearsal.session_id)
        return ending

    async def _save(self, rehearsal: Rehearsal) -> bool:
        """Save a session's results once and for all; whether that worked."""
        async with rehearsal.saving:
            result = await rehearsal.finish()
            try:
                await rehearsal.flush()
                async with asyncio.timeout(_SAVE_S):
                    await self._store(rehearsal, result)
                rehearsal.note_saved(result)
                await rehearsal.flush()
            except NoSession:
                log.info("session %s was erased", rehearsal.session_id)
                return True
            except (ArchiveUnavailable, JournalFailed, TimeoutError) as error:
                log.warning("session %s is not saved yet: %s", rehearsal.session_id, error)
                return False
        return True

    async def _store(self, rehearsal: Rehearsal, result: SessionResult) -> None:
        await self._services.archive.save(rehearsal.session_id, result)
        if result.speaker is not None:
            with database_answers():
                user_id = rehearsal.beginning.user_id
                await self._services.delivery.speakers.keep(user_id, result.speaker)

    def _save_provisionally(self, rehearsal: Rehearsal) -> None:
        """Save what there is of a session that may never go on; a later save replaces it."""

        async def save() -> None:
            async with rehearsal.saving:
                if rehearsal.is_saved:
                    return
                try:
                    async with asyncio.timeout(_SAVE_S):
                        await self._services.archive.save(
                            rehearsal.session_id, rehearsal.result_so_far()
                        )
                except Exception as error:
                    log.info("session %s is in its journal only: %s", rehearsal.session_id, error)

        task = asyncio.create_task(save(), name="provisional save")
        self._provisional.add(task)
        task.add_done_callback(self._provisional.discard)


async def _is_flushed(rehearsal: Rehearsal) -> bool:
    """Whether all that was said is durable now, so that it can be told before the close."""
    try:
        await rehearsal.flush()
    except JournalFailed:
        return False
    return True


def _may_resume(rehearsal: Rehearsal, message: Resume, identity: Identity) -> bool:
    return (
        rehearsal.beginning.user_id == identity.user_id
        and rehearsal.secrets.knows(message.secret)
        and rehearsal.beginning.epoch == message.epoch
        and rehearsal.knows_event(message.last_event)
    )


def _read(records: tuple[Record, ...], *, to_go_on: bool) -> tuple[History, Restored]:
    history = read_history(records)
    restored = restore(history)
    if to_go_on and not history.is_saved:
        check_audio(history, restored)
    return history, restored
