"""A whole scene in the browser, hands free."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from tests.rehearsal_server.web.browser.fake_microphone import BEGIN_AT_S, CHECK_AT_S
from tests.rehearsal_server.web.browser.people import Person

# The server hears speech this long after it began.
_ONSET_S = 0.15
_COUNT_CUES = """() => {
    window.cues = [];
    const cue = document.querySelector(".cue");
    new MutationObserver(() => window.cues.push(cue.dataset.cue))
        .observe(cue, { attributeFilter: ["data-cue"] });
}"""
_READ_FIGURES = """() => Object.fromEntries(
    [...document.querySelectorAll("[data-figure]")].map((dd) => [dd.dataset.figure, dd.textContent])
)"""


@dataclass
class Rehearsed:
    """What was seen on the way through the scene."""

    figures: dict[str, str]
    cues: list[str]


async def begin(somebody: Person) -> None:
    """From the chosen part to the first cue, when the recording begins to play it."""
    # The recording cannot ask for a prompt, nor react to one.
    await somebody.prefer(promptAfterMs=15_000)
    await somebody.open_microphone()
    await somebody.page.wait_for_selector("text=We hear you")
    await asyncio.sleep(BEGIN_AT_S - CHECK_AT_S - _ONSET_S)
    await somebody.page.click("text=Begin")
    await somebody.page.wait_for_selector(".stage")


async def rehearse(somebody: Person) -> Rehearsed:
    """Play the bundled scene to its report; nothing is touched after the beginning."""
    page = somebody.page
    await begin(somebody)
    await page.evaluate(_COUNT_CUES)
    await somebody.cue("Your line")
    await somebody.show("stage", full_page=False)
    await somebody.check_accessibility()
    await page.click(".diagnostics summary")
    figures: dict[str, str] = {}
    while await page.locator(".stage").count():
        figures = await page.evaluate(_READ_FIGURES) or figures
        await asyncio.sleep(0.2)
    await page.wait_for_selector(".report")
    return Rehearsed(figures, await page.evaluate("window.cues"))
