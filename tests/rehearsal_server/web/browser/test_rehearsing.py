"""The scene that was rehearsed meanwhile, and its report."""

from __future__ import annotations

import asyncio

import pytest

from tests.rehearsal_server.web.browser.people import Person
from tests.rehearsal_server.web.browser.rehearsed import Rehearsed

pytestmark = pytest.mark.asyncio(loop_scope="session")

# The scene takes three quarters of a minute; a busy machine starts it late.
_SCENE_S = 120


async def test_a_scene_is_rehearsed_to_its_end_hands_free(
    actor: Person, rehearsal: asyncio.Task[Rehearsed]
) -> None:
    rehearsed = await asyncio.wait_for(rehearsal, _SCENE_S)
    assert {"listen", "speak", "done", "scene_end"} <= set(rehearsed.cues)
    page = actor.page
    assert await page.locator(".take").count() == 7
    assert await page.locator(".take[data-outcome=spoken]").count() == 7
    for summary in (await page.locator(".take details > summary").all())[:2]:
        await summary.click()
    await page.wait_for_selector("svg.contour")
    await actor.look_around("report")
    actor.check_complaints()


async def test_what_the_diagnostics_count_adds_up(rehearsal: asyncio.Task[Rehearsed]) -> None:
    figures = (await rehearsal).figures
    # Every turn but the last, whose line nobody answers.
    assert "(6 ×" in figures["turn"], figures
    assert "ms" in figures["paint"]
    assert int(figures["chunks"]) > 1000
    assert (figures["dropped"], figures["repeated"]) == ("0", "0")


async def test_a_line_is_compared_with_the_take_before(actor: Person) -> None:
    page = actor.page
    await page.locator(".take details[open] >> text=Compare with the take before").first.click()
    await page.wait_for_selector("text=There is no earlier take of this line.")


async def test_practice_shows_the_rehearsal_and_leads_to_its_report(actor: Person) -> None:
    await actor.go("practice", ".rows")
    await actor.look_around("practice")
    await actor.page.click(".rows a")
    await actor.page.wait_for_selector(".report")


async def test_the_report_leads_to_the_next_rehearsal(actor: Person) -> None:
    await actor.page.click("text=Run the whole scene again")
    await actor.page.wait_for_selector(".choices")
    actor.check_complaints()
