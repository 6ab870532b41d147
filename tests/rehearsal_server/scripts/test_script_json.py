from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal_server.scripts.bundled_script import bundled_script
from rehearsal_server.scripts.errors import ScriptError
from rehearsal_server.scripts.parse import TEXT_FORMATS, parse_script
from rehearsal_server.scripts.script_json import script_from_json, script_to_json


def test_the_bundled_scene_comes_back_the_same() -> None:
    assert script_from_json(script_to_json(bundled_script())) == bundled_script()


@given(st.text(), st.sampled_from(sorted(TEXT_FORMATS)))
def test_a_script_comes_back_the_same(text: str, layout: str) -> None:
    try:
        script = parse_script(f"{text}\n\nADAM\nHi.\nEve: Ho.", format=layout)
    except ScriptError:
        return
    assert script_from_json(script_to_json(script)) == script


def altered(**changes: Any) -> str:
    """The bundled scene, its first line changed."""
    script = json.loads(script_to_json(bundled_script()))
    line = next(e for e in script["scenes"][0]["elements"] if e["type"] == "line")
    line.update(changes)
    return json.dumps(script)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "no script"),
        ("{}", "no script"),
        ("[" * 100_000, "no script"),
        (altered(id="L2"), "the same id"),
        (altered(text=" "), "no words"),
        (altered(parentheticals=[{"text": "x", "offset": 99}]), "outside its line"),
        (altered(character="Nobody"), "not those of the lines"),
        (altered(source_line="1"), "no script"),
    ],
)
def test_what_is_no_script(text: str, message: str) -> None:
    with pytest.raises(ScriptError, match=message):
        script_from_json(text)
