from __future__ import annotations

import pytest

from rehearsal_server.scripts.errors import ScriptError, damage_told_as


def test_a_fault_of_a_library_is_told_as_damage() -> None:
    with pytest.raises(ScriptError, match="broken") as caught, damage_told_as("It is broken."):
        raise KeyError("inside")
    assert isinstance(caught.value.__cause__, KeyError)


def test_what_we_say_ourselves_is_left_as_it_is() -> None:
    with pytest.raises(ScriptError, match="ours") as caught, damage_told_as("It is broken."):
        raise ScriptError("ours", 7)
    assert (caught.value.message, caught.value.source_line) == ("ours", 7)
