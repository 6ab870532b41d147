"""Subtitles (.srt, .vtt) -> `Script` whose lines know their times; for shadowing."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

import webvtt
from webvtt.errors import MalformedCaptionError, MalformedFileError

from rehearsal_server.scripts.builder import ScriptBuilder
from rehearsal_server.scripts.cues import colon_cue
from rehearsal_server.scripts.errors import ScriptError
from rehearsal_server.scripts.limits import check_text_length
from rehearsal_server.scripts.model import Script
from rehearsal_server.scripts.source import SourceLine, numbered
from rehearsal_server.scripts.speech import is_direction
from rehearsal_server.scripts.words import words

# Who speaks in a file that names nobody.
UNNAMED_VOICE = "Voice"

_TIME = r"(?:\d+:)?\d{1,2}:\d{1,2}[.,]\d{1,3}"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?\s+(?P<name>[^<>]+)>")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<\d\d:[^<>]*>|\{\\[^{}]*\}")
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&nbsp;": " ", "&lrm;": "", "&rlm;": ""}
_ENTITY = re.compile("|".join(_ENTITIES))
_TURN = re.compile(r"^\s*(?:[-–—]|>>)\s*(?=[^\s-])")  # "- Yes." when two people share a caption


class _Utterance(NamedTuple):
    name: str  # empty: whoever spoke last
    text: str


def parse_subtitles(text: str, kind: Literal["srt", "vtt"]) -> Script:
    """Parse subtitles; a caption is a line, or one for each person who speaks in it.

    A name comes from ``<v Name>`` or ``NAME:`` and holds until the next one.

    Raises
    ------
    ScriptError
        The text is not in the format, or is too long, or holds no caption.
    """
    check_text_length(text)
    lines = numbered(text)
    captions = _read(lines, kind)
    timings = [line for line in lines if "-->" in line.text]
    good = [line for line in timings if _TIMING.match(line.text)]
    numbers = [line.number for line in good] if len(good) == len(captions) else [0] * len(captions)
    builder = ScriptBuilder(kind)
    for line in timings:
        if not _TIMING.match(line.text):
            builder.add_notice(line.number, "unparsed", "This is no time code.", line.text)
    speaker = UNNAMED_VOICE
    for caption, number in zip(captions, numbers, strict=True):
        speaker = _add_caption(builder, caption, number, speaker)
    return builder.build()


def _read(lines: tuple[SourceLine, ...], kind: Literal["srt", "vtt"]) -> list[webvtt.Caption]:
    text = "\n".join(line.text for line in lines).strip()
    try:
        return webvtt.from_buffer(io.StringIO(text), format=kind).captions
    except (MalformedFileError, MalformedCaptionError) as error:
        raise ScriptError(
            f"The subtitles are damaged; they are not in the {kind} format."
        ) from error


def _add_caption(builder: ScriptBuilder, caption: webvtt.Caption, number: int, speaker: str) -> str:
    """Add what a caption says; give the one who speaks last."""
    times_ms = (caption.start_time.in_milliseconds(), caption.end_time.in_milliseconds())
    for comment in caption.comments:
        builder.add_notice(number, "note", "A comment; the script does not keep it.", comment)
    for name, text in _utterances(caption.lines):
        speaker = name or speaker
        if is_direction(text) or not words(text):
            builder.add_direction(text, number)
        else:
            builder.add_speech(speaker, text, number, times_ms=times_ms)
    return speaker


def _utterances(lines: list[str]) -> Iterator[_Utterance]:
    """Part a caption where somebody else begins to speak."""
    current = _Utterance("", "")
    for line in lines:
        for begins, name, text in _pieces(line):
            if begins and current.text:
                yield current
            current = _Utterance(name, text) if begins else _joined(current, text)
    if current.text:
        yield current


def _pieces(line: str) -> Iterator[tuple[bool, str, str]]:
    """Give the parts of a line: whether a new voice begins, its name, its words."""
    before, *voices = _VOICE.split(line)
    if before.strip():
        text = _plain(before)
        cue = colon_cue(_TURN.sub("", text))
        turns = bool(_TURN.match(text)) or cue is not None
        yield turns, cue.name if cue else "", cue.speech if cue else _TURN.sub("", text)
    for name, spoken in zip(voices[::2], voices[1::2], strict=True):
        yield True, _plain(name), _plain(spoken)


def _joined(current: _Utterance, text: str) -> _Utterance:
    return current._replace(text=f"{current.text} {text}".strip())


def _plain(text: str) -> str:
    untagged = _TAG.sub("", text).replace("♪", " ").replace("♫", " ")
    return " ".join(_ENTITY.sub(lambda match: _ENTITIES[match[0]], untagged).split())
