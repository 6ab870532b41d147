"""The scenes of a script, and the whole of it as a file."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from rehearsal_server.api.operations import AnyOperation, Call, File, Operation
from rehearsal_server.api.problems import NOT_FOUND, Problem
from rehearsal_server.api.scripts.reading import SCRIPT_JSON
from rehearsal_server.api.scripts.views import find_script, script_of
from rehearsal_server.scripts.fountain_export import script_to_fountain
from rehearsal_server.scripts.model import Scene
from rehearsal_server.scripts.script_json import script_to_json

FOUNTAIN = "text/plain"


class SceneEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A scene as lists show it."""

    id: str
    heading: str
    line_count: int
    characters: Annotated[tuple[str, ...], Meta(description="Who speaks, by first line.")]


class SceneList(msgspec.Struct, frozen=True, kw_only=True):
    """The scenes of a script, in order."""

    items: tuple[SceneEntry, ...]


class ExportQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to write a script."""

    format: Annotated[
        Literal["fountain", "json"],
        Meta(description="`json` keeps everything; Fountain has no place for times and notices."),
    ] = "fountain"


async def list_scenes(call: Call[None, None]) -> SceneList:
    """List the scenes of a script."""
    script = script_of(await find_script(call))
    return SceneList(items=tuple(_entry(scene) for scene in script.scenes))


async def show_scene(call: Call[None, None]) -> Scene:
    """Show one scene with its lines."""
    script = script_of(await find_script(call))
    for scene in script.scenes:
        if scene.id == call.path["scene"]:
            return scene
    raise Problem(NOT_FOUND)


async def export_script(call: Call[None, ExportQuery]) -> File:
    """Hand a script over as a file that can be uploaded again."""
    script = script_of(await find_script(call))
    if call.query.format == "json":
        return File(data=script_to_json(script), media_type=SCRIPT_JSON, name="script.json")
    text = script_to_fountain(script)
    return File(data=text.encode(), media_type=FOUNTAIN, name="script.fountain")


def _entry(scene: Scene) -> SceneEntry:
    names = dict.fromkeys(line.character for line in scene.lines)
    return SceneEntry(
        id=scene.id,
        heading=scene.heading,
        line_count=len(scene.lines),
        characters=tuple(names),
    )


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        method="GET",
        path="/v1/scripts/{script_id}/scenes",
        summary="List the scenes of a script",
        handle=list_scenes,
        result=SceneList,
    ),
    Operation(
        method="GET",
        path="/v1/scripts/{script_id}/scenes/{scene}",
        summary="Show a scene with its lines",
        handle=show_scene,
        result=Scene,
    ),
    Operation(
        method="GET",
        path="/v1/scripts/{script_id}/export",
        summary="Export a script as Fountain or JSON",
        handle=export_script,
        query=ExportQuery,
        result=File,
        produces=(FOUNTAIN, SCRIPT_JSON),
    ),
)
