"""Whether what REST gives back afterwards is what was told live."""

from __future__ import annotations

import msgspec

from rehearsal_server.api.practice.sessions import SessionDetail
from rehearsal_server.demo.take import Take
from rehearsal_server.protocol.server_messages import Feedback, LineResult, Saved, Timing
from storage.results import Performance


def disagreements(take: Take, detail: SessionDetail) -> list[str]:
    """Compare a take with the session that was saved of it.

    Of a line that the actor took back after its end was announced, the later timing and result
    count, as in the protocol; feedback on what was taken back may have been told and not kept.
    """
    found = []
    if detail.state != "completed":
        found.append(f"the saved session is {detail.state}, not completed")
    for saved in take.messages(Saved):
        if saved.performances != len(detail.performances):
            found.append(
                f"{saved.performances} performances were announced, "
                f"{len(detail.performances)} are saved"
            )
        if saved.summary != detail.summary:
            found.append("the summary is not the one that was told")
    results = take.results()
    performances = {(p.line_id, p.take): p for p in detail.performances}
    if set(results) != set(performances):
        found.append(f"takes {sorted(results)} were told, {sorted(performances)} are saved")
    for key, performance in performances.items():
        if key in results and performance.outcome != results[key].outcome:
            found.append(f"{performance.line_id}: another outcome is saved")
        found += _different_figures(performance, take.timings().get(key))
    return found + _different_feedback(take, detail)


def _different_figures(performance: Performance, timing: Timing | None) -> list[str]:
    if timing is None:
        told_nothing = performance.outcome == "skipped"
        return [] if told_nothing else [f"{performance.line_id}: saved without a timing told"]
    saved = {
        **(performance.timing or {}),
        "pickup_ms": performance.pickup_ms,
        "duration_ms": performance.duration_ms,
    }
    told = msgspec.json.decode(msgspec.json.encode(timing))
    return [
        f"{performance.line_id}: {name} is saved as {saved[name]}, but was told as {told[name]}"
        for name in sorted(saved.keys() & told.keys())
        if saved[name] != told[name]
    ]


def _different_feedback(take: Take, detail: SessionDetail) -> list[str]:
    told = {(f.line_id, f.code, f.text) for f in take.messages(Feedback)}
    saved = {(f.line_id, f.code, f.text) for f in detail.feedback}
    found = [f"{line_id}: {code} is saved, but was not told" for line_id, code, _ in saved - told]
    if not _was_taken_back(take):
        found += [
            f"{line_id}: {code} was told, but is not saved" for line_id, code, _ in told - saved
        ]
    return found


def _was_taken_back(take: Take) -> bool:
    return len(take.results()) < sum(1 for _ in take.messages(LineResult))
