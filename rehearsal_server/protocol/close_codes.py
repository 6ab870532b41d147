"""Why a socket closes. Codes from 4400 are ours; the numbers follow HTTP where they can."""

from __future__ import annotations

from enum import IntEnum


class CloseCode(IntEnum):
    """WebSocket close codes that the server uses."""

    reconnect: bool
    meaning: str

    def __new__(cls, code: int, reconnect: bool, meaning: str) -> CloseCode:
        """Attach to each code whether a client should come back, and its meaning."""
        member = int.__new__(cls, code)
        member._value_ = code
        member.reconnect = reconnect
        member.meaning = meaning
        return member

    DONE = 1000, False, "The session is over and saved."
    PAGE_GONE = 1001, True, "The client went away; it may come back and resume."
    TOO_LARGE = 1009, False, "A message was larger than `hello.limits` allows."
    INTERNAL = 1011, True, "The server failed; what was acknowledged is kept."
    RESTART = 1012, True, "The server restarts: come back and resume."
    OVERLOAD = 1013, True, "The server is full: come back later."
    TOKEN_EXPIRED = (
        4401,
        True,
        "The access token has expired, or its login has ended: resume with a fresh one.",
    )
    NO_SUCH_SESSION = 4404, False, "The session to resume does not exist: start afresh."
    TOO_SLOW = 4408, True, "The client did not read what was sent."
    CONFLICT = 4409, False, "The message does not fit the state of the session."
    SUPERSEDED = 4410, False, "The session was resumed on another socket."
    MALFORMED = 4422, False, "A message could not be understood."
    TOO_FAST = 4429, True, "Audio or messages came faster than allowed."
    IDLE = 4431, True, "Nothing was sent for too long."
