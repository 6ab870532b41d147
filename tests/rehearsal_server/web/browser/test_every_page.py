"""What holds for every page."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Browser

from tests.rehearsal_server.web.browser.people import PHONE, person

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_every_page_is_for_everybody(browser: Browser, server_url: str) -> None:
    """On a phone: nothing is wider than the screen, and axe has no serious remark."""
    await asyncio.gather(*(see_everything(browser, server_url, s) for s in ("dark", "light")))


async def see_everything(browser: Browser, server_url: str, scheme: str) -> None:
    name = f"phone-{scheme}"
    async with person(browser, server_url, name, viewport=PHONE, color_scheme=scheme) as somebody:
        for address in ("sign-in", "register", "reset"):
            await somebody.go(address, "form")
            await somebody.look_around(address)
        await somebody.register()
        await somebody.look_around("no-scripts")
        await somebody.take_bundled_scene()
        for summary in await somebody.page.locator("details.card > summary").all():
            await summary.click()
        await somebody.look_around("script")
        await somebody.open_microphone()
        await somebody.page.click("text=Begin")
        await somebody.cue("Listen")
        await somebody.page.click(".diagnostics summary")
        await somebody.show("stage", full_page=False)
        await somebody.look_around("stage-whole")
        for address, sign in (("scripts", ".rows"), ("practice", "h1"), ("settings", ".settings")):
            await somebody.go(address, sign)
            await somebody.look_around(address)
        somebody.check_complaints()


async def test_inline_scripts_are_refused(browser: Browser, server_url: str) -> None:
    async with person(browser, server_url, "policy") as somebody:
        await somebody.go("sign-in", "form")
        await somebody.page.evaluate(
            """() => {
                const script = document.createElement("script");
                script.textContent = "window.wasRun = true";
                document.body.append(script);
            }"""
        )
        assert await somebody.page.evaluate("window.wasRun") is None
        assert any("Content Security Policy" in one for one in somebody.complaints)


async def test_without_a_network_a_plain_message_is_shown(
    browser: Browser, server_url: str
) -> None:
    async with person(browser, server_url, "offline") as somebody:
        await somebody.go("sign-in", "form")
        await somebody.page.evaluate("navigator.serviceWorker.ready.then(() => null)")
        await somebody.page.context.set_offline(True)
        await somebody.page.reload()
        assert await somebody.page.inner_text("h1") == "You are offline"
        await somebody.show("offline")


async def test_it_can_be_installed(browser: Browser, server_url: str) -> None:
    async with person(browser, server_url) as somebody:
        await somebody.go("sign-in", "form")
        devtools = await somebody.page.context.new_cdp_session(somebody.page)
        manifest = await devtools.send("Page.getAppManifest")
        assert manifest["errors"] == []
        problems = (await devtools.send("Page.getInstallabilityErrors"))["installabilityErrors"]
        # Nothing can be installed from a test's own, private context.
        assert [one["errorId"] for one in problems if one["errorId"] != "in-incognito"] == []
