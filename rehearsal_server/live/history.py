"""A session's journal in the session's own terms: what is written, and what is read from it.

Documented in docs/durability.md.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

import msgspec

from rehearsal_server.live.checkpoint import Checkpoint
from rehearsal_server.live.inputs import Step, decoder, encoder, write_call
from rehearsal_server.protocol.client_messages import Start
from rehearsal_server.protocol.codec import MSGPACK
from rehearsal_server.protocol.server_messages import Event, Saved
from rehearsal_server.session.session import SessionPlan
from storage.journal import Record

_ENCODER = encoder()


class Kind(IntEnum):
    """Kinds of records."""

    BEGINNING = 0
    CALL = 1
    EVENT = 2
    CHECKPOINT = 3
    SECRETS = 4


class Beginning(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that decides how a session runs, and whose it is."""

    session_id: str
    user_id: str
    start: Start
    plan: SessionPlan
    # Of the whole script: partners keep their voices from scene to scene.
    characters: tuple[str, ...]
    epoch: int = 1


_BEGINNING: msgspec.msgpack.Decoder[Beginning] = decoder(Beginning)
_CHECKPOINT = msgspec.msgpack.Decoder(Checkpoint)
_SECRETS = msgspec.msgpack.Decoder(tuple[str, ...])


@dataclass(frozen=True)
class Secrets:
    """Hashes of the secrets that let a client resume.

    The one that was used stays valid until the one given in return is: the answer may get lost.
    """

    hashes: tuple[str, ...]

    @staticmethod
    def first() -> tuple[str, Secrets]:
        """A secret for a new session."""
        secret = _new_secret()
        return secret, Secrets((_hash(secret),))

    def knows(self, secret: str) -> bool:
        """Whether this secret lets a client in."""
        given = _hash(secret)
        return any(hmac.compare_digest(given, one) for one in self.hashes)

    def after(self, used: str) -> tuple[str, Secrets]:
        """The next secret, once `used` was."""
        secret = _new_secret()
        return secret, Secrets((_hash(used), _hash(secret)))


@dataclass(frozen=True)
class History:
    """What a journal says about a session."""

    beginning: Beginning
    calls: tuple[bytes, ...]
    events: tuple[Event, ...]
    secrets: Secrets
    _checkpoints: tuple[bytes, ...]

    @property
    def is_saved(self) -> bool:
        """Whether nothing is left to be done for it."""
        return bool(self.events) and isinstance(self.events[-1], Saved)

    def checkpoint_before(self, at_ms: int) -> Checkpoint | None:
        """The last place from which everything since `at_ms` can be heard again."""
        for data in reversed(self._checkpoints):
            checkpoint = _CHECKPOINT.decode(data)
            if checkpoint.heard_ms <= at_ms:
                return checkpoint
        return None


def beginning_record(beginning: Beginning) -> Record:
    """The first record of every journal."""
    return Record(Kind.BEGINNING, _ENCODER.encode(beginning))


def step_records(step: Step, arguments: Sequence[object], events: Iterable[Event]) -> list[Record]:
    """A step of the session and the events that it gave: in one commit, or neither is true."""
    call = Record(Kind.CALL, write_call(step, arguments))
    return [call, *(event_record(event) for event in events)]


def event_record(event: Event) -> Record:
    """An event that is told."""
    return Record(Kind.EVENT, MSGPACK.encode(event))


def checkpoint_record(checkpoint: Checkpoint) -> Record:
    """A place from which the audio may be heard again."""
    return Record(Kind.CHECKPOINT, _ENCODER.encode(checkpoint))


def secrets_record(secrets: Secrets) -> Record:
    """Who may resume from now on."""
    return Record(Kind.SECRETS, _ENCODER.encode(secrets.hashes))


def read_history(records: Sequence[Record]) -> History:
    """Understand a journal.

    Raises
    ------
    ValueError
        It is not one of this version's.
    """
    by_kind: dict[int, list[bytes]] = {kind: [] for kind in Kind}
    for kind, payload in records:
        by_kind.setdefault(kind, []).append(payload)
    try:
        return History(
            beginning=_BEGINNING.decode(by_kind[Kind.BEGINNING][0]),
            calls=tuple(by_kind[Kind.CALL]),
            events=tuple(_event(data) for data in by_kind[Kind.EVENT]),
            secrets=Secrets(_SECRETS.decode(by_kind[Kind.SECRETS][-1])),
            _checkpoints=tuple(by_kind[Kind.CHECKPOINT]),
        )
    except (IndexError, ValueError, msgspec.MsgspecError) as error:
        raise ValueError(f"the journal is of another version: {error}") from None


def _event(data: bytes) -> Event:
    event = MSGPACK.decode_server(data)
    if not isinstance(event, Event):
        raise msgspec.ValidationError(f"{type(event).__name__} is no event")
    return event


def _new_secret() -> str:
    return secrets.token_urlsafe(32)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
