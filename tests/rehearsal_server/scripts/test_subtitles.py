from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal_server.scripts.errors import ScriptError
from rehearsal_server.scripts.model import Script
from rehearsal_server.scripts.subtitles import UNNAMED_VOICE, parse_subtitles
from tests.shared_data import shared_data

SRT = """\
1
00:00:01,000 --> 00:00:02,500
ANNA: Who is <i>there</i>?
I can hear you.

2
00:00:03,000 --> 00:00:04,000
Breathing.

3
00:00:05,000 --> 00:00:06,000
- Only me.
- BEN: And me--

4
00:00:07,000 --> 00:00:08,000
[A door slams]

5
00:00:09,000 --> 00:00:10,000
♪
"""
VTT = """\
WEBVTT

NOTE checked

STYLE
::cue { color: red }

intro
00:01.000 --> 00:02.500 align:start
<v.loud Mary Ann>Hello <c.x>there</c> &amp; welcome</v>
<v Ben>Hi (laughs) again

NOTE a breath

00:03.000 --> 00:04.000
Bye.
"""


def told(script: Script) -> list[tuple[str, str, int | None, int | None]]:
    return [(line.character, line.text, line.start_ms, line.end_ms) for line in script.lines]


def test_srt() -> None:
    script = parse_subtitles(SRT, "srt")
    assert told(script) == [
        ("Anna", "Who is there? I can hear you.", 1000, 2500),
        ("Anna", "Breathing.", 3000, 4000),
        ("Anna", "Only me.", 5000, 6000),
        ("Ben", "And me--", 5000, 6000),
    ]
    assert [line.source_line for line in script.lines] == [2, 7, 11, 11]
    assert script.scenes[0].elements[4].text == "A door slams"


def test_vtt() -> None:
    script = parse_subtitles(VTT, "vtt")
    assert told(script) == [
        ("Mary Ann", "Hello there & welcome", 1000, 2500),
        ("Ben", "Hi again", 1000, 2500),
        ("Ben", "Bye.", 3000, 4000),
    ]
    assert script.lines[1].parentheticals[0].text == "laughs"
    assert ("note", "a breath") in [(n.code, n.text) for n in script.notices]


def test_who_speaks_in_a_file_that_names_nobody() -> None:
    script = parse_subtitles("1\n00:00:01,000 --> 00:00:02,500\nHello.", "srt")
    assert [c.name for c in script.characters] == [UNNAMED_VOICE]


def test_a_broken_time_code_is_noticed() -> None:
    script = parse_subtitles(f"{SRT}\n6\nsoon --> later\nHello?\n", "srt")
    assert ("unparsed", "soon --> later") in [(n.code, n.text) for n in script.notices]


@pytest.mark.parametrize("kind", ["srt", "vtt"])
@pytest.mark.parametrize("text", ["", "Hello", "1\n\n2", "00:01 --> 00:02"])
def test_what_is_no_subtitle(text: str, kind: str) -> None:
    with pytest.raises(ScriptError, match=r"not in the|holds no speech"):
        parse_subtitles(text, "srt" if kind == "srt" else "vtt")


@given(
    st.lists(
        st.sampled_from([*SRT.split("\n"), *VTT.split("\n"), "<v", "-->", "1 --> 2", "- ", ">> a"])
    ),
    st.sampled_from(["srt", "vtt"]),
)
def test_any_text_gives_a_script_or_a_script_error(lines: list[str], kind: str) -> None:
    text = "\n".join(lines)
    for start in ("", "WEBVTT\n\n", "1\n00:00:01,000 --> 00:00:02,500\n"):
        try:
            parse_subtitles(start + text, "srt" if kind == "srt" else "vtt")
        except ScriptError:
            pass


def test_a_sonnet() -> None:
    script = parse_subtitles(shared_data("sonnets/sonnet1.srt").read_text("utf-8"), "srt")
    number, *verses = script.lines  # the reader says "one" first
    assert (number.text, len(verses)) == ("1", 14)
    assert verses[0].text == "From fairest creatures we desire increase,"
    times = [(line.start_ms or 0, line.end_ms or 0) for line in script.lines]
    assert times == sorted(times)
    assert 45_000 < times[-1][1] < 60_000
