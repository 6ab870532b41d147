from __future__ import annotations

from rehearsal_server.scripts.bundled_script import bundled_script
from rehearsal_server.scripts.durations import expected_duration_ms
from rehearsal_server.scripts.model import StageDirection
from rehearsal_server.scripts.pauses import written_pause_ms


def test_the_bundled_scene_has_all_that_the_demo_shows() -> None:
    script = bundled_script()
    (scene,) = script.scenes
    assert script.title == "The Last Train"
    assert script.notices == ()
    assert [(c.name, c.line_count) for c in script.characters] == [("Ivo", 7), ("Mara", 7)]
    assert sum(line.interrupted for line in script.lines) == 1
    parentheticals = [p.text for line in script.lines for p in line.parentheticals]
    assert parentheticals == ["kindly", "unfolding a ticket", "taking off the cap", "beat"]
    directions = [e.text for e in scene.elements if isinstance(e, StageDirection)]
    assert max(written_pause_ms(text) for text in directions) > 0


def test_it_fits_into_a_minute() -> None:
    script = bundled_script()
    speech_ms = sum(expected_duration_ms(line.text) for line in script.lines)
    assert 25_000 < speech_ms < 60_000
