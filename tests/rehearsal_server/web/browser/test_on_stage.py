"""The microphone, and the stage with everything that can be done on it."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser

from tests.rehearsal_server.web.browser.people import Person, person

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_denied_microphone_is_explained(browser: Browser, server_url: str) -> None:
    async with person(browser, server_url, "denied", microphone=False) as somebody:
        await somebody.register()
        await somebody.take_bundled_scene()
        await somebody.open_microphone()
        alert = somebody.page.locator("[role=alert]")
        assert "microphone is blocked" in await alert.inner_text()
        await somebody.look_around("microphone-denied")
        await somebody.page.click("button:text('Try again')")
        await somebody.page.wait_for_selector(".choices")
        somebody.check_complaints()


async def test_the_keyboard_is_enough(somebody: Person) -> None:
    page = somebody.page
    await somebody.take_bundled_scene()
    await page.focus(".chooser a.button")
    await page.keyboard.press("Enter")
    await page.focus(".choice >> nth=1")  # the loudspeaker
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".check")
    await somebody.look_around("check")
    await page.keyboard.press("Enter")  # Begin has the focus
    await somebody.cue("Listen")
    await page.keyboard.press("ArrowRight")
    await somebody.cue("Your line")
    await page.keyboard.press("l")
    await somebody.cue("Prompt")
    await somebody.show("prompt", full_page=False)
    await page.keyboard.press(" ")
    await somebody.cue("Paused")
    await page.keyboard.press(" ")
    await somebody.cue("Your line")
    await page.click("text=End rehearsal")
    await page.wait_for_selector(".report")


async def test_lines_are_hidden_as_asked_and_can_be_peeked_at(somebody: Person) -> None:
    page = somebody.page
    await somebody.take_bundled_scene()
    await page.click(".chooser a.button")
    await page.click(".choice >> nth=0")
    await page.click("text=Begin")
    line = page.locator(".line.mine .line-text").first
    for step, text in (
        ("words", "Then I'm early …"),
        ("initials", "T I e f t n o."),
        ("hidden", ""),
    ):
        await page.select_option("#ladder", step)
        assert (await line.inner_text()).strip() == text
    await line.locator(".peek").click()
    assert await line.inner_text() == "Then I'm early for the next one."


async def test_a_line_that_stuck_is_run_alone(somebody: Person) -> None:
    page = somebody.page
    await somebody.take_bundled_scene()
    script_id = page.url.rpartition("/")[2]
    await page.goto(f"{somebody.url}/#/rehearse/{script_id}/S1?role=Mara&lines=L4")
    await page.click(".choice >> nth=0")
    await page.click("text=Begin")
    await somebody.cue("Listen")
    assert "museum" in await page.inner_text(".line[aria-current]")
    await page.keyboard.press("ArrowRight")
    await somebody.cue("Your line")
    await page.keyboard.press("ArrowRight")
    await page.wait_for_selector(".report")
    (take,) = await page.locator(".take").all()
    assert "You're wearing the cap." in await take.inner_text()


async def test_a_microphone_that_goes_ends_the_rehearsal(browser: Browser, server_url: str) -> None:
    async with person(browser, server_url) as somebody:
        page = somebody.page
        await page.add_init_script(
            """const devices = navigator.mediaDevices, ask = devices.getUserMedia.bind(devices);
            devices.getUserMedia = async (what) => (window.microphone = await ask(what));"""
        )
        await somebody.register()
        await somebody.take_bundled_scene()
        await somebody.open_microphone()
        await page.click("text=Begin")
        await somebody.cue("Listen")
        await page.evaluate(
            "window.microphone.getAudioTracks()[0].dispatchEvent(new Event('ended'))"
        )
        alert = page.locator("[role=alert]")
        assert "The microphone is gone" in await alert.inner_text()
        await page.click("text=See what was measured")
        await page.wait_for_selector(".report")
        somebody.check_complaints()


async def test_leaving_the_page_ends_the_session(somebody: Person) -> None:
    page = somebody.page
    await somebody.take_bundled_scene()
    await somebody.open_microphone()
    await page.click("text=Begin")
    await somebody.cue("Listen")
    await page.click("nav >> text=Practice")
    await page.wait_for_selector("main[data-page=practice] .rows")
    await page.reload()
    await page.wait_for_selector("text=ended early")
