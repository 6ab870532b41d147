"""An uploaded recording, measured as live audio is; nothing of it is kept."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from rehearsal_server.api.operations import AnyOperation, Call, FileBody, Operation, Upload
from rehearsal_server.api.practice.performances import Id
from rehearsal_server.api.problems import (
    BUSY,
    UNUSABLE_RECORDING,
    Problem,
    invalid_field,
)
from rehearsal_server.api.rate_limits import Rate
from rehearsal_server.api.scripts.views import script_of
from rehearsal_server.learned_models import emotion_card
from rehearsal_server.live.archive import to_remarks, to_take
from rehearsal_server.scripts.model import Line
from rehearsal_server.session.result import SessionResult
from rehearsal_server.uploaded_take import TakePlan, UnusableRecording, analyse_recording
from rehearsal_server.worker import WorkerBusy, WorkFailed, WorkTooLong
from storage.results import Remark, Take

# The bytes decide what a file is; of its declared type we only want to know that it may be one.
AUDIO_FILES = FileBody(
    media_types=(
        "audio/wav",
        "audio/x-wav",
        "audio/wave",
        "audio/flac",
        "audio/x-flac",
        "audio/ogg",
        "audio/mpeg",
        "audio/aiff",
        "application/octet-stream",
    ),
    max_bytes=lambda settings: settings.max_recording_mib * 2**20,
)
# An analysis takes seconds of a whole core.
ANALYSIS_RATE = Rate(burst=20, every_s=10)


class RecordedLines(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which lines are in the recording: a role's in a scene, one after the other, or only one."""

    script_id: Id
    scene: Annotated[Id, Meta(description="Id of a scene of the script, e.g. `S1`.")]
    role: Annotated[str, Meta(min_length=1, max_length=200)]
    line_id: Annotated[Id | None, Meta(description="Only this line, e.g. `L12`.")] = None


class Analysis(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured; times in milliseconds from the recording's first sample."""

    duration_ms: int
    completed: Annotated[bool, Meta(description="All the lines were found in the recording.")]
    takes: tuple[Take, ...]
    feedback: tuple[Remark, ...]
    summary: dict[str, Any]


async def analyze_recording(call: Call[Upload, RecordedLines]) -> Analysis:
    """Measure a recording of lines spoken without their partners; nothing of it is kept."""
    plan = await find_lines(call, call.query)
    result = await analysed(call, call.body.data, plan)
    return Analysis(
        duration_ms=result.duration_ms,
        completed=result.completed,
        takes=tuple(to_take(performance) for performance in result.performances),
        feedback=tuple(r for performance in result.performances for r in to_remarks(performance)),
        summary=dict(result.summary),
    )


async def find_lines(call: Call[Any, Any], which: RecordedLines) -> TakePlan:
    """Find the lines in the caller's script; raises the problem of the field that is wrong."""
    stored = await call.services.scripts.get(call.user_id, which.script_id)
    if stored is None:
        raise invalid_field("script_id", "There is no such script in this account.")
    scene = next((one for one in script_of(stored).scenes if one.id == which.scene), None)
    if scene is None:
        raise invalid_field("scene", "The script has no such scene.")
    lines = tuple(line for line in scene.lines if line.character == which.role)
    if not lines:
        raise invalid_field("role", "Nobody of that name speaks in the scene.")
    settings = call.services.settings
    return TakePlan(
        scene_id=scene.id,
        role=which.role,
        lines=_chosen(lines, which.line_id),
        known=await call.services.speakers.get(call.user_id),
        emotion_card=emotion_card(settings),
        directions=settings.directions,
    )


async def analysed(call: Call[Any, Any], data: bytes, plan: TakePlan) -> SessionResult:
    """Analyse a recording in the worker; raises the problem of one that cannot be."""
    try:
        return await call.services.recording_worker.run(analyse_recording, data, plan)
    except UnusableRecording as error:
        raise Problem(UNUSABLE_RECORDING, str(error)) from None
    except WorkerBusy:
        detail = "Too many recordings are being analysed."
        raise Problem(BUSY, detail, headers={"retry-after": "30"}) from None
    except (WorkTooLong, WorkFailed):
        detail = "It takes too long to analyse; bring it in parts."
        raise Problem(UNUSABLE_RECORDING, detail) from None


def _chosen(lines: tuple[Line, ...], line_id: str | None) -> tuple[Line, ...]:
    chosen = tuple(line for line in lines if line_id in (None, line.id))
    if not chosen:
        raise invalid_field("line_id", "The role has no such line in the scene.")
    return chosen


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        method="POST",
        path="/v1/performances/analyze",
        summary="Measure a recording of my lines",
        handle=analyze_recording,
        file=AUDIO_FILES,
        query=RecordedLines,
        result=Analysis,
        rate=ANALYSIS_RATE,
        errors=(UNUSABLE_RECORDING, BUSY),
    ),
)
