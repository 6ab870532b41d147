"""From what was uploaded to a script, without holding up anything else."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from rehearsal_server.api.operations import FileBody, Upload
from rehearsal_server.api.problems import (
    BUSY,
    TOO_LARGE,
    UNREADABLE_SCRIPT,
    FieldProblem,
    Problem,
    invalid_field,
)
from rehearsal_server.api.scripts.views import Heading
from rehearsal_server.api.services import Services
from rehearsal_server.scripts.errors import ScriptError
from rehearsal_server.scripts.model import Script
from rehearsal_server.scripts.parse import parse_script
from rehearsal_server.scripts.upload import parse_upload
from rehearsal_server.worker import WorkerBusy, WorkFailed, WorkTooLong

# A script as `/export?format=json` writes it.
SCRIPT_JSON = "application/vnd.rehearsal.script+json"
# The bytes decide what a file is; of its declared type we only want to know that it may be one.
SCRIPT_FILES = FileBody(
    media_types=(
        "text/plain",
        "application/pdf",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/xml",
        "text/xml",
        "application/x-subrip",
        "text/vtt",
        SCRIPT_JSON,
        "application/octet-stream",
    ),
    max_bytes=lambda settings: settings.max_script_kib * 1024,
)
# What is parsed in milliseconds is not worth the way to another process.
_SMALL_CHARACTERS = 16_000


class NewScript(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A text to make a script of."""

    text: Annotated[str, Meta(description="The play, in any of the formats.")]
    title: Annotated[Heading | None, Meta(description="Instead of the one in the text.")] = None
    format: Annotated[
        Literal["fountain", "name_colon", "stage"] | None,
        Meta(description="Found out from the text where it is not given."),
    ] = None


class UploadQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a file does not say itself."""

    filename: Annotated[
        Annotated[str, Meta(max_length=255)] | None,
        Meta(
            description="Name of an uploaded file: the title, where there is no other; "
            "`.fountain` tells Fountain from text that looks like it."
        ),
    ] = None


class _Unreadable(msgspec.Struct, frozen=True):
    """Why there is no script; travels between processes, which exceptions do badly."""

    message: str
    source_line: int


async def read_script(services: Services, body: NewScript | Upload, filename: str | None) -> Script:
    """Parse an upload; raises the problem of one that holds no script."""
    if isinstance(body, NewScript):
        _check_text(services, body)
        if len(body.text) <= _SMALL_CHARACTERS:
            return _script_or_problem(await asyncio.to_thread(_parse_text, body))
    work, argument = (
        (_parse_text, (body,)) if isinstance(body, NewScript) else (_parse_file, (body, filename))
    )
    try:
        return _script_or_problem(await services.script_worker.run(work, *argument))
    except WorkerBusy:
        raise Problem(
            BUSY, "Too many scripts are being read.", headers={"retry-after": "5"}
        ) from None
    except (WorkTooLong, WorkFailed):
        message = "It takes too long to read; upload its text, or upload it in parts."
        raise _unreadable(_Unreadable(message, 0)) from None


def _check_text(services: Services, new: NewScript) -> None:
    max_kib = services.settings.max_script_kib
    if len(new.text.encode()) > max_kib * 1024:
        raise Problem(TOO_LARGE, f"A script has {max_kib} KiB at most.")
    if "\x00" in new.text:
        raise invalid_field("text", "This is no text: it contains a zero byte.")


def _parse_text(new: NewScript) -> Script | _Unreadable:
    try:
        return parse_script(new.text, format=new.format, title=new.title)
    except ScriptError as error:
        return _Unreadable(error.message, error.source_line)


def _parse_file(file: Upload, filename: str | None) -> Script | _Unreadable:
    try:
        return parse_upload(file.data, filename=filename)
    except ScriptError as error:
        return _Unreadable(error.message, error.source_line)


def _script_or_problem(read: Script | _Unreadable) -> Script:
    if isinstance(read, _Unreadable):
        raise _unreadable(read)
    if not read.characters:
        raise _unreadable(_Unreadable("Nobody speaks in it.", 0))
    return read


def _unreadable(why: _Unreadable) -> Problem:
    where = FieldProblem(field="text", message=why.message, source_line=why.source_line or None)
    return Problem(UNREADABLE_SCRIPT, why.message, errors=(where,))
