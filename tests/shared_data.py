"""The real recordings and plays beside the repository, for tests that need them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(os.environ.get("REHEARSAL_DATA", Path(__file__).parents[2] / "shared" / "data"))


def shared_data(relative: str) -> Path:
    """Path of a piece of shared data; skips the test, saying so, where it is absent."""
    path = ROOT / relative
    if not path.exists():
        pytest.skip(f"shared data absent: {relative} (set REHEARSAL_DATA)", allow_module_level=True)
    return path
