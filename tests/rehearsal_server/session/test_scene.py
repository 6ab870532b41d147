"""The scene practice on a stage: who has the line, and when."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal_server.protocol.client_messages import (
    Back,
    Continue,
    Goto,
    LinePlease,
    Pause,
    Playback,
    Skip,
    Stop,
)
from rehearsal_server.protocol.server_messages import (
    Cue,
    Error,
    Feedback,
    LineResult,
    ServerMessage,
    Speech,
    Timing,
)
from tests.rehearsal_server.session.stage import VOICE_MS, Stage

TWO_HANDER = """\
Anna: Good evening to you all.
Ben: I have been waiting for you since the clock struck seven.
Anna: You might have gone home.
Ben: And miss the best part of the whole long day?
"""
CUT_OFF = "Anna: If you would only let me--\nBen: Never in my life."
# What Ben's first line takes at the expected pace, so that it counts as said.
BENS_LINE_MS = 3600


def cues(stage: Stage) -> list[tuple[str, str | None, int]]:
    return [(cue.action, cue.line_id, cue.at_ms) for cue in stage.of_type(Cue)]


def actions(stage: Stage) -> list[str]:
    return [cue.action for cue in stage.of_type(Cue)]


def ben(**options: Any) -> Stage:
    """A stage on which Anna's first line has been heard and Ben's turn has begun."""
    stage = Stage(TWO_HANDER, "Ben", **options)
    stage.silence(100)
    stage.partner_plays()
    return stage


def test_a_scene_from_the_first_cue_to_the_last() -> None:
    stage = ben(headphones=True)
    stage.silence(240)
    stage.speech(BENS_LINE_MS)
    stage.silence(1000)
    stage.partner_plays()
    stage.silence(200)
    stage.speech(BENS_LINE_MS)
    stage.silence(1000)
    assert cues(stage) == [
        ("listen", "L1", 0),
        ("speak", "L2", 1100),
        ("done", "L2", 4940),
        ("listen", "L3", 5340),
        ("speak", "L4", 6940),
        ("done", "L4", 10740),
        ("scene_end", None, 11140),
    ]
    assert [t.pickup_ms for t in stage.of_type(Timing)] == [240, 200]
    assert [t.pickup_basis for t in stage.of_type(Timing)] == ["heard", "heard"]
    assert [r.outcome for r in stage.of_type(LineResult)] == ["spoken", "spoken"]


def test_events_are_numbered_without_a_gap() -> None:
    stage = ben()
    stage.silence(200)
    stage.speech(BENS_LINE_MS)
    stage.silence(1000)
    numbers = [m.event for m in stage.heard if hasattr(m, "event")]
    assert numbers == list(range(1, len(numbers) + 1))


def test_an_actor_who_stays_silent_is_prompted_with_the_first_words() -> None:
    stage = ben(prompt_after_ms=3000)
    stage.silence(2980)
    assert "prompt" not in actions(stage)
    stage.silence(20)
    prompt = stage.of_type(Cue)[-1]
    assert (prompt.action, prompt.text, prompt.at_ms) == ("prompt", "I have been", 4100)
    assert stage.requests[-1].character is None


def test_prompts_grow_while_the_actor_stays_silent() -> None:
    stage = ben(prompt_after_ms=1000, headphones=True)
    stage.silence(6000)
    texts = [cue.text for cue in stage.of_type(Cue) if cue.action == "prompt"]
    assert texts[:2] == ["I have been", "I have been waiting for you"]


def test_a_prompted_line_is_told_as_such() -> None:
    stage = ben(prompt_after_ms=1000, headphones=True)
    stage.silence(1000)
    prompt = stage.requests[-1].utterance
    stage.send(Playback(utterance=prompt, state="started", at_ms=stage.now_ms))
    stage.silence(VOICE_MS)
    stage.send(Playback(utterance=prompt, state="ended", at_ms=stage.now_ms))
    stage.speech(BENS_LINE_MS)
    stage.silence(1000)
    assert [r.outcome for r in stage.of_type(LineResult)] == ["prompted"]
    assert [f.code for f in stage.of_type(Feedback)] == ["prompted"]


def test_the_prompters_voice_in_the_room_is_not_the_actors() -> None:
    stage = ben(prompt_after_ms=1000, headphones=False)
    stage.silence(1000)
    prompt = stage.requests[-1].utterance
    stage.send(Playback(utterance=prompt, state="started", at_ms=stage.now_ms))
    stage.speech(VOICE_MS)
    stage.send(Playback(utterance=prompt, state="ended", at_ms=stage.now_ms))
    stage.silence(900)
    assert "done" not in actions(stage)


def test_a_pause_inside_the_line_is_held_not_ended() -> None:
    stage = ben(prompt_after_ms=3000)
    stage.speech(1000)
    stage.silence(2000)
    assert actions(stage) == ["listen", "speak", "hold"]
    stage.speech(BENS_LINE_MS - 1000)
    stage.silence(1000)
    assert actions(stage)[-2:] == ["done", "listen"]
    assert len(stage.of_type(Timing)[0].pauses) == 1


def test_a_written_pause_is_waited_for() -> None:
    text = "Anna: Well?\nBen: (a long pause) I have nothing to say to you."
    with_pause, without = (
        Stage(t, "Ben", prompt_after_ms=2000) for t in (text, text.replace("(a long pause) ", ""))
    )
    for stage in (with_pause, without):
        stage.partner_plays()
        stage.silence(2500)
    assert "prompt" not in actions(with_pause)
    assert "prompt" in actions(without)


def test_line_asks_for_a_prompt_at_once() -> None:
    stage = ben()
    stage.silence(400)
    stage.send(LinePlease())
    assert actions(stage)[-1] == "prompt"


def test_an_early_start_over_the_end_of_the_cue_line_is_a_negative_pickup() -> None:
    stage = Stage(TWO_HANDER, "Ben", headphones=True)
    utterance = stage.requests[-1].utterance
    stage.send(Playback(utterance=utterance, state="started", at_ms=0))
    stage.silence(600)
    stage.speech(400)
    stage.send(Playback(utterance=utterance, state="ended", at_ms=1000))
    stage.speech(BENS_LINE_MS - 400)
    stage.silence(1000)
    assert [t.pickup_ms for t in stage.of_type(Timing)] == [-400]


def test_barging_in_silences_the_partner() -> None:
    stage = Stage(TWO_HANDER, "Ben", voice_ms=2000, headphones=True)
    utterance = stage.requests[-1].utterance
    stage.send(Playback(utterance=utterance, state="started", at_ms=0))
    stage.speech(500)
    assert cues(stage)[-1] == ("speak", "L2", 300)
    stage.speech(BENS_LINE_MS)
    stage.silence(1000)
    assert [t.pickup_ms for t in stage.of_type(Timing)] == [-2000]
    assert [f.code for f in stage.of_type(Feedback)] == ["cut_in"]


def test_the_partners_echo_does_not_barge_in() -> None:
    stage = Stage(TWO_HANDER, "Ben", headphones=False)
    stage.partner_plays(echo_dbfs=-30)
    assert cues(stage) == [("listen", "L1", 0), ("speak", "L2", 1000)]


def test_an_actor_much_louder_than_the_echo_barges_in() -> None:
    stage = Stage(TWO_HANDER, "Ben", headphones=False)
    stage.send(Playback(utterance=1, state="started", at_ms=0))
    stage.speech(500, level_dbfs=-45)
    stage.speech(320, level_dbfs=-20)
    assert stage.of_type(Speech)
    stage.send(Playback(utterance=1, state="ended", at_ms=1000))
    stage.speech(BENS_LINE_MS, level_dbfs=-20)
    stage.silence(1000)
    assert stage.of_type(Timing)[0].pickup_ms == -500


def test_a_scripted_interruption_is_expected_to_overlap() -> None:
    stage = Stage(
        "Anna: If you would only let me--\nBen: Never in my life.", "Ben", headphones=True
    )
    stage.send(Playback(utterance=1, state="started", at_ms=0))
    stage.silence(800)
    stage.speech(1400)
    stage.silence(1000)
    assert [t.pickup_ms for t in stage.of_type(Timing)] == [-200]
    assert stage.of_type(Feedback) == []


def test_waiting_out_a_scripted_interruption_is_remarked_on() -> None:
    stage = Stage(CUT_OFF, "Ben")
    stage.partner_plays()
    stage.silence(500)
    stage.speech(1400)
    stage.silence(1000)
    assert [f.code for f in stage.of_type(Feedback)] == ["late_interruption"]


def test_an_actor_who_goes_on_gets_the_line_back() -> None:
    stage = ben(headphones=True)
    stage.speech(2600)
    stage.silence(1300)
    assert actions(stage)[-2:] == ["done", "listen"]
    stage.speech(400)
    assert actions(stage)[-1] == "speak"
    stage.speech(1000)
    stage.silence(1000)
    results = stage.of_type(LineResult)
    assert [(r.line_id, r.take) for r in results] == [("L2", 1), ("L2", 1)]
    assert len(stage.session.result().performances) == 1


def test_without_playback_marks_the_end_of_the_cue_is_estimated() -> None:
    stage = Stage(TWO_HANDER, "Ben", headphones=True)
    stage.silence(1800)
    stage.speech(BENS_LINE_MS)
    stage.silence(1000)
    assert [t.pickup_basis for t in stage.of_type(Timing)] == ["estimated"]


def test_marks_that_come_late_change_nothing() -> None:
    def run(delay_ms: int) -> list[ServerMessage]:
        stage = Stage(TWO_HANDER, "Ben", headphones=True)
        stage.send(Playback(utterance=1, state="started", at_ms=0))
        stage.silence(VOICE_MS)
        stage.speech(delay_ms)
        stage.send(Playback(utterance=1, state="ended", at_ms=VOICE_MS))
        stage.speech(BENS_LINE_MS - delay_ms)
        stage.silence(1000)
        return [*stage.of_type(Cue), *stage.of_type(Timing)]

    on_time, late = run(0), run(200)
    assert [m.at_ms for m in on_time if isinstance(m, Cue)] == [
        m.at_ms for m in late if isinstance(m, Cue)
    ]
    assert [m.pickup_ms for m in on_time if isinstance(m, Timing)] == [
        m.pickup_ms for m in late if isinstance(m, Timing)
    ]


def test_skip_ends_the_actors_line() -> None:
    stage = ben()
    stage.send(Skip())
    assert [r.outcome for r in stage.of_type(LineResult)] == ["skipped"]
    assert actions(stage)[-1] == "listen"


def test_skip_ends_the_partners_line() -> None:
    stage = Stage(TWO_HANDER, "Ben")
    stage.send(Skip())
    assert cues(stage)[-1] == ("speak", "L2", 0)


def test_back_repeats_the_line_from_its_cue_as_a_new_take() -> None:
    stage = ben()
    stage.speech(BENS_LINE_MS)
    stage.silence(1000)
    stage.send(Back())
    assert cues(stage)[-1][:2] == ("listen", "L1")
    stage.partner_plays()
    stage.speech(BENS_LINE_MS)
    stage.silence(1000)
    assert [(r.line_id, r.take) for r in stage.of_type(LineResult)] == [("L2", 1), ("L2", 2)]


def test_goto_starts_with_the_cue() -> None:
    stage = ben()
    stage.send(Goto(line_id="L4"))
    assert cues(stage)[-1][:2] == ("listen", "L3")


def test_goto_an_unknown_line_is_refused_and_changes_nothing() -> None:
    stage = ben()
    before = cues(stage)
    stage.send(Goto(line_id="L99"))
    assert cues(stage) == before
    assert [(e.code, e.field, e.fatal) for e in stage.of_type(Error)] == [
        ("unknown_line", "line_id", False)
    ]


def test_nothing_is_cued_during_a_pause() -> None:
    stage = ben(prompt_after_ms=500)
    stage.send(Pause())
    stage.silence(5000)
    assert actions(stage) == ["listen", "speak"]
    stage.send(Continue())
    assert cues(stage)[-1] == ("speak", "L2", stage.now_ms)


@pytest.mark.parametrize("message", [Continue(), LinePlease()])
def test_a_message_without_meaning_is_refused(message: Continue | LinePlease) -> None:
    stage = Stage(TWO_HANDER, "Ben")
    stage.send(message)
    assert [e.code for e in stage.of_type(Error)] == ["out_of_order"]


def test_a_mark_for_an_utterance_that_never_was_is_refused() -> None:
    stage = Stage(TWO_HANDER, "Ben")
    stage.send(Playback(utterance=7, state="ended", at_ms=0))
    assert [e.code for e in stage.of_type(Error)] == ["out_of_order"]


def test_manual_advance_waits_for_skip() -> None:
    stage = ben(advance="manual", prompt_after_ms=60_000)
    stage.speech(BENS_LINE_MS)
    stage.silence(5000)
    assert "done" not in actions(stage)
    stage.send(Skip())
    assert [r.outcome for r in stage.of_type(LineResult)] == ["spoken"]


def test_silence_advance_does_not_weigh_the_text() -> None:
    stage = ben(advance="silence")
    stage.speech(500)
    stage.silence(1400)
    assert "done" in actions(stage)


def test_a_line_that_stop_cuts_short_is_kept() -> None:
    stage = ben()
    stage.speech(800)
    stage.silence(300)
    stage.send(Stop())
    (performance,) = stage.session.result().performances
    assert performance.outcome == "skipped"
    assert performance.timing is not None
    assert stage.session.is_over


def test_speech_ends_with_the_audio() -> None:
    stage = ben()
    stage.speech(600)
    (event,) = stage.session.stall()
    assert isinstance(event, Speech)
    assert (event.state, event.at_ms) == ("ended", stage.now_ms)
    assert stage.session.stall() == []


def test_pickup_is_not_measured_for_an_actor_who_follows_himself() -> None:
    stage = Stage("Ben: I have been waiting here.\nBen: And now I am tired.", "Ben")
    stage.speech(1500)
    stage.silence(800)
    stage.speech(1500)
    stage.silence(800)
    assert [t.pickup_ms for t in stage.of_type(Timing)] == [None, None]
