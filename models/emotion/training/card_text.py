"""A model's card as text for people."""

from __future__ import annotations

from models.card import ModelCard

_TOLD = (
    ("uar", "unweighted average recall, 7 categories (0.14 by chance)"),
    ("uar_speaker_mean", "the same, mean over speakers"),
    ("uar_speaker_sd", "standard deviation over speakers"),
    ("uar_speaker_lowest", "hardest speaker"),
    ("uar_4", "UAR of anger, happiness, neutral and sadness alone"),
    ("arousal_uar", "high against low arousal, UAR"),
    ("arousal_uar_without_disgust", "the same without disgust"),
    ("arousal_ccc", "arousal against the published places, CCC"),
    ("valence_ccc", "valence against the published places, CCC"),
    ("ece", "expected calibration error"),
    ("labelled", "share of clips for which a category is named"),
    ("accuracy_of_labels", "share of those names that are right"),
    ("answered", "share of clips not abstained from"),
)
_COLUMNS = ("none", "neutral", "adapted")


def card_text(card: ModelCard) -> str:
    """Write the card out in Markdown, every number from the card itself."""
    parts = [
        f"# {card.name} {card.version}",
        card.summary,
        f"Licence: {card.licence}. File: `{card.file}`, SHA-256 `{card.sha256}`.",
        "## Trained on",
        "\n".join(f"- {source.name} ({source.licence}): {source.use}" for source in card.data),
        "## Measures",
        "Leave one speaker out, whole clips. Columns: nothing known of the speaker; baseline from "
        "the speaker's *other* neutral clips; then adapted to all their other clips, unlabelled. "
        "A clip never goes into the baseline that it is judged with.",
        _table(card, "corpus"),
        "### UAR under changed channels",
        _channel_table(card),
        "### Neutral read speech of strangers under changed channels: called angry or sad",
        _neutral_channels(card),
        "### Neutral read speech of strangers, and other sounds",
        _rest(card),
        "## Limits",
        "\n".join(f"- {limit}" for limit in card.limits),
    ]
    return "\n\n".join(parts) + "\n"


def _table(card: ModelCard, part: str) -> str:
    rows = ["| | none | neutral | adapted |", "|---|---|---|---|"]
    for key, told in _TOLD:
        cells = [card.measures.get(f"{part}.{column}.{key}") for column in _COLUMNS]
        rows.append(f"| {told} | " + " | ".join(_number(cell) for cell in cells) + " |")
    return "\n".join(rows)


def _channel_table(card: ModelCard) -> str:
    rows = ["| | none | neutral | adapted |", "|---|---|---|---|"]
    for name in _conditions(card, "channels"):
        cells = [card.measures[f"channels.{name}.{column}.uar"] for column in _COLUMNS]
        rows.append(f"| {name} | " + " | ".join(_number(cell) for cell in cells) + " |")
    return "\n".join(rows)


def _neutral_channels(card: ModelCard) -> str:
    rows = ["| | unknown | calibrated | rehearsed |", "|---|---|---|---|"]
    for name in _conditions(card, "neutral_channels"):
        cells = [
            card.measures.get(f"neutral_channels.{name}.{kind}.angry_or_sad")
            for kind in ("unknown", "calibrated", "rehearsed")
        ]
        rows.append(f"| {name} | " + " | ".join(_number(cell) for cell in cells) + " |")
    return "\n".join(rows)


def _conditions(card: ModelCard, part: str) -> list[str]:
    named = (key.split(".")[1] for key in card.measures if key.startswith(f"{part}."))
    return list(dict.fromkeys(named))


def _rest(card: ModelCard) -> str:
    told = {
        key: value
        for key, value in card.measures.items()
        if key.startswith(("neutral_speech.", "other_sounds."))
    }
    rows = ["| | share |", "|---|---|"]
    for key, share in told.items():
        rows.append(f"| {key.replace('.', ': ').replace('_', ' ')} | {_number(share)} |")
    return "\n".join(rows)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}".removesuffix(".000")
