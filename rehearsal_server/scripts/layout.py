"""Tell the layouts of a play text apart by what its cues look like."""

from __future__ import annotations

from collections import Counter
from typing import Literal

from rehearsal_server.scripts import fountain
from rehearsal_server.scripts.cues import colon_cue, own_line_cue, period_cue, small_letter_names
from rehearsal_server.scripts.errors import ScriptError
from rehearsal_server.scripts.headings import match_heading
from rehearsal_server.scripts.source import SourceLine, numbered
from rehearsal_server.scripts.speech import is_direction
from rehearsal_server.scripts.title_page import read_title_page

_FOUNTAIN_MARKS = (">", "#", "=", "[[", "/*")

Layout = Literal["fountain", "name_colon", "stage"]


def detect_format(text: str) -> Layout:
    """Decide how a play text is laid out.

    The commonest form of cue decides. Fountain and some stage editions both put the name on a
    line of its own; marks that only one of them has (a forced heading; a bracketed entrance)
    decide between these.

    Raises
    ------
    ScriptError
        The text names no speaker in any layout and has no scene heading.
    """
    title_page, body = read_title_page(numbered(text), only_known_keys=True)
    if small_letter_names(body):
        return "stage"
    signs = _count_signs(body)
    shouts_once = signs["cue_alone"] == 1  # a single line in capitals inside a paragraph
    own_line = signs["cue_after_blank"] or (0 if shouts_once else signs["cue_alone"])
    if own_line and own_line >= max(signs["colon_cue"], signs["period_cue"]):
        return "stage" if _is_stage_edition(signs) else "fountain"
    if signs["period_cue"] > signs["colon_cue"]:
        return "stage"
    if signs["colon_cue"]:
        return "name_colon"
    if signs["fountain_mark"] or title_page:
        return "fountain"
    raise _no_speaker(body)


def _is_stage_edition(signs: Counter[str]) -> bool:
    lines_between_speeches_missing = signs["cue_alone"] > 2 * signs["cue_after_blank"]
    return lines_between_speeches_missing or signs["stage_mark"] > signs["fountain_mark"]


def _count_signs(lines: tuple[SourceLine, ...]) -> Counter[str]:
    signs: Counter[str] = Counter()
    for row, line in enumerate(lines):
        if line.is_blank:
            continue
        after_blank = row == 0 or lines[row - 1].is_blank
        followed = row + 1 < len(lines) and not lines[row + 1].is_blank
        signs.update(_signs_of(line, after_blank=after_blank, followed=followed))
    return signs


def _signs_of(line: SourceLine, *, after_blank: bool, followed: bool) -> list[str]:
    text = line.stripped
    if text.startswith("@") and followed:
        return ["fountain_mark", "cue_after_blank"]
    if fountain.is_heading(text) or text.startswith(_FOUNTAIN_MARKS):
        return ["fountain_mark"]
    if match_heading(text) or (after_blank and text.startswith("[") and is_direction(text)):
        return ["stage_mark"]
    if (colon := colon_cue(text)) and (colon.speech or followed):
        return ["colon_cue"]
    if period := period_cue(text):
        return ["period_cue"] if period.speech else ["cue_alone", "stage_mark"]
    if not followed:
        return []
    alone = ["cue_alone"] if own_line_cue(text) else []
    return [*alone, "cue_after_blank"] if after_blank and fountain.is_cue(line.text) else alone


def _no_speaker(lines: tuple[SourceLine, ...]) -> ScriptError:
    first = next((line.number for line in lines if not line.is_blank), 0)
    if not first:
        return ScriptError("The text is empty.")
    return ScriptError(
        "No speaker was found. Write each speech as `Name: line`, as `NAME.  line`, or in Fountain"
        " (the name in capitals on a line of its own, the speech below it).",
        first,
    )
