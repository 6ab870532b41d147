from __future__ import annotations

import json
import logging
import sys

import pytest

from rehearsal_server.logs import JsonFormatter, LineFormatter

FORGERY = "name\r\n2026-01-01 INFO root: all is well"


def record(message: str, *arguments: object) -> logging.LogRecord:
    return logging.LogRecord("stage", logging.WARNING, __file__, 1, message, arguments, None)


@pytest.mark.parametrize("formatter", [JsonFormatter(), LineFormatter()])
@pytest.mark.check(40)
def test_a_message_cannot_forge_a_line(formatter: logging.Formatter) -> None:
    line = formatter.format(record("hello %s", FORGERY))
    assert "\n" not in line
    assert "\r" not in line


def test_json_lines_say_when_who_and_what() -> None:
    entry = json.loads(JsonFormatter().format(record("%d takes", 3)))
    assert (entry["level"], entry["logger"], entry["message"]) == ("warning", "stage", "3 takes")
    assert entry["at"].endswith("+00:00")


def test_json_lines_carry_the_exception() -> None:
    try:
        raise KeyError("prop")
    except KeyError:
        failed = record("lost")
        failed.exc_info = sys.exc_info()
    assert "KeyError: 'prop'" in json.loads(JsonFormatter().format(failed))["exception"]


def test_json_lines_carry_figures() -> None:
    ended = record("a session ended")
    ended.figures = {"takes": 3, "median_pickup_ms": None}
    entry = json.loads(JsonFormatter().format(ended))
    assert entry["figures"] == {"takes": 3, "median_pickup_ms": None}
