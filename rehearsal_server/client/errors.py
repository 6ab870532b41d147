"""What can go wrong between a client and the server, as types to catch."""

from __future__ import annotations

from typing import ClassVar

from rehearsal_server.protocol.close_codes import CloseCode
from rehearsal_server.protocol.server_messages import Error


class ClientError(Exception):
    """Base of everything this client raises."""


class Unreachable(ClientError):
    """Nothing answers at the server's address."""


class RequestRefused(ClientError):
    """A REST request was answered with a problem.

    Attributes
    ----------
    status : int
        The HTTP status.
    code : str
        What kind of problem it is, e.g. ``wrong_credentials``.
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code


class ConnectionRefused(ClientError):
    """The server would not open the live socket."""

    def __init__(self, status: int, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(f"the live socket was refused with {status}: {message}")
        self.status = status
        self.retry_after_s = retry_after_s


class ProtocolViolation(ClientError):
    """The server said something that the protocol does not allow at that point."""


class SessionClosed(ClientError):
    """The socket closed before the session was over; subclasses tell why.

    Attributes
    ----------
    code : int
        The WebSocket close code.
    error : Error or None
        The error message that came before the close, if one did.
    """

    _by_code: ClassVar[dict[int, type[SessionClosed]]] = {}

    def __init_subclass__(cls, *, code: int) -> None:
        """Register the class for its close code."""
        SessionClosed._by_code[code] = cls

    def __init__(self, code: int, reason: str, error: Error | None) -> None:
        told = f"{error.code}: {error.message}" if error else reason
        super().__init__(f"{type(self).__name__} ({code}){': ' if told else ''}{told}")
        self.code = code
        self.error = error

    @staticmethod
    def of(code: int, reason: str, error: Error | None) -> SessionClosed:
        """Make the exception for a close code."""
        return SessionClosed._by_code.get(code, SessionClosed)(code, reason, error)


class ConnectionLost(SessionClosed, code=1006):
    """The connection broke without a close; the session may be resumed."""


class PageGone(SessionClosed, code=CloseCode.PAGE_GONE):
    """One end went away."""


class MessageTooLarge(SessionClosed, code=CloseCode.TOO_LARGE):
    """A message was larger than the server accepts."""


class ServerFailed(SessionClosed, code=CloseCode.INTERNAL):
    """The server failed."""


class ServerRestarting(SessionClosed, code=CloseCode.RESTART):
    """The server restarts; connect again and resume."""


class ServerOverloaded(SessionClosed, code=CloseCode.OVERLOAD):
    """The server is full; come back later."""


class TokenExpired(SessionClosed, code=CloseCode.TOKEN_EXPIRED):
    """The access token ran out; refresh it and connect again."""


class NoSuchSession(SessionClosed, code=CloseCode.NO_SUCH_SESSION):
    """There is no such session to resume."""


class ReadTooSlowly(SessionClosed, code=CloseCode.TOO_SLOW):
    """The client did not read what was sent."""


class StateConflict(SessionClosed, code=CloseCode.CONFLICT):
    """A message did not fit the state of the session."""


class Superseded(SessionClosed, code=CloseCode.SUPERSEDED):
    """The session goes on over another socket."""


class MessageMalformed(SessionClosed, code=CloseCode.MALFORMED):
    """The server could not understand a message."""


class SentTooFast(SessionClosed, code=CloseCode.TOO_FAST):
    """Audio or messages were sent faster than allowed."""


class Idle(SessionClosed, code=CloseCode.IDLE):
    """Nothing was sent for too long."""
