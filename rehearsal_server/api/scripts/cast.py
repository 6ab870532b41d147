"""Who speaks in a script, and cast review: putting right what the import took for a person."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from rehearsal_server.api.operations import AnyOperation, Call, Operation
from rehearsal_server.api.problems import INVALID, FieldProblem, Problem
from rehearsal_server.api.scripts.views import ScriptView, find_script, put_script, script_of
from rehearsal_server.scripts.casting import merge_characters, reassign_lines, rename_character
from rehearsal_server.scripts.errors import ScriptError
from rehearsal_server.scripts.model import Script

MAX_REVIEW_BYTES = 256 * 1024

CharacterName = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
LineName = Annotated[str, Meta(min_length=1, max_length=64)]


class Rename(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="rename",
    tag_field="do",
):
    """Give a character another name."""

    name: CharacterName
    new_name: CharacterName


class Merge(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="merge",
    tag_field="do",
):
    """Make several characters one."""

    names: Annotated[tuple[CharacterName, ...], Meta(min_length=1, max_length=200)]
    into: CharacterName


class Reassign(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="reassign",
    tag_field="do",
):
    """Give lines to a character, who may be new to the script."""

    line_ids: Annotated[tuple[LineName, ...], Meta(min_length=1, max_length=10_000)]
    character: CharacterName


CastChange = Rename | Merge | Reassign


class CastReview(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Changes of who speaks, made in this order, all of them or none."""

    changes: Annotated[tuple[CastChange, ...], Meta(min_length=1, max_length=200)]


class CharacterEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who speaks in a script."""

    name: str
    line_count: int
    scenes: Annotated[tuple[str, ...], Meta(description="Ids of the scenes they speak in.")]


class CharacterList(msgspec.Struct, frozen=True, kw_only=True):
    """Who speaks in a script, by first appearance."""

    items: tuple[CharacterEntry, ...]


async def list_characters(call: Call[None, None]) -> CharacterList:
    """List who speaks in a script."""
    script = script_of(await find_script(call))
    scenes: dict[str, list[str]] = {}
    for scene in script.scenes:
        for name in dict.fromkeys(line.character for line in scene.lines):
            scenes.setdefault(name, []).append(scene.id)
    return CharacterList(
        items=tuple(
            CharacterEntry(name=c.name, line_count=c.line_count, scenes=tuple(scenes[c.name]))
            for c in script.characters
        )
    )


async def review_cast(call: Call[CastReview, None]) -> ScriptView:
    """Rename or merge characters, or give lines to another; every line keeps its id."""
    stored = await find_script(call)
    script = script_of(stored)
    for number, change in enumerate(call.body.changes):
        try:
            script = _changed(script, change)
        except ScriptError as error:
            where = FieldProblem(field=f"changes[{number}]", message=error.message)
            raise Problem(INVALID, error.message, errors=(where,)) from None
    return await put_script(call, script, known=stored)


def _changed(script: Script, change: CastChange) -> Script:
    match change:
        case Rename():
            return rename_character(script, change.name, change.new_name)
        case Merge():
            return merge_characters(script, change.names, change.into)
        case Reassign():
            return reassign_lines(script, change.line_ids, change.character)


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        method="GET",
        path="/v1/scripts/{script_id}/characters",
        summary="List who speaks in a script",
        handle=list_characters,
        result=CharacterList,
    ),
    Operation(
        method="PATCH",
        path="/v1/scripts/{script_id}/characters",
        summary="Put right who speaks in a script",
        handle=review_cast,
        body=CastReview,
        max_json_bytes=MAX_REVIEW_BYTES,
        example=CastReview(
            changes=(
                Merge(names=("ALGY",), into="ALGERNON"),
                Rename(name="LANE", new_name="MERRIMAN"),
                Reassign(line_ids=("L7",), character="JACK"),
            )
        ),
        result=ScriptView,
        conditional=True,
    ),
)
