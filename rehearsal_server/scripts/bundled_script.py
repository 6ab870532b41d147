"""The short scene that comes with the server, for the demo and a first try."""

from __future__ import annotations

from importlib import resources

from rehearsal_server.scripts.model import Script
from rehearsal_server.scripts.parse import parse_script

_PLACE = ("bundled", "last_train.fountain")


def bundled_text() -> str:
    """Read *The Last Train*, a scene for two, as Fountain."""
    return resources.files("rehearsal_server.scripts").joinpath(*_PLACE).read_text("utf-8")


def bundled_script() -> Script:
    """Parse *The Last Train*."""
    return parse_script(bundled_text(), format="fountain")
