from __future__ import annotations

import typing
from collections.abc import Iterator
from typing import Annotated

import pytest
from msgspec import Meta

from rehearsal_server.protocol import document
from rehearsal_server.protocol.client_messages import ClientMessage
from rehearsal_server.protocol.close_codes import CloseCode
from rehearsal_server.protocol.codec import CLIENT_MESSAGES, SERVER_MESSAGES
from rehearsal_server.protocol.error_codes import ERROR_MEANINGS
from rehearsal_server.protocol.reflection import choices_at, fields_of
from rehearsal_server.protocol.server_messages import ErrorCode


def test_the_page_agrees_with_the_types() -> None:
    assert document.PATH.read_text(encoding="utf-8") == document.render(), (
        "docs/protocol.md is stale: run `python -m rehearsal_server.protocol.document`"
    )


def test_every_message_and_field_is_documented() -> None:
    assert document.undocumented() == []


@pytest.fixture
def bare_message() -> Iterator[None]:
    """Add a message type that says nothing about itself."""

    class Bare(ClientMessage, frozen=True, kw_only=True, tag="bare"):
        told: Annotated[int, Meta(description="Documented.")]
        untold: int

    CLIENT_MESSAGES["bare"] = Bare
    yield
    del CLIENT_MESSAGES["bare"]


@pytest.mark.usefixtures("bare_message")
def test_what_lacks_documentation_is_named() -> None:
    assert document.undocumented() == ["Bare", "Bare.untold"]


def test_every_message_and_error_and_close_code_is_on_the_page() -> None:
    page = document.render()
    for tag, kind in {**CLIENT_MESSAGES, **SERVER_MESSAGES}.items():
        assert f"### `{tag}`" in page
        for field in fields_of(kind):
            assert f"| `{field.name}` |" in page
    for code in CloseCode:
        assert f"| {int(code)} | {code.meaning} |" in page
    for name in typing.get_args(ErrorCode):
        assert f"| `{name}` | {ERROR_MEANINGS[name].meaning} |" in page


def test_every_error_has_a_meaning_and_nothing_else_has() -> None:
    assert set(ERROR_MEANINGS) == set(typing.get_args(ErrorCode))
    assert all(meaning.meaning.endswith(".") for meaning in ERROR_MEANINGS.values())


def test_close_codes_are_standard_or_private() -> None:
    for code in CloseCode:
        assert 1000 <= code <= 1014 or 4400 <= code < 4500
        assert code.meaning.endswith(".")
    assert CloseCode.RESTART.reconnect
    assert not CloseCode.SUPERSEDED.reconnect


def test_choices_are_found_by_path() -> None:
    start = CLIENT_MESSAGES["start"]
    assert choices_at(start, "audio.encoding") == ("s16le", "f32le", "mulaw")
    assert choices_at(start, "audio.channels") == (1, 2)
    assert choices_at(start, "role") == ()
    assert choices_at(start, "audio.nothing") == ()
    assert choices_at(start, "role.deeper") == ()
