"""Judgements on recordings of people."""

from __future__ import annotations

import csv
from functools import cache

import numpy as np
import numpy.typing as npt
import pytest

from models.pronunciation.assessment import (
    PronunciationAssessor,
    PronunciationScores,
    WrittenWord,
)
from rehearsal_server.audio_files import read_mono
from tests.models.acoustic.samples import acoustic_model, dictionary
from tests.shared_data import shared_data

Samples = npt.NDArray[np.float32]
NO_F0 = np.full(2000, np.nan)
F0_FRAME_S = 0.01


@cache
def sentence(name: str) -> tuple[Samples, str]:
    with (shared_data("austen") / "manifest.csv").open() as manifest:
        texts = {row["file"]: row["text"] for row in csv.DictReader(manifest)}
    return read_mono(shared_data("austen") / f"{name}.flac", 16_000), texts[f"{name}.flac"]


def written(text: str) -> list[WrittenWord]:
    return [WrittenWord(word, dictionary().pronunciations(word)) for word in text.split()]


def assess(samples: Samples, words: list[WrittenWord]) -> PronunciationScores | None:
    return PronunciationAssessor(acoustic_model()).assess(samples, words, NO_F0, F0_FRAME_S)


def judge(samples: Samples, text: str) -> PronunciationScores:
    found = assess(samples, written(text))
    assert found is not None
    return found


def test_a_native_reading_scores_high_in_everything() -> None:
    found = judge(*sentence("0880"))
    assert found.completeness == 100
    assert found.accuracy > 85
    assert found.fluency is not None
    assert found.fluency > 90
    assert found.prosody is not None
    assert found.prosody > 85
    assert found.text_match == 1


def test_words_and_phones_are_dated_in_order() -> None:
    samples, text = sentence("0880")
    found = judge(samples, text)
    assert [word.text for word in found.words] == text.split()
    edges = [edge for w in found.words for p in w.phones for edge in (p.start_ms, p.end_ms)]
    assert edges == sorted(edges)
    assert edges[-1] <= 1000 * len(samples) // 16_000


@pytest.mark.parametrize("gain", [0.03, 0.3, 3.0])
def test_the_level_does_not_matter(gain: float) -> None:
    samples, text = sentence("0880")
    before, after = judge(samples, text), judge(samples * np.float32(gain), text)
    assert after.overall == pytest.approx(before.overall, abs=0.5)
    for word, same in zip(before.words, after.words, strict=True):
        assert same.accuracy == pytest.approx(word.accuracy, abs=1)


def test_another_text_scores_as_such() -> None:
    samples, _ = sentence("0880")
    found = judge(samples, "the last train left at ten and nobody told me about it")
    assert found.text_match < 0.2
    assert found.accuracy < 20
    assert found.completeness < 20


@pytest.mark.parametrize("level", [0.0, 0.02])
def test_a_non_answer_scores_as_such(level: float) -> None:
    noise = np.random.default_rng(1).normal(0, level, 32_000).astype(np.float32)
    found = judge(noise, sentence("0880")[1])
    assert found.accuracy < 20
    assert found.completeness < 20
    assert found.fluency is None


def test_a_word_that_was_not_said_is_told_by_itself() -> None:
    samples, text = sentence("0880")
    found = judge(samples, text.replace("young", "young and very handsome"))
    left_out = [word.text for word in found.words if word.accuracy is None]
    assert {"very", "handsome"} & set(left_out)
    assert {word.text: word.accuracy for word in found.words}["young"] is not None


def test_another_word_in_its_place_scores_lower() -> None:
    samples, text = sentence("0880")
    right = judge(samples, text).words[-1]
    wrong = judge(samples, text.replace(" man", " fish")).words[-1]
    assert right.accuracy is not None
    assert wrong.accuracy is None or wrong.accuracy < right.accuracy - 30


def test_a_word_without_a_pronunciation_is_passed_over() -> None:
    samples, text = sentence("0880")
    words = written(text)
    words[3] = WrittenWord("xyzzy", ())
    found = assess(samples, words)
    assert found is not None
    assert not found.words[3].is_assessed
    assert found.completeness == 100


def test_a_text_of_unknown_words_cannot_be_judged() -> None:
    assert assess(sentence("0880")[0], [WrittenWord("xyzzy", ())]) is None
