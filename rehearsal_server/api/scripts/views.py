"""Scripts as clients see them, and as storage keeps them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from rehearsal_server.api.conditions import changed_meanwhile, etag_of, expected_revision
from rehearsal_server.api.operations import Call
from rehearsal_server.api.problems import NOT_FOUND, Problem
from rehearsal_server.scripts.model import Script
from storage.scripts import CastMember, RevisionChanged, ScriptContent, StoredScript

Heading = Annotated[str, Meta(max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")]


class ScriptView(msgspec.Struct, frozen=True, kw_only=True):
    """A script; `script.notices` says what of the text needs a person's eye."""

    id: str
    revision: int
    created_at: datetime
    updated_at: datetime
    script: Script


def view_of(stored: StoredScript) -> ScriptView:
    """Show a stored script as clients see it."""
    return ScriptView(
        id=stored.id,
        revision=stored.revision,
        created_at=stored.created_at,
        updated_at=stored.updated_at,
        script=script_of(stored),
    )


def script_of(stored: StoredScript) -> Script:
    """Read a stored script's document."""
    return msgspec.json.decode(stored.document, type=Script)


def content_of(script: Script) -> ScriptContent:
    """Make what storage keeps of a script."""
    return ScriptContent(
        title=script.title,
        author=script.author,
        format=script.format,
        document=msgspec.json.encode(script).decode(),
        cast=tuple(
            CastMember(name=character.name, line_count=character.line_count)
            for character in script.characters
        ),
    )


async def find_script(call: Call[Any, Any]) -> StoredScript:
    """Look up the script that the path names; raises the problem of one that is not there."""
    stored = await call.services.scripts.get(call.user_id, call.path["script_id"])
    if stored is None:
        raise Problem(NOT_FOUND)
    call.headers["etag"] = etag_of(stored.revision)
    return stored


async def put_script(
    call: Call[Any, Any], script: Script, known: StoredScript | None
) -> ScriptView:
    """Put a script in the place of the one that the path names.

    Without a condition of the client's own, a change of what was `known` loses nobody else's.
    """
    revision = expected_revision(call.request_headers)
    if revision is None and known is not None:
        revision = known.revision
    try:
        stored = await call.services.scripts.replace(
            call.user_id,
            call.path["script_id"],
            content_of(script),
            call.services.clock(),
            revision=revision,
        )
    except RevisionChanged:
        raise changed_meanwhile() from None
    if stored is None:
        raise Problem(NOT_FOUND)
    call.headers["etag"] = etag_of(stored.revision)
    return view_of(stored)
