"""When the prompter comes in, with which words, in whose voice."""

from __future__ import annotations

from rehearsal_server.protocol.fields import Options
from rehearsal_server.session.intervals import Span
from rehearsal_server.session.line_follower import LineFollower
from rehearsal_server.session.scene_plan import ScenePlan
from rehearsal_server.session.turn import Turn

# Asked for every word, the prompter corrects in the first pause that is heard as one.
CORRECTION_AFTER_MS = 700


class Prompter:
    """Prompts one actor.

    Parameters
    ----------
    plan : ScenePlan
    options : Options
    follower : LineFollower
        Knows how far the actor is, and which words they left out.
    """

    def __init__(self, plan: ScenePlan, options: Options, follower: LineFollower) -> None:
        self._plan = plan
        self._options = options
        self._follower = follower

    def wait_ms(self, turn: Turn) -> int:
        """Silence after which to prompt."""
        wait_ms = self._options.prompt_after_ms
        return wait_ms if self._missed(turn) is None else min(CORRECTION_AFTER_MS, wait_ms)

    def next(self, turn: Turn, speech: list[Span], *, is_asked: bool) -> str:
        """Words to prompt: those that come next, or those that were left out.

        An actor who asked for the line wants to go on.
        """
        missed = None if is_asked else self._missed(turn)
        said = self._follower.position(speech).words_said
        return turn.prompts.next(said if missed is None else missed)

    def character(self, turn: Turn) -> str | None:
        """Who speaks the prompt; None is the prompter."""
        if self._options.prompt_voice == "prompter":
            return None
        return self._plan.partner_of(turn.line.id)

    def _missed(self, turn: Turn) -> int | None:
        """In a word-perfect rehearsal, the first word that was left out and not given yet."""
        if self._options.strictness != "word_perfect":
            return None
        return self._follower.first_missed(turn.prompts.prompted)
