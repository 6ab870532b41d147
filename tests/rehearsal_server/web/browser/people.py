"""A browser, and what somebody does in it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import uuid4

from playwright.async_api import Browser, Page, async_playwright

PASSWORD = "once more unto the breach"
DESKTOP = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}
# Violations that keep somebody out; axe's lesser ones are for a person to weigh.
_SEVERE = {"serious", "critical"}
_AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


def find_chromium() -> str | None:
    """Debian's Chromium, or another of that name."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@asynccontextmanager
async def open_browser(executable: str, microphone: Path) -> AsyncIterator[Browser]:
    """A browser whose microphone is a file, which begins when a page opens the microphone."""
    arguments = [
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={microphone}",
        # As root, as in a container, Chromium has no sandbox.
        *(["--no-sandbox"] if os.geteuid() == 0 else []),
    ]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=arguments)
        try:
            yield browser
        finally:
            await browser.close()


@dataclass
class Person:
    """Somebody at a page; whatever the page complains of is kept."""

    page: Page
    url: str
    name: str
    complaints: list[str] = field(default_factory=list)

    async def go(self, address: str, sign: str = "h1") -> None:
        """Open a page and wait for what only it shows."""
        await self.page.goto(f"{self.url}/#/{address}")
        await self.page.wait_for_selector(f"main[data-page={address}] {sign}")

    async def register(self) -> None:
        await self.go("register")
        await self.page.fill("input[type=email]", f"{uuid4().hex}@example.org")
        await self.page.fill("input[autocomplete=new-password]", PASSWORD)
        await self.page.click("button[type=submit]")
        await self.page.wait_for_selector(".poster-card")

    async def take_bundled_scene(self) -> None:
        await self.page.click(".poster-card button")
        await self.page.wait_for_selector(".chooser")

    async def prefer(self, **preferences: Any) -> None:
        value = json.dumps(preferences)
        await self.page.evaluate("v => localStorage.setItem('rehearsal.preferences', v)", value)

    async def open_microphone(self) -> None:
        await self.page.click(".chooser a.button")
        await self.page.click(".choice >> nth=0")

    async def cue(self, text: str, timeout_ms: int = 40_000) -> None:
        """Wait until the cue on screen says so."""
        await self.page.locator(".cue-title", has_text=text).wait_for(timeout=timeout_ms)

    async def figure(self, name: str) -> str:
        """A figure of the diagnostics, which must be open."""
        return await self.page.inner_text(f"[data-figure={name}]")

    async def show(self, name: str, *, full_page: bool = True) -> None:
        """Keep a picture of the page, where somebody wants to leaf through them."""
        folder = os.environ.get("REHEARSAL_SCREENSHOTS")
        if folder:
            path = Path(folder) / f"{name}-{self.name}.png"
            await self.page.screenshot(path=path, full_page=full_page)

    async def check_accessibility(self) -> None:
        await self.page.evaluate(_AXE)
        found = await self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        severe = [
            (violation["id"], [node["html"] for node in violation["nodes"]])
            for violation in found["violations"]
            if violation["impact"] in _SEVERE
        ]
        assert severe == []

    async def look_around(self, name: str) -> None:
        """Whatever page this is: it fits on the screen, and is there for everybody."""
        await self.show(name)
        await self.check_accessibility()
        wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert await self.page.evaluate(wider) <= 0, f"{name} is wider than the screen"

    def check_complaints(self) -> None:
        """Neither an error in a script nor anything that the security policy refused."""
        assert self.complaints == []


@asynccontextmanager
async def person(
    browser: Browser, url: str, name: str = "desktop", *, microphone: bool = True, **context: Any
) -> AsyncIterator[Person]:
    """Somebody in a context of their own."""
    context = {"viewport": DESKTOP, **context}
    permissions = ["microphone"] if microphone else []
    async with await browser.new_context(permissions=permissions, **context) as made:
        page = await made.new_page()
        page.set_default_timeout(40_000)
        somebody = Person(page, url, name)
        page.on("pageerror", lambda error: somebody.complaints.append(str(error)))
        page.on(
            "console",
            lambda message: (
                somebody.complaints.append(message.text) if message.type == "error" else None
            ),
        )
        yield somebody
