"""The JavaScript client's own tests, in Node: `tests/rehearsal_server/web/client/*.test.mjs`."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def find_node() -> str | None:
    """Playwright for Python brings a Node along, so whoever can run the tests has one."""
    playwright = importlib.util.find_spec("playwright")
    if playwright is not None and playwright.origin is not None:
        bundled = Path(playwright.origin).parent / "driver" / "node"
        if bundled.exists():
            return str(bundled)
    return shutil.which("node")


@pytest.mark.parametrize("tests", sorted(HERE.glob("*/*.test.mjs")), ids=lambda path: path.stem)
def test_in_node(tests: Path) -> None:
    node = find_node()
    if node is None:
        pytest.skip("there is no Node: install the `check` extra")
    # Its dots say nothing; what failed does.
    command = [node, "--test", "--test-reporter=spec", str(tests)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
