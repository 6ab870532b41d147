"""What one session has said and heard, and how much of it will survive a crash."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rehearsal_server.live.checkpoint import Checkpoint
from rehearsal_server.live.history import (
    Secrets,
    checkpoint_record,
    event_record,
    secrets_record,
    step_records,
)
from rehearsal_server.live.inputs import Step
from rehearsal_server.protocol.server_messages import Event, Transcript
from storage.journal import JournalFailed, Record, SessionLog


@dataclass(frozen=True)
class _Mark:
    """Something that holds once a frame of the journal is durable."""

    frame: int
    # Whichever is meant: chunk and end of the last hop of a checkpoint, or a count of messages.
    value: int
    heard_ms: int = 0


class Ledger:
    """One session's journal in use, and the events that a resume may ask for again.

    Parameters
    ----------
    log : SessionLog
    events : those that are in the journal already, from the first on
    messages : control messages of the client in the journal
    """

    def __init__(self, log: SessionLog, events: Iterable[Event] = (), messages: int = 0) -> None:
        self.events = list(events)
        self.failure: JournalFailed | None = None
        # Who is told how far the journal is durable, and that it failed.
        self.on_durable: Callable[[int], None] = lambda frame: None
        self.on_failure: Callable[[JournalFailed], None] = lambda failure: None
        self._log = log
        self._log.watcher = self
        self._messages = messages
        self._durable_messages = messages
        self._message_marks: deque[_Mark] = deque()
        self._checkpoint_marks: deque[_Mark] = deque()
        self._newest_frame = log.durable
        # What audio was needed from, as of a frame; of the first nothing may be dropped.
        self._need_marks = deque([_Mark(0, 0)])
        self._flushing: list[tuple[int, asyncio.Future[None]]] = []

    # -- writing -----------------------------------------------------------------------------

    def note(self, step: Step, arguments: Sequence[object], events: Sequence[Event]) -> int:
        """Write a step of the session; the frame that must be durable before it is told."""
        frame = self._append(*step_records(step, arguments, events))
        self.events += events
        if events:
            self._log.commit()
        return frame

    def note_message(self) -> None:
        """The step noted last was a message of the client; it need not be sent again soon."""
        self._messages += 1
        self._message_marks.append(_Mark(self._newest_frame, self._messages))
        self._log.commit()

    def note_event(self, event: Event) -> int:
        """Write an event that no step gave; the frame that must be durable before it is told."""
        self.events.append(event)
        frame = self._append(event_record(event))
        self._log.commit()
        return frame

    def note_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Write where the audio can be taken up again."""
        frame = self._append(checkpoint_record(checkpoint))
        self._checkpoint_marks.append(_Mark(frame, checkpoint.next_seq - 1, checkpoint.heard_ms))
        self._log.commit()

    def note_secrets(self, secrets: Secrets) -> int:
        """Write who may resume from now on; the frame that must be durable before it is told."""
        frame = self._append(secrets_record(secrets))
        self._log.commit()
        return frame

    async def flush(self) -> None:
        """Return once everything that was written is durable; raises `JournalFailed`."""
        if self.failure is not None:
            raise self.failure
        if self._log.durable >= self._newest_frame:
            return
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._flushing.append((self._newest_frame, done))
        self._log.commit()
        await done

    async def close(self) -> None:
        """Let go of the journal; what is not flushed is forgotten."""
        self._log.watcher = None
        await asyncio.to_thread(self._log.close)

    def has_transcript(self, message: Transcript) -> bool:
        """Whether these words were told before a restart, after which they are heard again."""
        told = (e for e in reversed(self.events) if isinstance(e, Transcript) and e.words)
        last = next(told, None)
        return bool(last and message.words and message.words[-1].end_ms <= last.words[-1].end_ms)

    # -- what is durable ---------------------------------------------------------------------

    @property
    def durable_frame(self) -> int:
        """The last frame that survives a crash."""
        return self._log.durable

    @property
    def durable_messages(self) -> int:
        """How many control messages of the client survive a crash."""
        while self._message_marks and self._message_marks[0].frame <= self._log.durable:
            self._durable_messages = self._message_marks.popleft().value
        return self._durable_messages

    def durable_seq(self, needed_from_ms: int) -> int | None:
        """The last chunk that need not be kept; `needed_from_ms` is what is needed by now.

        What counts is what was needed as of the durable state: a crash takes the session back to
        it, and it may need what the present one does not.
        """
        needs, marks = self._need_marks, self._checkpoint_marks
        if not needs or needs[-1].value != needed_from_ms:
            needs.append(_Mark(self._newest_frame, needed_from_ms))
        while len(needs) > 1 and needs[1].frame <= self._log.durable:
            needs.popleft()
        needed_ms = needs[0].value
        while len(marks) > 1 and self._serves(marks[1], needed_ms):
            marks.popleft()
        if any(needed_ms < mark.heard_ms <= needed_from_ms for mark in marks):
            # The steps that let go of audio may have told nothing, so nobody committed them.
            self._log.commit()
        return marks[0].value if marks and self._serves(marks[0], needed_ms) else None

    def _serves(self, mark: _Mark, needed_from_ms: int) -> bool:
        return mark.frame <= self._log.durable and mark.heard_ms <= needed_from_ms

    # -- from the journal --------------------------------------------------------------------

    def durable(self, sequence: int) -> None:
        """Every frame up to this one will survive a crash."""
        for frame, done in self._flushing:
            if frame <= sequence and not done.done():
                done.set_result(None)
        self._flushing = [waiting for waiting in self._flushing if waiting[0] > sequence]
        self.on_durable(sequence)

    def failed(self, error: JournalFailed) -> None:
        """Nothing more will be durable."""
        if self.failure is not None:
            return
        self.failure = error
        for _, done in self._flushing:
            if not done.done():
                done.set_exception(error)
        self._flushing = []
        self.on_failure(error)

    def _append(self, *records: Record) -> int:
        self._newest_frame = self._log.append(*records)
        return self._newest_frame
