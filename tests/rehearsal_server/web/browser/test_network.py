"""A network that breaks in the middle of a line."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Browser

from tests.rehearsal_server.web.browser.cuttable_network import cuttable_network
from tests.rehearsal_server.web.browser.people import person
from tests.rehearsal_server.web.browser.rehearsed import begin

pytestmark = pytest.mark.asyncio(loop_scope="session")

# The actor comes in this long after the cue of the recording, and speaks for longer.
_MID_LINE_S = 1.2


async def test_a_line_survives_a_broken_network(browser: Browser, server_url: str) -> None:
    async with (
        cuttable_network(server_url) as (url, network),
        person(browser, url, "network") as somebody,
    ):
        page = somebody.page
        await somebody.register()
        await somebody.take_bundled_scene()
        await begin(somebody)
        await somebody.cue("Your line")
        await page.click(".diagnostics summary")
        await asyncio.sleep(_MID_LINE_S)
        network.cut()
        await page.wait_for_selector("text=The connection is lost")
        await somebody.show("connection-lost", full_page=False)
        network.mend()
        # The line that was cut is over in the server's eyes only if its audio came after all.
        await somebody.cue("Listen")
        await page.locator("[data-figure=resumes]", has_text="1").wait_for()
        assert await somebody.figure("dropped") == "0"
        await page.click("text=End rehearsal")
        await page.wait_for_selector(".report")
        assert await page.locator(".take[data-outcome=spoken]").count() == 1
