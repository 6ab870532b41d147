"""Scripts: uploaded as text or a file, kept as what was understood of it."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from rehearsal_server.api.conditions import (
    changed_meanwhile,
    creation_of,
    etag_of,
    expected_revision,
)
from rehearsal_server.api.cursors import PageQuery, make_cursor
from rehearsal_server.api.operations import AnyOperation, Call, Operation, Upload
from rehearsal_server.api.problems import (
    BUSY,
    KEY_REUSED,
    NOT_FOUND,
    QUOTA_REACHED,
    UNREADABLE_SCRIPT,
    Problem,
)
from rehearsal_server.api.rate_limits import Rate
from rehearsal_server.api.scripts.reading import SCRIPT_FILES, NewScript, UploadQuery, read_script
from rehearsal_server.api.scripts.views import (
    Heading,
    ScriptView,
    content_of,
    find_script,
    put_script,
    script_of,
    view_of,
)
from storage.scripts import ORDERS, KeyUsedOtherwise, QuotaReached, RevisionChanged, ScriptEntry

# Reading a file costs seconds; nobody uploads a library at once.
UPLOAD_RATE = Rate(burst=60, every_s=2)

_EXAMPLE = NewScript(
    title="A piano",
    text="ALGERNON: Did you hear what I was playing, Lane?\n"
    "LANE: I didn’t think it polite to listen, sir.\n",
)


class ScriptChanges(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to change of a script; what is left out stays."""

    title: Heading | UnsetType = UNSET
    author: Heading | UnsetType = UNSET


class ScriptQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which part of the scripts to show, in which order."""

    sort: Literal["newest", "oldest", "last_changed"] = "newest"


class ScriptPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some scripts, in the order that was asked for."""

    items: tuple[ScriptEntry, ...]
    next_cursor: str | None


async def create_script(call: Call[NewScript | Upload, UploadQuery]) -> ScriptView:
    """Read a text or a file and keep the script."""
    creation = creation_of(call.request_headers, call.body)
    script = await read_script(call.services, call.body, call.query.filename)
    try:
        stored = await call.services.scripts.create(
            call.user_id,
            content_of(script),
            call.services.clock(),
            creation,
            at_most=call.services.settings.max_scripts,
        )
    except KeyUsedOtherwise:
        raise Problem(KEY_REUSED, "Take a new key for a new request.") from None
    except QuotaReached:
        raise Problem(QUOTA_REACHED, "Delete a script that is not needed any more.") from None
    call.headers["location"] = f"/v1/scripts/{stored.id}"
    call.headers["etag"] = etag_of(stored.revision)
    return view_of(stored)


async def list_scripts(call: Call[None, ScriptQuery]) -> ScriptPage:
    """List my scripts."""
    query = call.query
    page = await call.services.scripts.list(
        call.user_id, after=query.place(query.sort), limit=query.limit, order=ORDERS[query.sort]
    )
    return ScriptPage(items=page.items, next_cursor=make_cursor(page.next, query.sort))


async def show_script(call: Call[None, None]) -> ScriptView:
    """Show one script whole."""
    return view_of(await find_script(call))


async def replace_script(call: Call[NewScript | Upload, UploadQuery]) -> ScriptView:
    """Put another text in a script's place; sessions keep what was rehearsed."""
    script = await read_script(call.services, call.body, call.query.filename)
    return await put_script(call, script, known=None)


async def change_script(call: Call[ScriptChanges, None]) -> ScriptView:
    """Change a script's title or author."""
    stored = await find_script(call)
    given = msgspec.structs.asdict(call.body).items()
    changes = {name: value for name, value in given if value is not UNSET}
    return await put_script(call, msgspec.structs.replace(script_of(stored), **changes), stored)


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


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        method="POST",
        path="/v1/scripts",
        summary="Upload a script",
        handle=create_script,
        body=NewScript,
        example=_EXAMPLE,
        file=SCRIPT_FILES,
        query=UploadQuery,
        result=ScriptView,
        status=201,
        repeatable=True,
        rate=UPLOAD_RATE,
        errors=(UNREADABLE_SCRIPT, QUOTA_REACHED, BUSY),
    ),
    Operation(
        method="GET",
        path="/v1/scripts",
        summary="List my scripts",
        handle=list_scripts,
        query=ScriptQuery,
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
        file=SCRIPT_FILES,
        query=UploadQuery,
        result=ScriptView,
        conditional=True,
        rate=UPLOAD_RATE,
        errors=(UNREADABLE_SCRIPT, BUSY),
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
