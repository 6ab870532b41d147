from __future__ import annotations

from rehearsal_server.protocol.client_messages import Playback
from rehearsal_server.session.playback import (
    ASSUMED_PLAYBACK_DELAY_MS,
    MARK_PATIENCE_MS,
    PlayedUtterance,
    Utterances,
)


def utterance(**known: int | bool) -> PlayedUtterance:
    request = Utterances().ask_line("L1", "Anna", "Good evening.", 100)
    return PlayedUtterance(request, asked_ms=100, **known)  # type: ignore[arg-type]


def test_before_the_voice_is_ready_its_end_cannot_be_known() -> None:
    assert utterance().planned_end() is None
    assert utterance(started_ms=200).planned_end() is None


def test_the_mark_of_the_end_says_it_exactly() -> None:
    played = utterance(started_ms=200, ready_ms=120, duration_ms=900, ended_ms=1150)
    assert played.heard_end(1150) == (1150, "heard")


def test_an_end_that_is_still_to_come_is_waited_for() -> None:
    assert utterance(ended_ms=1150).heard_end(1149) is None


def test_without_an_end_mark_the_length_tells_after_some_patience() -> None:
    played = utterance(started_ms=200, ready_ms=120, duration_ms=900)
    assert played.heard_end(1100 + MARK_PATIENCE_MS - 1) is None
    assert played.heard_end(1100 + MARK_PATIENCE_MS) == (1100, "estimated")


def test_without_any_mark_playback_is_assumed() -> None:
    played = utterance(ready_ms=120, duration_ms=900)
    end_ms = 120 + ASSUMED_PLAYBACK_DELAY_MS + 900
    assert played.heard_end(end_ms + MARK_PATIENCE_MS) == (end_ms, "estimated")


def test_a_line_without_a_voice_takes_as_long_as_reading_it() -> None:
    played = utterance(has_failed=True)
    planned = played.planned_end()
    assert planned is not None
    assert planned[0] > 500
    assert played.heard_end(planned[0]) == (planned[0], "estimated")


def test_an_utterance_is_heard_from_its_start_to_its_end() -> None:
    assert not utterance().is_heard_at(300)
    assert not utterance(started_ms=400).is_heard_at(300)
    assert utterance(started_ms=200).is_heard_at(300)
    assert not utterance(started_ms=200, ended_ms=250).is_heard_at(300)


def test_hushing_stops_what_may_still_be_heard() -> None:
    utterances = Utterances()
    line = utterances.ask_line("L1", "Anna", "Good evening.", 0)
    prompt = utterances.ask_prompt("L2", None, "Good night", 0)
    utterances.mark(Playback(utterance=prompt.utterance, state="ended", at_ms=50))
    assert [silence.utterance for silence in utterances.hush()] == [line.utterance]
    assert utterances.hush() == []
    assert utterances.was_issued(prompt.utterance)
    assert not utterances.was_issued(3)
