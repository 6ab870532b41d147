"""What of the documentation follows from the code: `python -m rehearsal_server.documentation`.

Run from the checkout; a test fails while a page is stale.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from models.card import read_card
from rehearsal_server.config import describe_settings
from rehearsal_server.session.states import mermaid

_ROOT = Path(__file__).parents[1]


def settings_table() -> str:
    """Every setting as a row."""
    rows = [f"| `{s.variable}` | {_code(s.default)} | {s.doc} |" for s in describe_settings()]
    return "\n".join(["| Variable | Default | Meaning |", "| --- | --- | --- |", *rows])


def state_diagram() -> str:
    """The states of a scene, as Mermaid draws them."""
    return f"```mermaid\n{mermaid()}\n```"


_CARD_ROWS = {
    "uar": "UAR, seven categories",
    "uar_speaker_lowest": "hardest speaker",
    "uar_4": "anger, happiness, neutral, sadness alone",
    "arousal_uar": "high against low arousal",
    "ece": "expected calibration error",
}


def emotion_figures() -> str:
    """The chief measures of the emotion model, from its card."""
    measures = read_card(_ROOT / "models" / "emotion" / "trained" / "emotion.json").measures
    rows = ["| | no baseline | neutral | adapted |", "| --- | --- | --- | --- |"]
    for measure, told in _CARD_ROWS.items():
        columns = (measures[f"corpus.{kind}.{measure}"] for kind in ("none", "neutral", "adapted"))
        rows.append(f"| {told} | {' | '.join(f'{value:.2f}' for value in columns)} |")
    angry = measures["neutral_speech.calibrated.angry_or_sad"]
    rows += ["", f"Neutral English of strangers, after a calibration: {angry:.0%} angry or sad."]
    return "\n".join(rows)


# Page and name of each part; the part stands between `<!-- name -->` and `<!-- /name -->`.
PARTS: dict[tuple[Path, str], Callable[[], str]] = {
    (_ROOT / "README.md", "settings"): settings_table,
    (_ROOT / "rehearsal_server" / "docs" / "scene.md", "states"): state_diagram,
    (_ROOT / "rehearsal_server" / "docs" / "emotion.md", "card"): emotion_figures,
}


def renew(page: str, name: str, content: str) -> str:
    """Put `content` between the marks of part `name`.

    Raises
    ------
    ValueError
        The page does not have the marks.
    """
    marked = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    if not marked.search(page):
        raise ValueError(f"the page has no part {name!r}")
    return marked.sub(lambda marks: f"{marks[1]}{content}\n{marks[2]}", page)


def main() -> None:
    """Write every part anew."""
    for (path, name), write in PARTS.items():
        path.write_text(renew(path.read_text("utf-8"), name, write()), "utf-8")


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


if __name__ == "__main__":
    main()
