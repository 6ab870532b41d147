"""What each error code means, and how the socket closes when the error is fatal."""

from __future__ import annotations

from typing import NamedTuple

from rehearsal_server.protocol.close_codes import CloseCode
from rehearsal_server.protocol.server_messages import ErrorCode


class ErrorMeaning(NamedTuple):
    """The documented side of an error code."""

    meaning: str
    # What the socket closes with if the error is fatal; None for one that never is.
    close: CloseCode | None


ERROR_MEANINGS: dict[ErrorCode, ErrorMeaning] = {
    "malformed": ErrorMeaning(
        "A control message could not be understood; `field` names the part at fault.",
        CloseCode.MALFORMED,
    ),
    "too_large": ErrorMeaning(
        "A message was larger than `hello.limits` allows.", CloseCode.TOO_LARGE
    ),
    "out_of_order": ErrorMeaning(
        "A message that does not fit the state. Fatal are audio before `start` and a second "
        "`start`; others, such as `continue` without `pause`, change nothing.",
        CloseCode.CONFLICT,
    ),
    "bad_audio": ErrorMeaning(
        "An audio message with a bad header, half a sample, or samples that are not numbers.",
        CloseCode.MALFORMED,
    ),
    "audio_gap": ErrorMeaning(
        "`seq` jumped without the discontinuity flag: send the missing chunks, or declare the gap.",
        None,
    ),
    "too_fast": ErrorMeaning(
        "Audio ran ahead of real time, or control messages came too often.", CloseCode.TOO_FAST
    ),
    "too_slow": ErrorMeaning(
        "The client did not read what was sent, so its queue is full.", CloseCode.TOO_SLOW
    ),
    "idle": ErrorMeaning(
        "No `start` in time after `hello`, or no audio for `limits.idle_after_ms`.",
        CloseCode.IDLE,
    ),
    "not_found": ErrorMeaning("This account has no script of that id.", CloseCode.CONFLICT),
    "unknown_role": ErrorMeaning(
        "Nobody of that name speaks in the scene; the message lists who does.",
        CloseCode.CONFLICT,
    ),
    "unknown_scene": ErrorMeaning(
        "The script has no scene of that id; the message lists those it has.",
        CloseCode.CONFLICT,
    ),
    "unknown_line": ErrorMeaning(
        "`goto` (not fatal) or an intention in `start` names a line that is not there.",
        CloseCode.CONFLICT,
    ),
    "bad_script": ErrorMeaning(
        "No lines could be found in the text given as `start.script`.", CloseCode.MALFORMED
    ),
    "no_such_session": ErrorMeaning(
        "The session to resume does not exist, or the secret is wrong.",
        CloseCode.NO_SUCH_SESSION,
    ),
    "token_expired": ErrorMeaning(
        "The access token that opened the socket has expired, or its login has ended.",
        CloseCode.TOKEN_EXPIRED,
    ),
    "overload": ErrorMeaning(
        "The server is full; come back after `retry_after_ms`.", CloseCode.OVERLOAD
    ),
    "unavailable": ErrorMeaning(
        "This server does not offer what was asked for, such as keeping audio.",
        CloseCode.CONFLICT,
    ),
    "voice_failed": ErrorMeaning(
        "No voice could speak a partner line; the scene goes on from its text.", None
    ),
    "not_saved": ErrorMeaning(
        "The database does not answer. The results are durable and will be saved once it does: "
        "come back and resume.",
        CloseCode.OVERLOAD,
    ),
    "not_durable": ErrorMeaning(
        "The server's disk is full or broken, so nothing more can be acknowledged. What was is "
        "kept: come back and resume.",
        CloseCode.OVERLOAD,
    ),
    "internal": ErrorMeaning(
        "The server failed; nothing acknowledged is lost.", CloseCode.INTERNAL
    ),
}
