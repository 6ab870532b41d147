"""Why a socket ends, as the error and the close code that the client is told."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from rehearsal_server.live.microphone import BadAudio
from rehearsal_server.live.outbox import OutboxFull
from rehearsal_server.protocol.audio import AudioHeaderError
from rehearsal_server.protocol.close_codes import CloseCode
from rehearsal_server.protocol.codec import DecodeError, TooLarge
from rehearsal_server.protocol.error_codes import ERROR_MEANINGS
from rehearsal_server.protocol.server_messages import Error, ErrorCode

log = logging.getLogger("rehearsal_server.live")

_RETRYABLE: frozenset[ErrorCode] = frozenset(
    (
        "token_expired",
        "too_fast",
        "too_slow",
        "idle",
        "overload",
        "not_saved",
        "not_durable",
        "internal",
    )
)


@dataclass(frozen=True)
class Ending:
    """How a socket is closed; `error` is told before, unless all is well."""

    close_code: CloseCode
    error: Error | None = None


class SocketFault(Exception):
    """The client did, or met, something that ends the socket."""

    def __init__(self, code: ErrorCode, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.field = field


DONE = Ending(CloseCode.DONE)
CLIENT_GONE = Ending(CloseCode.PAGE_GONE)
RESTART = Ending(CloseCode.RESTART)
SUPERSEDED = Ending(CloseCode.SUPERSEDED)


def ending_for(error: BaseException) -> Ending:
    """How to close a socket after `error`; what we did not foresee is logged and told as ours."""
    match error:
        case SocketFault():
            return _fatal(error.code, str(error), error.field)
        case TooLarge():
            return _fatal("too_large", str(error))
        case DecodeError():
            return _fatal("malformed", str(error), error.field)
        case AudioHeaderError() | BadAudio():
            return _fatal("bad_audio", str(error))
        case OutboxFull():
            return _fatal("too_slow", str(error))
        case OSError():
            return CLIENT_GONE
        case _:
            log.error("a socket failed", exc_info=error)
            return _fatal("internal", "the server failed; what was acknowledged is kept")


def _fatal(code: ErrorCode, message: str, field: str | None = None) -> Ending:
    error = Error(code=code, message=message, fatal=True, retryable=code in _RETRYABLE, field=field)
    return Ending(ERROR_MEANINGS[code].close or CloseCode.INTERNAL, error)
