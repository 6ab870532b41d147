"""One server, one browser and one rehearsal for all tests here.

The rehearsal takes three quarters of a minute of real time: it begins first and goes on while the
other tests look at other pages.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

pytest.importorskip("playwright", reason="playwright is in the `check` extra")
pytest.importorskip("axe_playwright_python", reason="axe is in the `check` extra")

from playwright.async_api import Browser

from rehearsal_server.config import Settings
from rehearsal_server.demo.local_server import local_server
from rehearsal_server.scripts.bundled_script import bundled_script
from tests.rehearsal_server.web.browser.fake_microphone import make_fake_microphone
from tests.rehearsal_server.web.browser.people import Person, find_chromium, open_browser, person
from tests.rehearsal_server.web.browser.rehearsed import Rehearsed, rehearse


@pytest.fixture(scope="session")
def chromium() -> str:
    executable = find_chromium()
    if executable is None:
        pytest.skip("there is no Chromium: apt-get install chromium")
    return executable


@pytest.fixture(scope="session")
def fake_microphone(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("microphone") / "actor.wav"
    make_fake_microphone(path, bundled_script())
    return path


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def server_url(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    # The voice that is everywhere, so that the recording fits.
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("page"), use_flite=False, log_level="warning"
    )
    async with local_server(settings) as server:
        yield server.url


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: str, fake_microphone: Path) -> AsyncIterator[Browser]:
    async with open_browser(chromium, fake_microphone) as browser:
        yield browser


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def actor(browser: Browser, server_url: str) -> AsyncIterator[Person]:
    """Who rehearses the scene."""
    async with person(browser, server_url, "desktop") as somebody:
        await somebody.register()
        await somebody.take_bundled_scene()
        yield somebody


@pytest_asyncio.fixture(scope="session", loop_scope="session", autouse=True)
async def rehearsal(actor: Person) -> AsyncIterator[asyncio.Task[Rehearsed]]:
    task = asyncio.create_task(rehearse(actor), name="rehearsal")
    yield task
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest_asyncio.fixture(loop_scope="session")
async def somebody(browser: Browser, server_url: str) -> AsyncIterator[Person]:
    """Somebody with a new account; the page must have nothing to complain of."""
    async with person(browser, server_url) as somebody:
        await somebody.register()
        yield somebody
        somebody.check_complaints()
