"""Scripts: uploaded as text, kept as what was understood of it."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from rehearsal_server.api.conditions import (
    changed_meanwhile,
    creation_of,
    etag_of,
    expected_revision,
)
from rehearsal_server.api.cursors import PageQuery, make_cursor
from rehearsal_server.api.operations import AnyOperation, Call, Operation
from rehearsal_server.api.problems import (
    KEY_REUSED,
    NOT_FOUND,
    TOO_LARGE,
    UNREADABLE_SCRIPT,
    FieldProblem,
    Problem,
    invalid_field,
)
from rehearsal_server.scripts.errors import ScriptError
from rehearsal_server.scripts.model import Script
from rehearsal_server.scripts.parse import parse_script
from storage.scripts import (
    CastMember,
    KeyUsedOtherwise,
    RevisionChanged,
    ScriptContent,
    ScriptEntry,
    StoredScript,
)

Heading = Annotated[str, Meta(max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")]


class NewScript(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A text to make a script of."""

    text: Annotated[str, Meta(description="The play, in any of the formats.")]
    title: Annotated[Heading | None, Meta(description="Instead of the one in the text.")] = None
    format: Annotated[
        Literal["fountain", "name_colon", "stage"] | None,
        Meta(description="Found out from the text where it is not given."),
    ] = None


_EXAMPLE = NewScript(
    title="A piano",
    text="ALGERNON: Did you hear what I was playing, Lane?\n"
    "LANE: I didn’t think it polite to listen, sir.\n",
)


class ScriptChanges(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to change of a script; what is left out stays."""

    title: Heading | UnsetType = UNSET
    author: Heading | UnsetType = UNSET


class ScriptView(msgspec.Struct, frozen=True, kw_only=True):
    """A script; `script.notices` says what of the text needs a person's eye."""

    id: str
    revision: int
    created_at: datetime
    updated_at: datetime
    script: Script


class ScriptPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some scripts, newest first."""

    items: tuple[ScriptEntry, ...]
    next_cursor: str | None


async def create_script(call: Call[NewScript, None]) -> ScriptView:
    """Parse a text and keep the script."""
    creation = creation_of(call.request_headers, call.body)
    content = _content(await _parse(call))
    try:
        stored = await call.services.scripts.create(
            call.user_id, content, call.services.clock(), creation
        )
    except KeyUsedOtherwise:
        raise Problem(KEY_REUSED, "Take a new key for a new request.") from None
    call.headers["location"] = f"/v1/scripts/{stored.id}"
    return _show(call, stored)


async def list_scripts(call: Call[None, PageQuery]) -> ScriptPage:
    """List my scripts."""
    page = await call.services.scripts.list(
        call.user_id, after=call.query.place(), limit=call.query.limit
    )
    return ScriptPage(items=page.items, next_cursor=make_cursor(page.next))


async def show_script(call: Call[None, None]) -> ScriptView:
    """Show one script whole."""
    stored = await call.services.scripts.get(call.user_id, call.path["script_id"])
    return _show(call, stored)


async def replace_script(call: Call[NewScript, None]) -> ScriptView:
    """Put another text in a script's place; sessions keep what was rehearsed."""
    return await _put(call, await _parse(call), expected_revision(call.request_headers))


async def change_script(call: Call[ScriptChanges, None]) -> ScriptView:
    """Change a script's title or author."""
    stored = await call.services.scripts.get(call.user_id, call.path["script_id"])
    given = msgspec.structs.asdict(call.body).items()
    changes = {name: value for name, value in given if value is not UNSET}
    if stored is None:
        raise Problem(NOT_FOUND)
    script = msgspec.json.decode(stored.document, type=Script)
    # Without a condition of the client's own, nobody's change is lost to a change of the title.
    revision = expected_revision(call.request_headers) or stored.revision
    return await _put(call, msgspec.structs.replace(script, **changes), revision)


async def delete_script(call: Call[None, None]) -> None:
    """Delete a script."""
    revision = expected_revision(call.request_headers)
    try:
        deleted = await call.services.scripts.delete(
            call.user_id, call.path["script_id"], revision=revision
        )
    except RevisionChanged:
        raise changed_meanwhile() from None
    if not deleted:
        raise Problem(NOT_FOUND)


async def _parse(call: Call[NewScript, None]) -> Script:
    new, max_kib = call.body, call.services.settings.max_script_kib
    if len(new.text.encode()) > max_kib * 1024:
        raise Problem(TOO_LARGE, f"A script has {max_kib} KiB at most.")
    if "\x00" in new.text:
        raise invalid_field("text", "This is no text: it contains a zero byte.")
    try:
        # A whole play takes long enough to keep live sessions waiting.
        return await asyncio.to_thread(parse_script, new.text, format=new.format, title=new.title)
    except ScriptError as error:
        line = error.source_line or None
        where = FieldProblem(field="text", message=error.message, source_line=line)
        raise Problem(UNREADABLE_SCRIPT, error.message, errors=(where,)) from None


async def _put(call: Call[Any, None], script: Script, revision: int | None) -> ScriptView:
    try:
        stored = await call.services.scripts.replace(
            call.user_id,
            call.path["script_id"],
            _content(script),
            call.services.clock(),
            revision=revision,
        )
    except RevisionChanged:
        raise changed_meanwhile() from None
    return _show(call, stored)


def _content(script: Script) -> ScriptContent:
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


def _show(call: Call[Any, None], stored: StoredScript | None) -> ScriptView:
    if stored is None:
        raise Problem(NOT_FOUND)
    call.headers["etag"] = etag_of(stored.revision)
    return view_of(stored)


def view_of(stored: StoredScript) -> ScriptView:
    """Show a stored script as clients see it."""
    return ScriptView(
        id=stored.id,
        revision=stored.revision,
        created_at=stored.created_at,
        updated_at=stored.updated_at,
        script=msgspec.json.decode(stored.document, type=Script),
    )


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        method="POST",
        path="/v1/scripts",
        summary="Upload a script",
        handle=create_script,
        body=NewScript,
        example=_EXAMPLE,
        body_from_text=lambda text: NewScript(text=text),
        result=ScriptView,
        status=201,
        repeatable=True,
        errors=(UNREADABLE_SCRIPT,),
    ),
    Operation(
        method="GET",
        path="/v1/scripts",
        summary="List my scripts",
        handle=list_scripts,
        query=PageQuery,
        result=ScriptPage,
    ),
    Operation(
        method="GET",
        path="/v1/scripts/{script_id}",
        summary="Show a script",
        handle=show_script,
        result=ScriptView,
    ),
    Operation(
        method="PUT",
        path="/v1/scripts/{script_id}",
        summary="Replace a script's text",
        handle=replace_script,
        body=NewScript,
        example=_EXAMPLE,
        body_from_text=lambda text: NewScript(text=text),
        result=ScriptView,
        conditional=True,
        errors=(UNREADABLE_SCRIPT,),
    ),
    Operation(
        method="PATCH",
        path="/v1/scripts/{script_id}",
        summary="Change a script's title or author",
        handle=change_script,
        body=ScriptChanges,
        example=ScriptChanges(author="Oscar Wilde"),
        result=ScriptView,
        conditional=True,
    ),
    Operation(
        method="DELETE",
        path="/v1/scripts/{script_id}",
        summary="Delete a script",
        handle=delete_script,
        status=204,
        conditional=True,
    ),
)
