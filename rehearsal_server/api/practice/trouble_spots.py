"""Where one's lines go wrong take after take."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from rehearsal_server.api.operations import AnyOperation, Call, Operation
from rehearsal_server.api.problems import NOT_FOUND, Problem
from rehearsal_server.wording.trouble_spots import TroubleSpot, find_trouble_spots, line_take
from storage.performances import ORDERS, PerformanceFilter

# The latest takes of a script, so that a long history costs no more than a short one.
MOST_TAKES = 500


class TroubleQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose lines."""

    role: Annotated[
        Annotated[str, Meta(min_length=1, max_length=200)] | None,
        Meta(description="Of this character only."),
    ] = None


class TroubleSpots(msgspec.Struct, frozen=True, kw_only=True):
    """Words to go over again, worst first."""

    items: tuple[TroubleSpot, ...]
    takes: Annotated[int, Meta(description="Takes whose words were followed, of the latest 500.")]


async def list_trouble_spots(call: Call[None, TroubleQuery]) -> TroubleSpots:
    """List the stretches of a script that go wrong."""
    script_id, services = call.path["script_id"], call.services
    if await services.scripts.get(call.user_id, script_id) is None:
        raise Problem(NOT_FOUND)
    which = PerformanceFilter(script_id=script_id, character=call.query.role)
    page = await services.performances.list(
        call.user_id, which, ORDERS["newest"], after=None, limit=MOST_TAKES
    )
    found = (line_take(p.line_id, p.line_text, p.scores) for p in reversed(page.items))
    takes = [take for take in found if take is not None]
    return TroubleSpots(items=find_trouble_spots(takes), takes=len(takes))


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        method="GET",
        path="/v1/scripts/{script_id}/trouble-spots",
        summary="Show where my lines go wrong",
        handle=list_trouble_spots,
        query=TroubleQuery,
        result=TroubleSpots,
    ),
)
