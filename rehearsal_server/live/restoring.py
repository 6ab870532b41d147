"""A session core as its journal left it."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from dsp.clock import HOP_MS
from rehearsal_server.live.checkpoint import Checkpoint, fits
from rehearsal_server.live.history import History
from rehearsal_server.live.hop_history import MAX_HOPS
from rehearsal_server.live.inputs import read_call
from rehearsal_server.session.requests import DescribeLine
from rehearsal_server.session.scene import Output
from rehearsal_server.session.session import Session

log = logging.getLogger("rehearsal_server.live")

# What a line may reach back, and what a client has to keep at least.
KEPT_MS = MAX_HOPS * HOP_MS


class CannotGoOn(Exception):
    """The session can be saved, but its audio can't be taken up again."""


@dataclass(frozen=True)
class Restored:
    """What to go on with."""

    session: Session
    # Whether it ever was told to begin.
    is_begun: bool
    # Control messages of the client that it has had.
    messages: int
    # Lines whose voice was still to be measured.
    undescribed: tuple[DescribeLine, ...]
    # From where the audio is heard again; None is its beginning.
    checkpoint: Checkpoint | None


def restore(history: History) -> Restored:
    """Tell a new core everything that the old one was told; blocks while it does.

    Raises
    ------
    ValueError
        The journal is of another version.
    """
    session = Session(history.beginning.plan)
    messages = 0
    undescribed: dict[DescribeLine, None] = {}
    for call in history.calls:
        name, arguments = read_call(call)
        messages += name == Session.receive.__name__
        if name == Session.line_described.__name__:
            undescribed.pop(arguments[0], None)
        outputs: list[Output] = getattr(session, name)(*arguments) or []
        undescribed |= dict.fromkeys(o for o in outputs if isinstance(o, DescribeLine))
    _compare(session, history)
    requests = tuple(undescribed)
    checkpoint = history.checkpoint_before(needed_from_ms(session, requests))
    return Restored(session, bool(history.calls), messages, requests, checkpoint)


def needed_from_ms(session: Session, undescribed: tuple[DescribeLine, ...]) -> int:
    """From where on the microphone's audio may still be needed; a minute ago at the earliest."""
    needed_ms = min([session.needs_audio_from_ms, *(request.start_ms for request in undescribed)])
    return max(needed_ms, session.now_ms - KEPT_MS)


def check_audio(history: History, restored: Restored) -> None:
    """Make sure that the audio can be taken up again where the client still has it.

    Raises
    ------
    CannotGoOn
        There is no checkpoint, or the analysis has changed since.
    """
    checkpoint = restored.checkpoint
    if checkpoint is None and restored.session.now_ms > KEPT_MS:
        raise CannotGoOn("there is no place from which its audio could be heard again")
    if checkpoint is not None and not fits(checkpoint, history.beginning.start.audio):
        raise CannotGoOn("it was begun by another version of the server")


def _compare(session: Session, history: History) -> None:
    """What was told counts, whatever this version would have said."""
    told = len(history.events) - history.is_saved
    if session.events != told:
        log.warning(
            "session %s: %d events were told, %d follow from its journal",
            history.beginning.session_id,
            told,
            session.events,
        )
        session.events = told
