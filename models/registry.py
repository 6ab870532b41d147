"""The models of a process: each opened once, and those that could not be, named with the reason."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from models.card import ModelAbsent
from models.emotion.estimate import EmotionModel
from models.emotion.opening import BUILT_IN_CARD, open_emotion_model

_log = logging.getLogger(__name__)

BUILT_IN: Mapping[str, Path] = {"emotion": BUILT_IN_CARD}
_OPENERS: Mapping[str, Callable[[Path], EmotionModel]] = {"emotion": open_emotion_model}


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """Whether a model can be used, for `hello` and the health page.

    Attributes
    ----------
    task : str
    available : bool
    detail : str
        Name, version and licence, or why it is absent.
    """

    task: str
    available: bool
    detail: str


class ModelRegistry:
    """Opens the models when it is made; make one for each process.

    Parameters
    ----------
    cards : mapping of str to Path
        For each task the card (or the ONNX file beside its card) to use. A user's own model is
        dropped in by naming its card here.

    Raises
    ------
    ValueError
        There is no such task.
    """

    def __init__(self, cards: Mapping[str, Path] = BUILT_IN) -> None:
        unknown = set(cards) - set(_OPENERS)
        if unknown:
            raise ValueError(
                f"no task named {', '.join(sorted(unknown))}; there are {', '.join(_OPENERS)}"
            )
        self._models: dict[str, EmotionModel] = {}
        self._absent: dict[str, str] = {}
        for task, card in cards.items():
            self._open(task, card)

    @property
    def emotion(self) -> EmotionModel | None:
        """The emotion model, if it could be opened."""
        return self._models.get("emotion")

    def statuses(self) -> tuple[ModelStatus, ...]:
        """Every model that was asked for, present or absent."""
        present = [ModelStatus(task, True, _told(model)) for task, model in self._models.items()]
        absent = [ModelStatus(task, False, reason) for task, reason in self._absent.items()]
        return (*present, *absent)

    def _open(self, task: str, card: Path) -> None:
        try:
            self._models[task] = _OPENERS[task](card)
        except ModelAbsent as absence:
            _log.error("the %s model is absent: %s", task, absence)
            self._absent[task] = str(absence)


def _told(model: EmotionModel) -> str:
    return f"{model.card.name} {model.card.version} ({model.card.licence})"
