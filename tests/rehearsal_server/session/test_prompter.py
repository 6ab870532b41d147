"""Prompts in a scene: when, which words, in whose voice."""

from __future__ import annotations

from typing import Any

from models.following.heard import WordHeard
from rehearsal_server.protocol.client_messages import LinePlease
from rehearsal_server.protocol.fields import Options, Strictness
from rehearsal_server.protocol.server_messages import Cue
from rehearsal_server.scripts.parse import parse_script
from rehearsal_server.session.line_follower import LineFollower
from rehearsal_server.session.prompter import CORRECTION_AFTER_MS, Prompter
from rehearsal_server.session.scene_plan import ScenePlan
from rehearsal_server.session.turn import Turn
from rehearsal_server.session.word_position import SURE_FIT
from rehearsal_server.session.words_heard import WordsHeard
from tests.rehearsal_server.session.stage import Stage

TEXT = """\
Anna: Good evening to you all.
Ben: I have been waiting for you since seven.
Cora: And I since six.
"""
LINE_ID = "L2"


def follow(*said: int, strictness: Strictness, fit: float = SURE_FIT + 2) -> tuple[Prompter, Turn]:
    """A prompter whose actor has said these words of their line."""
    plan = ScenePlan(parse_script(TEXT, format="name_colon").scenes[0], "Ben")
    line = plan.lines[1]
    follower = LineFollower([LINE_ID])
    follower.begin_line(line, 0)
    words = tuple(WordHeard(w, 300 * i, 300 * (i + 1), fit, 0) for i, w in enumerate(said))
    for hop in range(1, 20):
        kept = 0 if hop == 1 else len(words)
        told = words if hop == 1 else ()
        follower.hear(WordsHeard(20 * hop, kept, told, -1, False, said[-1] + 1, True))
    turn = Turn(line, 1, 0, None, 0, strictness=strictness)
    return Prompter(plan, Options(strictness=strictness), follower), turn


def test_a_word_left_out_is_corrected_in_the_first_pause_of_a_word_perfect_rehearsal() -> None:
    prompter, turn = follow(0, 1, 3, 4, strictness="word_perfect")
    assert prompter.wait_ms(turn) == CORRECTION_AFTER_MS
    assert prompter.next(turn, [], is_asked=False) == "been waiting"
    assert prompter.wait_ms(turn) == Options().prompt_after_ms


def test_in_any_other_it_is_let_go() -> None:
    prompter, turn = follow(0, 1, 3, 4, strictness="close")
    assert prompter.wait_ms(turn) == Options().prompt_after_ms
    assert prompter.next(turn, [], is_asked=False) == "you since seven"


def test_who_asks_for_the_line_wants_to_go_on() -> None:
    prompter, turn = follow(0, 1, 3, 4, strictness="word_perfect")
    assert prompter.next(turn, [], is_asked=True) == "you since"


def test_a_line_said_well_is_not_corrected() -> None:
    prompter, turn = follow(0, 1, 2, 3, strictness="word_perfect")
    assert prompter.wait_ms(turn) == Options().prompt_after_ms


def prompt_speaker(**options: Any) -> str | None:
    stage = Stage(TEXT, "Ben", **options)
    stage.partner_plays()
    stage.send(LinePlease())
    assert [cue.text for cue in stage.of_type(Cue) if cue.action == "prompt"]
    return stage.requests[-1].character


def test_the_prompter_has_a_voice_of_its_own_or_the_partners() -> None:
    assert prompt_speaker() is None
    assert prompt_speaker(prompt_voice="partner") == "Anna"


def test_without_a_partner_before_the_next_one_prompts() -> None:
    plan = ScenePlan(parse_script(TEXT, format="name_colon").scenes[0], "Anna")
    assert plan.partner_of("L1") == "Ben"
    alone = ScenePlan(parse_script("Ann: Well.\n", format="name_colon").scenes[0], "Ann")
    assert alone.partner_of("L1") is None
