"""A model's card: what it is, what it takes and gives, how good it is, and its file's hash.

A card is a JSON file beside the ONNX file. People read it too, so nothing in it is encoded.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class ModelAbsent(Exception):
    """A model cannot be used; the message names the file and says what is wrong with it."""


class Source(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Material that a model was trained on."""

    name: str
    licence: str
    use: str
    # SHA-256 of its manifest, so that an evaluation can tell seen data from unseen.
    fingerprint: str = ""


class HeldOutModel(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same model trained without one speaker, so that its measures can be checked at any time.

    Attributes
    ----------
    speaker : str
        Whom it has never heard.
    file : str
        Beside the card.
    sha256 : str
    """

    speaker: str
    file: str
    sha256: Sha256


class ModelInput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the model is fed.

    Attributes
    ----------
    kind : {"features", "waveform"}
        ``features``: this project's window functionals, float32 of shape (n, n_features).
        ``waveform``: mono samples at 16 kHz, float32 of shape (n, n_samples).
    name : str
        The graph's input.
    features : tuple of str
        For ``features``: the names of the columns, in order.
    baseline : str
        For ``features``: the graph's input for the speaker's baseline; empty if it takes none.
    """

    kind: Literal["features", "waveform"]
    name: str
    features: tuple[str, ...] = ()
    baseline: str = ""


class ScalarOutput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One number for each window.

    Attributes
    ----------
    name : str
        The graph's output.
    column : int
        Which column of it.
    low, high : float
        The output's own ends of the scale; mapped to -1 and 1.
    """

    name: str
    column: Annotated[int, Meta(ge=0)] = 0
    low: float = -1.0
    high: float = 1.0


class CategoryOutput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One number for each category of each window.

    Attributes
    ----------
    name : str
        The graph's output, of shape (n, len(categories)).
    categories : tuple of str
        What its columns stand for.
    scale : {"probabilities", "logits"}
    """

    name: str
    categories: Annotated[tuple[str, ...], Meta(min_length=2)]
    scale: Literal["probabilities", "logits"] = "probabilities"


class ResidualOutputs(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What each window says about its speaker, of the baseline's width.

    Attributes
    ----------
    expressive : str
        The graph's output with the emotion that it hears taken out.
    neutral : str
        The graph's output for a window that is known to be neutral.
    """

    expressive: str
    neutral: str


class ModelOutputs(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which of the graph's outputs says what; None where the model does not say it.

    `speech` is the probability that the window is speech at all; `residuals` are what a speaker's
    baseline is learnt from.
    """

    categories: CategoryOutput | None = None
    arousal: ScalarOutput | None = None
    valence: ScalarOutput | None = None
    speech: ScalarOutput | None = None
    residuals: ResidualOutputs | None = None


class ModelCard(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that is known about one model."""

    name: str
    version: str
    task: Literal["emotion"]
    file: str  # beside the card
    sha256: Sha256
    licence: str
    summary: str
    input: ModelInput
    outputs: ModelOutputs
    min_window_ms: Annotated[int, Meta(ge=20)]
    max_window_ms: Annotated[int, Meta(ge=20)]
    # Below it no category is named; of a speaker without a baseline, below the other.
    min_confidence: Annotated[float, Meta(ge=0, le=1)] = 0.5
    min_confidence_stranger: Annotated[float, Meta(ge=0, le=1)] | None = None
    # Above it the arousal counts as high; measured where it divides the training set best.
    high_arousal_above: float = 0.0
    data: tuple[Source, ...] = ()
    measures: dict[str, float] = {}
    held_out: tuple[HeldOutModel, ...] = ()
    limits: tuple[str, ...] = ()


def least_confidence(card: ModelCard, *, is_stranger: bool) -> float:
    """From which confidence on a category is named."""
    if is_stranger and card.min_confidence_stranger is not None:
        return card.min_confidence_stranger
    return card.min_confidence


def read_card(path: Path) -> ModelCard:
    """Read and check a card.

    Raises
    ------
    ModelAbsent
        The file is missing, is no JSON, or a field is missing, unknown or out of range.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=ModelCard)
    except OSError as error:
        raise ModelAbsent(f"model card {path} cannot be read: {error.strerror}") from error
    except msgspec.DecodeError as error:
        raise ModelAbsent(f"model card {path} is not a valid card: {error}") from error


def write_card(card: ModelCard, path: Path) -> None:
    """Write a card so that its diffs can be read."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(card), indent=2) + b"\n")
