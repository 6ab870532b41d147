"""What is known of somebody's voice: to see it, and to have it forgotten."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from models.emotion.baseline import BaselineState, state_after
from rehearsal_server.api.operations import AnyOperation, Call, Operation
from storage.speakers import Speaker


class VoiceBaseline(msgspec.Struct, frozen=True, kw_only=True):
    """How I sound when I express nothing in particular, as far as it was learnt."""

    state: Annotated[
        BaselineState,
        Meta(description="`ready` once it rests on enough speech to be relied on."),
    ]
    voiced_s: Annotated[float, Meta(description="Seconds of voice that it rests on.")]
    model: Annotated[
        str | None,
        Meta(description="SHA-256 of the model that learnt it; another one learns it anew."),
    ]
    usual: Annotated[
        dict[str, Any] | None,
        Meta(description="Mean measures of my lines: pitch, loudness, tempo, …"),
    ]
    calibrated_at: Annotated[
        datetime | None, Meta(description="When I last read neutrally for its sake.")
    ]
    updated_at: datetime | None


async def show_voice(call: Call[None, None]) -> VoiceBaseline:
    """Show my voice's baseline; all null and `none` where nothing was learnt yet."""
    return _view(await call.services.speakers.get(call.user_id))


async def forget_voice(call: Call[None, None]) -> None:
    """Forget my voice; the next session learns it anew."""
    await call.services.speakers.forget(call.user_id)


def _view(speaker: Speaker | None) -> VoiceBaseline:
    learnt = (speaker.learnt if speaker else None) or {}
    voiced_s = float(learnt.get("voiced_s", 0.0))
    return VoiceBaseline(
        state=state_after(voiced_s),
        voiced_s=voiced_s,
        model=learnt.get("model"),
        usual=speaker.usual if speaker else None,
        calibrated_at=speaker.calibrated_at if speaker else None,
        updated_at=speaker.updated_at if speaker else None,
    )


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        method="GET",
        path="/v1/users/me/voice",
        summary="Show what is known of my voice",
        handle=show_voice,
        result=VoiceBaseline,
    ),
    Operation(
        method="DELETE",
        path="/v1/users/me/voice",
        summary="Forget what is known of my voice",
        handle=forget_voice,
        status=204,
    ),
)
