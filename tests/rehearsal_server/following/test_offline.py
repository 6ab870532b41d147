"""A real sentence through the whole core, its words followed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import cycle

import numpy as np
import pytest

from rehearsal_server.audio_files import read_mono
from rehearsal_server.following.offline import OfflineListener, prepare_listener
from rehearsal_server.offline import OfflineSession
from rehearsal_server.protocol.client_messages import ClientMessage, Stop
from rehearsal_server.protocol.fields import AudioFormat, Options
from rehearsal_server.protocol.server_messages import (
    Cue,
    Event,
    Following,
    LineResult,
    Progress,
    ServerMessage,
)
from rehearsal_server.scripts.parse import parse_script
from rehearsal_server.session.session import Session, SessionPlan
from tests.shared_data import shared_data

RATE_HZ = 16_000
SENTENCE = "He was not an ill disposed young man."
# The sentence begins half a second into the stream; CMU's own alignment ends "man" here.
BEFORE_MS, LAST_WORD_MS = 500, 2740
TWO_LINES = f"BEN: {SENTENCE}\nANN: Indeed.\n"


@cache
def microphone(name: str = "0880") -> bytes:
    speech = read_mono(shared_data(f"austen/{name}.flac"), RATE_HZ)
    rng = np.random.default_rng(0)
    room = 1e-3 * rng.standard_normal(len(speech) + RATE_HZ * (BEFORE_MS + 6000) // 1000)
    start = RATE_HZ * BEFORE_MS // 1000
    room[start : start + len(speech)] += speech
    return bytes((room * 32_767).astype("<i2"))


@cache
def listener_for(text: str) -> OfflineListener:
    scene = parse_script(text, format="name_colon").scenes[0]
    return prepare_listener(scene, "Ben", "en")


def run(
    text: str = TWO_LINES,
    *,
    audio: bytes | None = None,
    sizes: Iterable[int] = (320,),
    lost: dict[int, str] | None = None,
    options: Options | None = None,
) -> list[ServerMessage]:
    listener = listener_for(text).again()
    plan = SessionPlan(
        scene=parse_script(text, format="name_colon").scenes[0],
        role="Ben",
        options=options or Options(headphones=True),
        followed_lines=listener.followed_lines,
    )
    offline = OfflineSession(
        Session(plan),
        AudioFormat(sample_rate=RATE_HZ),
        lambda _request: 1000,
        listener=listener,
        lost=lost or {},
    )
    return list(offline.run(_cut(audio or microphone(), cycle(sizes))))


def _cut(audio: bytes, sizes: Iterator[int]) -> Iterator[bytes | ClientMessage]:
    position = 0
    while position < len(audio):
        end = position + 2 * next(sizes)
        yield audio[position:end]
        position = end
    yield Stop()


def cues(messages: list[ServerMessage], action: str) -> list[Cue]:
    return [m for m in messages if isinstance(m, Cue) and m.action == action]


def events(messages: list[ServerMessage]) -> list[Event]:
    return [m for m in messages if isinstance(m, Event)]


def test_the_partner_comes_in_when_the_last_word_is_said() -> None:
    messages = run()
    (done,) = cues(messages, "done")
    assert done.at_ms == pytest.approx(BEFORE_MS + LAST_WORD_MS, abs=60)
    (listen,) = cues(messages, "listen")
    assert 0 < listen.at_ms - BEFORE_MS - LAST_WORD_MS < 300


def test_every_word_is_told_once_in_order() -> None:
    words = [m.word for m in run() if isinstance(m, Progress)]
    assert words == sorted(words)
    assert words[-1] == 8


def test_the_words_of_the_line_have_their_times() -> None:
    (line,) = [m for m in run() if isinstance(m, LineResult)]
    assert [word.outcome for word in line.words] == ["said"] * 8
    starts = [word.start_ms for word in line.words if word.start_ms is not None]
    assert starts == sorted(starts)
    assert starts[0] == pytest.approx(BEFORE_MS + 200, abs=60)


def test_a_word_that_is_not_said_is_told_as_omitted() -> None:
    text = TWO_LINES.replace("an ill", "an exceedingly ill")
    (line,) = [m for m in run(text) if isinstance(m, LineResult)]
    omitted = [word.text for word in line.words if word.outcome == "omitted"]
    assert omitted == ["exceedingly"]


def test_another_sentence_does_not_end_the_line() -> None:
    messages = run(audio=microphone("0890"))
    first_prompt = cues(messages, "prompt")[0]
    assert all(cue.at_ms > first_prompt.at_ms for cue in cues(messages, "listen"))


@pytest.mark.parametrize("sizes", [(160,), (3200,), (1, 77, 2000)])
def test_any_cutting_gives_the_same_events(sizes: tuple[int, ...]) -> None:
    assert events(run(sizes=sizes)) == events(run())


def test_a_line_whose_words_are_lost_goes_on_by_pace() -> None:
    messages = run(lost={1500: "overload"})
    said = [(m.state, m.line_id, m.reason) for m in messages if isinstance(m, Following)]
    assert said == [("words", None, ""), ("pace", "L1", "overload")]
    assert cues(messages, "done")
    (line,) = [m for m in messages if isinstance(m, LineResult)]
    assert line.words == ()


def test_manual_advance_waits_for_skip() -> None:
    assert not cues(run(options=Options(headphones=True, advance="manual")), "listen")


def test_a_plan_to_follow_needs_a_listener() -> None:
    scene = parse_script(TWO_LINES, format="name_colon").scenes[0]
    plan = SessionPlan(scene=scene, role="Ben", options=Options(), followed_lines=("L1",))
    offline = OfflineSession(Session(plan), AudioFormat(sample_rate=RATE_HZ), lambda _request: 0)
    with pytest.raises(ValueError, match="listener"):
        list(offline.begin())
