"""Take against take: two performances of a line, aligned; as figures and as a drawing."""

from __future__ import annotations

import asyncio

from rehearsal_server.api.operations import AnyOperation, Call, File, Operation
from rehearsal_server.api.practice.performances import find_performance
from rehearsal_server.api.problems import NOT_COMPARABLE, Problem
from rehearsal_server.api.rate_limits import Rate
from rehearsal_server.take_plot import draw_review
from rehearsal_server.take_review import NotComparable, TakeReview, review_takes

SVG = "image/svg+xml"
# An alignment takes up to a tenth of a second of a core.
COMPARISON_RATE = Rate(burst=60, every_s=1)


async def compare_performances(call: Call[None, None]) -> TakeReview:
    """Compare two takes of a line: contours, range, energy, tempo, pauses, emotion."""
    first = await find_performance(call, call.path["performance_id"])
    second = await find_performance(call, call.path["other_id"])
    try:
        return await asyncio.to_thread(review_takes, first, second)
    except NotComparable as reason:
        raise Problem(NOT_COMPARABLE, f"They cannot be compared: {reason}.") from None


async def plot_performances(call: Call[None, None]) -> File:
    """Draw two takes of a line over each other."""
    review = await compare_performances(call)
    return File(data=draw_review(review).encode(), media_type=SVG, name="comparison.svg")


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        method="GET",
        path="/v1/performances/{performance_id}/comparison/{other_id}",
        summary="Compare two performances of a line",
        handle=compare_performances,
        result=TakeReview,
        rate=COMPARISON_RATE,
        errors=(NOT_COMPARABLE,),
    ),
    Operation(
        method="GET",
        path="/v1/performances/{performance_id}/comparison/{other_id}/plot",
        summary="Draw two performances of a line over each other",
        handle=plot_performances,
        produces=(SVG,),
        rate=COMPARISON_RATE,
        errors=(NOT_COMPARABLE,),
    ),
)
