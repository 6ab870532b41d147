"""A whole rehearsal in a real browser, hands free; other pages are looked at while it goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.rehearsal_server.web.browser.fake_microphone import BEGIN_AT_S, CHECK_AT_S
from tests.rehearsal_server.web.browser.people import PHONE, Person, person

pytestmark = pytest.mark.asyncio(loop_scope="module")

# The scene takes three quarters of a minute; a busy machine starts it late.
_SCENE_S = 120
# The server hears speech this long after it began.
_ONSET_S = 0.15


@dataclass
class Rehearsed:
    """What was seen on the way through the scene."""

    figures: dict[str, str]
    cues: list[str]


async def rehearse(somebody: Person) -> Rehearsed:
    """From the microphone check to the report, with one tap."""
    page = somebody.page
    # The recording cannot ask for a prompt, nor react to one.
    await somebody.prefer(promptAfterMs=15_000)
    await somebody.open_microphone()
    await page.wait_for_selector("text=We hear you")
    await asyncio.sleep(BEGIN_AT_S - CHECK_AT_S - _ONSET_S)
    await page.click("text=Begin")
    await page.click(".diagnostics summary")
    await page.evaluate(
        """() => {
            window.cues = [];
            const cue = document.querySelector(".cue");
            new MutationObserver(() => window.cues.push(cue.dataset.cue))
                .observe(cue, { attributeFilter: ["data-cue"] });
        }"""
    )
    await somebody.cue("Your line")
    await somebody.show("stage")
    await somebody.check_accessibility()
    figures: dict[str, str] = {}
    while await page.locator(".stage").count():
        for name in ("turn", "paint", "chunks", "dropped", "repeated", "underruns"):
            shown = page.locator(f"[data-figure={name}]")
            if await shown.count():
                figures[name] = (await shown.all_inner_texts() or [figures.get(name, "")])[0]
        await asyncio.sleep(0.3)
    await page.wait_for_selector(".report")
    return Rehearsed(figures, await page.evaluate("window.cues"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def actor(browser: Browser, server_url: str) -> AsyncIterator[Person]:
    async with person(browser, server_url, "desktop") as somebody:
        await somebody.register()
        await somebody.take_bundled_scene()
        yield somebody


@pytest_asyncio.fixture(scope="module", loop_scope="module", autouse=True)
async def rehearsal(actor: Person) -> AsyncIterator[asyncio.Task[Rehearsed]]:
    """The scene, which goes on while the other tests run."""
    task = asyncio.create_task(rehearse(actor), name="rehearsal")
    yield task
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_denied_microphone_is_explained(browser: Browser, server_url: str) -> None:
    async with person(browser, server_url, "denied", microphone=False) as somebody:
        await somebody.register()
        await somebody.take_bundled_scene()
        await somebody.open_microphone()
        alert = somebody.page.locator("[role=alert]")
        assert "microphone is blocked" in await alert.inner_text()
        await somebody.show("microphone-denied")
        await somebody.check_accessibility()
        somebody.check_complaints()


async def test_every_page_is_for_everybody(browser: Browser, server_url: str) -> None:
    """On a phone, in the dark: nothing is wider than the screen, and axe has no serious remark."""
    async with person(
        browser, server_url, "phone", viewport=PHONE, color_scheme="dark"
    ) as somebody:
        page = somebody.page
        for address in ("sign-in", "register", "reset"):
            await somebody.go(address)
            await page.wait_for_selector("form")
            await look_at(somebody, address)
        await somebody.register()
        await look_at(somebody, "no-scripts")
        await somebody.take_bundled_scene()
        for summary in await page.locator("details.card > summary").all():
            await summary.click()
        await look_at(somebody, "script")
        for address, sign in (("scripts", ".rows"), ("practice", "h1"), ("settings", ".settings")):
            await somebody.go(address)
            await page.wait_for_selector(f"body[data-page={address}] {sign}")
            await look_at(somebody, address)
        somebody.check_complaints()


async def look_at(somebody: Person, name: str) -> None:
    await somebody.show(name)
    await somebody.check_accessibility()
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert await somebody.page.evaluate(wider) <= 0, f"{name} is wider than the screen"


async def test_the_keyboard_is_enough(browser: Browser, server_url: str) -> None:
    async with person(browser, server_url, "keyboard") as somebody:
        page = somebody.page
        await somebody.register()
        await somebody.take_bundled_scene()
        await page.focus(".chooser a.button")
        await page.keyboard.press("Enter")
        await page.focus(".choice >> nth=0")
        await page.keyboard.press("Enter")
        await page.wait_for_selector(".check")
        await page.keyboard.press("Enter")  # Begin has the focus
        await somebody.cue("Listen")
        await page.keyboard.press("ArrowRight")
        await somebody.cue("Your line")
        await page.keyboard.press("l")
        await somebody.cue("Prompt")
        await page.keyboard.press(" ")
        await somebody.cue("Paused")
        await page.keyboard.press(" ")
        await somebody.cue("Your line")
        await page.click("text=End rehearsal")
        await page.wait_for_selector(".report")
        somebody.check_complaints()


async def test_inline_scripts_are_refused(browser: Browser, server_url: str) -> None:
    async with person(browser, server_url, "policy") as somebody:
        await somebody.go("sign-in")
        await somebody.page.wait_for_selector("form")
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
        await somebody.go("sign-in")
        await somebody.page.evaluate("navigator.serviceWorker.ready.then(() => null)")
        await somebody.page.context.set_offline(True)
        await somebody.page.reload()
        assert await somebody.page.inner_text("h1") == "You are offline"
        await somebody.show("offline")


async def test_a_scene_is_rehearsed_to_its_end_hands_free(
    actor: Person, rehearsal: asyncio.Task[Rehearsed]
) -> None:
    rehearsed = await asyncio.wait_for(rehearsal, _SCENE_S)
    assert {"listen", "speak", "done", "scene_end"} <= set(rehearsed.cues)
    assert rehearsed.cues.count("done") >= 7
    page = actor.page
    assert await page.locator(".take").count() == 7
    assert await page.locator(".take[data-outcome=spoken]").count() == 7
    for summary in (await page.locator(".take details > summary").all())[:2]:
        await summary.click()
    await page.wait_for_selector("svg.contour")
    await actor.show("report")
    await actor.check_accessibility()
    actor.check_complaints()


async def test_what_the_diagnostics_count_adds_up(rehearsal: asyncio.Task[Rehearsed]) -> None:
    figures = (await rehearsal).figures
    # Every turn but the last, whose line nobody answers.
    assert "(6 ×" in figures["turn"] or "(7 ×" in figures["turn"], figures
    assert "ms" in figures["paint"]
    assert int(figures["chunks"]) > 1000
    assert (figures["dropped"], figures["repeated"]) == ("0", "0")


async def test_the_report_leads_to_the_next_rehearsal(actor: Person) -> None:
    page = actor.page
    await page.click("text=Run the whole scene again")
    await page.wait_for_selector(".choices")
    await actor.go("practice")
    await page.wait_for_selector("body[data-page=practice] .rows")
    await actor.show("practice")
    await actor.check_accessibility()
    actor.check_complaints()
