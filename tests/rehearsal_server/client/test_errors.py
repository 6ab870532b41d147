from __future__ import annotations

import pytest

from rehearsal_server.client.errors import ConnectionLost, SessionClosed, TokenExpired
from rehearsal_server.protocol.close_codes import CloseCode
from rehearsal_server.protocol.server_messages import Error


@pytest.mark.parametrize("code", [code for code in CloseCode if code is not CloseCode.DONE])
def test_every_close_has_a_type_of_its_own(code: CloseCode) -> None:
    closed = SessionClosed.of(code, "", None)
    assert type(closed) is not SessionClosed
    assert closed.code == code
    assert type(closed).__name__ in str(closed)


def test_a_close_that_no_type_is_for_is_told_with_its_code() -> None:
    closed = SessionClosed.of(4999, "out of tea", None)
    assert type(closed) is SessionClosed
    assert str(closed) == "SessionClosed (4999): out of tea"


def test_the_error_before_the_close_is_told() -> None:
    error = Error(code="token_expired", message="refresh it", fatal=True)
    closed = SessionClosed.of(CloseCode.TOKEN_EXPIRED, "", error)
    assert isinstance(closed, TokenExpired)
    assert closed.error is error
    assert str(closed) == "TokenExpired (4401): token_expired: refresh it"


def test_a_broken_connection() -> None:
    assert isinstance(SessionClosed.of(1006, "the connection broke", None), ConnectionLost)
