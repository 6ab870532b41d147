from __future__ import annotations

from tests.security_checks import CHECKS, PAGE, held_by, table


def test_every_check_has_a_test() -> None:
    assert [number for number, tests in held_by().items() if not tests] == []
    assert list(CHECKS) == list(range(1, 43))


def test_the_page_names_them() -> None:
    assert table() in PAGE.read_text("utf-8"), "run python -m tests.security_checks"
