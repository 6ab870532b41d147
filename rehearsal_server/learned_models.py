"""The learned models that the settings ask for."""

from __future__ import annotations

from pathlib import Path

from models.emotion.directions import DirectionLexicon
from models.registry import BUILT_IN, ModelRegistry, ModelStatus
from rehearsal_server.config import Settings, SettingsError

_SWITCHED_OFF = ModelStatus("emotion", False, "switched off by REHEARSAL_USE_EMOTION=no")


def emotion_card(settings: Settings) -> Path | None:
    """Card (or file beside it) of the emotion model that the settings ask for; None for none."""
    return (settings.emotion_model or BUILT_IN["emotion"]) if settings.use_emotion else None


def open_models(settings: Settings) -> ModelRegistry:
    """Open the models.

    A built-in model that is broken is told as absent, and the server does without it. A model that
    somebody has asked for by name must be there.

    Raises
    ------
    SettingsError
        The file that `REHEARSAL_EMOTION_MODEL` names cannot be used; says what is wrong with it.
    """
    if not settings.use_emotion:
        return ModelRegistry({})
    if settings.emotion_model is None:
        return ModelRegistry(BUILT_IN)
    registry = ModelRegistry({"emotion": settings.emotion_model})
    if registry.emotion is None:
        (status,) = registry.statuses()
        raise SettingsError(f"REHEARSAL_EMOTION_MODEL cannot be used: {status.detail}")
    return registry


def model_statuses(settings: Settings, registry: ModelRegistry) -> tuple[ModelStatus, ...]:
    """Every model, present or absent."""
    return registry.statuses() if settings.use_emotion else (_SWITCHED_OFF,)


def open_directions(settings: Settings) -> DirectionLexicon:
    """Read the lexicon of stage directions.

    Raises
    ------
    SettingsError
        The file that `REHEARSAL_DIRECTIONS` names cannot be used; says what is wrong with it.
    """
    try:
        return DirectionLexicon(settings.directions)
    except (ValueError, OSError) as error:
        raise SettingsError(f"REHEARSAL_DIRECTIONS cannot be used: {error}") from error
