from __future__ import annotations

import asyncio
import logging

import pytest

from rehearsal_server.api.background import Background


async def test_closing_waits_for_what_is_under_way() -> None:
    done = []

    async def work() -> None:
        await asyncio.sleep(0)
        done.append(True)

    background = Background()
    background.start(work())
    assert done == []
    await background.close()
    assert done == [True]


async def test_a_failure_is_logged_and_harms_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        raise OSError("no mail server")

    background = Background()
    with caplog.at_level(logging.ERROR):
        background.start(fail())
        await background.close()
    assert "failed" in caplog.text
