"""`train` and `evaluate` from end to end, on a small made-up corpus."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from models.card import read_card
from models.emotion import evaluate, train
from models.emotion.categories import CATEGORIES
from tests.models.graphs import write_loudness_model
from tests.models.voices import voice


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two speakers; each category has its own pitch, melody and pace."""
    folder = tmp_path_factory.mktemp("corpus")
    rows = ["file,speaker,emotion"]
    for speaker in range(2):
        for number, category in enumerate(CATEGORIES):
            name = f"{speaker}-{category}.wav"
            sound = voice(
                1.6,
                f0_hz=100 + 30 * speaker + 15 * number,
                melody_st=1 + number % 3,
                syllables_per_s=3 + number % 4,
                seed=speaker,
            )
            soundfile.write(folder / name, sound, 16_000)
            rows.append(f"{name},{speaker},{category}")
    (folder / "manifest.csv").write_text("\n".join(rows))
    return folder


@pytest.fixture(scope="module")
def trained(corpus: Path) -> Path:
    out = corpus.parent / "trained" / "mine.onnx"
    arguments = ["--data", str(corpus), "--out", str(out), "--channels", "1", "--steps", "40"]
    assert train.main(arguments) == 0
    return out


def test_training_writes_model_card_text_and_held_out_models(trained: Path) -> None:
    card = read_card(trained.with_suffix(".json"))
    assert {held_out.speaker for held_out in card.held_out} == {"0", "1"}
    assert card.measures["corpus.none.clips"] == 14
    assert 0 <= card.measures["corpus.adapted.uar"] <= 1
    assert "rehearsal-emotion" in trained.with_suffix(".md").read_text()


def test_training_again_gives_the_same_file(trained: Path, corpus: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.onnx"
    train.main(["--data", str(corpus), "--out", str(again), "--channels", "1", "--steps", "40"])
    assert again.read_bytes() == trained.read_bytes()


def test_training_says_what_a_corpus_lacks(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = (corpus / "manifest.csv").read_text().splitlines()
    for row in rows[1:]:
        name = row.partition(",")[0]
        (tmp_path / name).write_bytes((corpus / name).read_bytes())
    for left_out, said in (
        ("0-fear", "training needs fear from at least two speakers"),
        ("1-neutral", "training needs neutral from at least two speakers"),
    ):
        kept = [row for row in rows if left_out not in row]
        (tmp_path / "manifest.csv").write_text("\n".join(kept))
        assert train.main(["--data", str(tmp_path), "--out", str(tmp_path / "x.onnx")]) == 2
        assert said in capsys.readouterr().err


def run_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    assert evaluate.main([*arguments, "--json", "--only", "corpus"]) == 0
    return dict(json.loads(capsys.readouterr().out))


def test_training_data_is_judged_by_models_that_never_heard_the_speaker(
    trained: Path, corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = run_json(capsys, "--data", str(corpus), "--model", str(trained))
    assert report["protocol"] == "leave one speaker out"
    measures = read_card(trained.with_suffix(".json")).measures
    assert report["corpus"]["none"]["uar"] == measures["corpus.none.uar"]  # type: ignore[index]


def test_another_corpus_is_judged_as_unseen_and_by_its_own_categories(
    trained: Path, corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = (corpus / "manifest.csv").read_text().splitlines()
    kept = [row for row in rows[1:] if "fear" not in row] + [f"{corpus}/0-fear.wav,0,surprise"]
    for row in kept[:-1]:
        name = row.partition(",")[0]
        (tmp_path / name).write_bytes((corpus / name).read_bytes())
    (tmp_path / "manifest.csv").write_text("\n".join([rows[0], *kept]))
    report = run_json(capsys, "--data", str(tmp_path), "--model", str(trained))
    assert report["protocol"] == "unseen corpus"
    assert report["left_out_labels"] == {"surprise": 1}
    assert "recall_fear" not in report["corpus"]["none"]  # type: ignore[index]


def test_users_model_is_evaluated_on_what_it_knows(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    card = write_loudness_model(tmp_path)
    report = run_json(capsys, "--data", str(corpus), "--model", str(card))
    assert np.isfinite(report["corpus"]["none"]["arousal_uar"])  # type: ignore[index]


def test_unusable_data_or_model_is_an_error_in_words(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate.main(["--data", str(tmp_path), "--model", str(trained)]) == 2
    assert "manifest.csv: cannot be read" in capsys.readouterr().err
    assert evaluate.main(["--data", str(tmp_path), "--model", str(tmp_path / "no.onnx")]) == 2
    assert "no.json cannot be read" in capsys.readouterr().err
    assert train.main(["--data", str(tmp_path), "--out", str(tmp_path / "x.onnx")]) == 2
    assert "manifest.csv: cannot be read" in capsys.readouterr().err
