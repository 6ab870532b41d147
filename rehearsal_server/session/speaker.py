"""What a session knows of its actor's voice, and what it learns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from models.card import ModelCard
from models.emotion.baseline import Baseline, BaselineState
from models.emotion.delivery import Delivery
from models.emotion.estimate import EmotionEstimate, Residuals
from models.emotion.line import combine


@dataclass(frozen=True)
class LineHeard:
    """What the emotion model makes of a whole line.

    Attributes
    ----------
    estimate : EmotionEstimate
    residuals : tuple of Residuals
        Of each piece of the line that was judged; a baseline is learnt from them.
    model : str
        Name and version of what judged it.
    """

    estimate: EmotionEstimate
    residuals: tuple[Residuals, ...] = ()
    model: str = ""

    @classmethod
    def of_pieces(
        cls, card: ModelCard, pieces: Sequence[EmotionEstimate], *, is_stranger: bool
    ) -> LineHeard:
        """Put together what a model made of a line's pieces, without a baseline or with one."""
        return cls(
            estimate=combine(card, pieces, is_stranger=is_stranger),
            residuals=tuple(p.residuals for p in pieces if p.residuals is not None),
            model=f"{card.name} {card.version}",
        )


@dataclass(frozen=True)
class Speaker:
    """One actor's voice, as far as it is known; immutable, `learn` gives the next one.

    Attributes
    ----------
    baseline : Baseline or None
        None where the server's model learns none.
    usual : Delivery or None
        Mean over their lines so far.
    is_calibrating : bool
        They read neutrally in this session, for the baseline's sake.
    is_kept : bool
        The account knew of them when the session began.
    """

    baseline: Baseline | None = None
    usual: Delivery | None = None
    is_calibrating: bool = False
    is_kept: bool = False

    @property
    def state(self) -> BaselineState:
        """How far the baseline can be relied on."""
        return "none" if self.baseline is None else self.baseline.state

    @property
    def offset(self) -> npt.NDArray[np.float32] | None:
        """What the model is told of the speaker; None of one it does not know yet."""
        return None if self.baseline is None or self.state == "none" else self.baseline.offset

    def calibrating(self) -> Speaker:
        """The same speaker at the start of a calibration: the baseline is learnt anew."""
        baseline = self.baseline
        if baseline is not None:
            baseline = Baseline.unknown(baseline.model, len(baseline.mean))
        return Speaker(baseline, None, is_calibrating=True, is_kept=self.is_kept)

    def learn(self, heard: LineHeard | None, delivery: Delivery | None) -> Speaker:
        """Take in one line."""
        baseline, usual = self.baseline, self.usual
        if baseline is not None and heard is not None:
            for residuals in heard.residuals:
                baseline = baseline.learn(residuals, neutral=self.is_calibrating)
        if delivery is not None:
            usual = delivery if usual is None else usual.and_then(delivery)
        return replace(self, baseline=baseline, usual=usual)
