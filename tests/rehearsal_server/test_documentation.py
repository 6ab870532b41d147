from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal_server.cli import make_parser
from rehearsal_server.documentation import PARTS, renew

README = Path(__file__).parents[2] / "README.md"


@pytest.mark.parametrize(("where", "write"), PARTS.items(), ids=lambda part: str(part))
def test_no_page_is_stale(where: tuple[Path, str], write: Callable[[], str]) -> None:
    path, name = where
    page = path.read_text("utf-8")
    assert renew(page, name, write()) == page, "run python -m rehearsal_server.documentation"


def test_every_command_is_in_the_readme() -> None:
    (commands,) = (
        action
        for action in make_parser()._actions
        if isinstance(action, argparse._SubParsersAction)
    )
    readme = README.read_text("utf-8")
    assert [name for name in commands.choices if f"`{name}`" not in readme] == []


def test_a_page_without_the_marks_is_an_error() -> None:
    with pytest.raises(ValueError, match="has no part 'settings'"):
        renew("# A page", "settings", "")
