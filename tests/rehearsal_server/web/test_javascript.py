"""The JavaScript client's own tests, in Node: `tests/rehearsal_server/web/client/*.test.mjs`."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from rehearsal_server.config import Settings
from tests.rehearsal_server.live.running_server import running_server

HERE = Path(__file__).parent


def find_node() -> str | None:
    """Playwright for Python brings a Node along, so whoever can run the tests has one."""
    playwright = importlib.util.find_spec("playwright")
    if playwright is not None and playwright.origin is not None:
        bundled = Path(playwright.origin).parent / "driver" / "node"
        if bundled.exists():
            return str(bundled)
    return shutil.which("node")


@pytest.fixture
def node() -> str:
    found = find_node()
    if found is None:
        pytest.skip("there is no Node: install the `check` extra")
    return found


@pytest.mark.parametrize("tests", sorted(HERE.glob("*/*.test.mjs")), ids=lambda path: path.stem)
def test_in_node(tests: Path, node: str) -> None:
    # Its dots say nothing; what failed does. A promise that nobody keeps must not hang.
    options = ["--test", "--test-reporter=spec", "--test-timeout=20000"]
    command = [node, *options, str(tests)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


async def test_a_session_from_node(node: str, tmp_path: Path) -> None:
    program = HERE / "client" / "against-a-server.mjs"
    async with running_server(Settings(data_dir=tmp_path)) as server:
        running = await asyncio.create_subprocess_exec(
            node, str(program), server.address, server.token, stdout=subprocess.PIPE
        )
        told, _ = await asyncio.wait_for(running.communicate(), 60)
        happened = json.loads(told)
        async with server.http() as http:
            saved = await http.get(f"/v1/sessions/{happened['sessionId']}")
    assert (happened["lines"], happened["cues"], happened["code"]) == (2, ["listen", "speak"], 1000)
    assert happened["voiceSamples"] > 8000
    assert saved.json()["role"] == "Ben"
