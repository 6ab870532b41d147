from __future__ import annotations

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
from tests.rehearsal_server.web.browser.people import find_chromium, open_browser


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


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server_url(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    # The voice that is everywhere, so that the recording fits.
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("page"), use_flite=False, log_level="warning"
    )
    async with local_server(settings) as server:
        yield server.url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(chromium: str, fake_microphone: Path) -> AsyncIterator[Browser]:
    async with open_browser(chromium, fake_microphone) as browser:
        yield browser
