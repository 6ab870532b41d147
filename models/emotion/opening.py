"""From a card to a model that answers."""

from __future__ import annotations

from pathlib import Path

from models.card import ModelAbsent, ModelCard, ModelInput, read_card
from models.emotion.estimate import EmotionModel
from models.emotion.feature_model import FeatureModel
from models.emotion.waveform_model import WaveformModel
from models.runtime import OnnxModel

BUILT_IN_CARD = Path(__file__).parent / "trained" / "emotion.json"


def open_emotion_model(card_path: Path = BUILT_IN_CARD) -> EmotionModel:
    """Read a card (or the one beside an ONNX file), check its file and load it.

    Raises
    ------
    ModelAbsent
        The card or the file is missing or broken, or they do not fit each other; the message says
        which and what is wrong.
    """
    path = card_beside(card_path)
    card = read_card(path)
    return _open(card, path, card.file, card.sha256)


def open_held_out(card_path: Path) -> dict[str, EmotionModel]:
    """The models trained without one speaker each, by that speaker.

    Raises
    ------
    ModelAbsent
        As for `open_emotion_model`.
    """
    path = card_beside(card_path)
    card = read_card(path)
    return {
        held_out.speaker: _open(card, path, held_out.file, held_out.sha256)
        for held_out in card.held_out
    }


def card_beside(path: Path) -> Path:
    """The card itself, or the card that lies beside an ONNX file."""
    return path.with_suffix(".json") if path.suffix == ".onnx" else path


def _open(card: ModelCard, card_path: Path, file: str, sha256: str) -> EmotionModel:
    graph = OnnxModel(card_path.parent / file, sha256=sha256)
    _check_names(card, graph)
    if card.input.kind == "features":
        return FeatureModel(card, graph)
    return WaveformModel(card, graph)


def _check_names(card: ModelCard, graph: OnnxModel) -> None:
    """The card's names must be the graph's: found out at start, not in the first session."""
    wanted_inputs = _named(card.input)
    wanted_outputs = {
        output
        for output in (
            card.outputs.categories and card.outputs.categories.name,
            card.outputs.arousal and card.outputs.arousal.name,
            card.outputs.valence and card.outputs.valence.name,
            card.outputs.speech and card.outputs.speech.name,
            card.outputs.residuals and card.outputs.residuals.expressive,
            card.outputs.residuals and card.outputs.residuals.neutral,
        )
        if output
    }
    for kind, wanted, found in (
        ("input", wanted_inputs, set(graph.inputs)),
        ("output", wanted_outputs, set(graph.outputs)),
    ):
        if wanted - found:
            raise ModelAbsent(
                f"card of {card.name} names the {kind} {', '.join(sorted(wanted - found))}; "
                f"the graph has {', '.join(sorted(found))}"
            )
    if set(graph.inputs) - wanted_inputs:
        extra = ", ".join(sorted(set(graph.inputs) - wanted_inputs))
        raise ModelAbsent(f"the graph of {card.name} also wants {extra}; its card does not say so")


def _named(model_input: ModelInput) -> set[str]:
    return {model_input.name, model_input.baseline} - {""}
