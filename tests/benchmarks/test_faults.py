"""The fault benchmark, small: nothing is lost or doubled, and a loss would be seen."""

from __future__ import annotations

import dataclasses

import pytest

from benchmarks.fault_places import Absent
from benchmarks.faulted_sessions import Account, Audit
from benchmarks.faults import Options, Outcome, run
from rehearsal_server.protocol.server_messages import LineResult, Saved, Speech

CLEAN = Audit(
    sessions=1,
    events=9,
    lines=3,
    resumes=1,
    events_lost=0,
    events_doubled=0,
    performances_lost=0,
    performances_doubled=0,
    sessions_broken=0,
)


async def test_nothing_is_lost_when_the_server_is_killed() -> None:
    options = Options(kills=2, sessions=1, seed=3, only=("kill_sqlite",))
    (outcome,) = [outcome async for outcome in run(options)]
    assert not isinstance(outcome, Absent)
    assert outcome.is_clean, outcome
    assert outcome.audit.lines >= 3
    assert outcome.figures["kills"] == 2


@pytest.mark.parametrize(
    "fault",
    [
        "events_lost",
        "events_doubled",
        "performances_lost",
        "performances_doubled",
        "sessions_broken",
    ],
)
def test_any_loss_is_seen(fault: str) -> None:
    assert Outcome("x", CLEAN, []).is_clean
    assert not Outcome("x", dataclasses.replace(CLEAN, **{fault: 1}), []).is_clean


def test_an_account_takes_down_what_is_final() -> None:
    account = Account("s")
    account.take(Speech(event=1, state="started", at_ms=0))
    account.take(LineResult(event=2, line_id="L2", take=1, outcome="spoken"))
    account.take(Saved(event=3, session_id="s", performances=1, summary={}))
    assert (account.events, account.lines, account.saved) == ([1, 2, 3], [("L2", 1)], 1)
